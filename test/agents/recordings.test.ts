/** Every recorded run of the real programs is judged as people judged it. */
import { describe, expect, test } from "vitest";
import { recordings, verdictOn } from "./recordings.ts";
import type { Recording } from "./recordings.ts";

test("there are recordings of both programs", () => {
  const count = (cli: string): number => recordings.filter(({ meta }) => meta.cli === cli).length;
  expect([count("claude"), count("codex")]).toEqual([49, 44]);
});

describe.each(recordings.map((each) => [each.name, each] as const))("%s", (_name, each) => {
  const { meta, stdout } = each;
  const verdict = verdictOn(each, [stdout]);
  const textsFrom = (source: string): readonly string[] =>
    verdict.findings.filter((finding) => finding.source === source).map(({ text }) => text);

  test("has the outcome and the class that people gave it", () => {
    const { outcome, errorClass } = meta.expect;
    expect(verdict).toMatchObject({ outcome, errorClass });
  });

  test("tells what was denied, missing or unmet, and nothing else", () => {
    const { mcpFailed = [], structured } = meta.expect;
    expect(verdict.denials).toHaveLength(denialsIn(each));
    expect(textsFrom("permissions")).toHaveLength(denialsIn(each));
    expect(textsFrom("mcp servers").map((text) => text.split(" ")[2])).toEqual(mcpFailed);
    expect(textsFrom("output schema")).toHaveLength(structured === false ? 1 : 0);
    expect(verdict.findings.filter(({ source }) => !SOURCES.has(source))).toEqual([]);
  });
});

const SOURCES = new Set(["permissions", "mcp servers", "output schema"]);

/** People counted what the events tell; a refused patch stands on standard error alone. */
function denialsIn({ name, meta, facts }: Recording): number {
  const { permissionDenials = 0, mcpDenied = 0 } = meta.expect;
  const refusedPatches = facts.stderr.includes("patch rejected") ? 1 : 0;
  return permissionDenials + mcpDenied + refusedPatches + (UNCOUNTED.get(name) ?? 0);
}

/** Its second file was denied over stdin: the result tells it, and nobody counted it. */
const UNCOUNTED: ReadonlyMap<string, number> = new Map([["claude-streamin-permission-stdio", 1]]);

test("a recording that comes without its run is judged the same", () => {
  const differing = recordings.filter((each) => {
    const { outcome, errorClass } = verdictOn(each, [each.stdout], { endedBy: "unknown" });
    return outcome !== each.meta.expect.outcome || errorClass !== each.meta.expect.errorClass;
  });
  expect(differing.map(({ name }) => name)).toEqual([]);
});
