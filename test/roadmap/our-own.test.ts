/** This repository's own roadmap is one that WeatherVane itself could work off. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planImport } from "../../src/roadmap/import.ts";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import { renderRoadmap } from "../../src/roadmap/render.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const PATH = "state/roadmap.yaml";
const text = readFileSync(join(ROOT, PATH), "utf8");
const parsed = parseRoadmap(text, PATH);

const imported = () => {
  const { create } = planImport(parsed, new Map(), { allowMissing: false });
  return create.map(({ id, spec, status }) => ({ id, spec, status }));
};

test("it is in the present format, and every task of it comes in as the file says", () => {
  const { report } = planImport(parsed, new Map(), { allowMissing: false });
  expect(parsed.format).toBe("weathervane");
  expect(report.created).toHaveLength(parsed.tasks.length);
  expect(report).toMatchObject({
    resetToPending: [],
    blockedByMissing: [],
    leftOut: [],
    ignoredFields: {},
  });
});

test("what is done depends on nothing that is not", () => {
  const isDone = new Map(parsed.tasks.map(({ id, status }) => [id, status === "done"]));
  const early = parsed.tasks.filter(
    ({ id, spec }) => isDone.get(id) === true && !spec.dependsOn.every((each) => isDone.get(each)),
  );
  expect(early.map(({ id }) => id)).toEqual([]);
  expect([...isDone.values()]).toEqual(expect.arrayContaining([true, false]));
});

test("an export of what was imported gives the same bytes", () => {
  expect(renderRoadmap(text, imported())).toBe(text);
});

test("git takes the roadmap and nothing else of the state folder", () => {
  const isIgnored = (path: string): boolean => {
    try {
      return execFileSync("git", ["check-ignore", "--no-index", path], { cwd: ROOT }).length > 0;
    } catch {
      return false; // git's exit code 1: not ignored
    }
  };
  expect(["roadmap.yaml", ".gitignore"].filter((each) => isIgnored(`state/${each}`))).toEqual([]);
  const files = ["orchestrator.db", "orchestrator.db-wal", "runs/T1.1/stdout.log", "notes.txt"];
  expect(files.filter((each) => !isIgnored(`state/${each}`))).toEqual([]);
});
