/** The roadmap chart: it keeps what was imported, each file once. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { machine } from "../../machines/roadmap.ts";
import type { RoadmapContext, RoadmapEvent } from "../../machines/roadmap.ts";
import { compare, gapsOf, play, reachable, say, takenOf, wander } from "../support/chart-table.ts";
import type { Rows, Stage } from "../support/chart-table.ts";

const imported = (
  path: string,
  text: string,
  constraints: readonly string[] = [],
): RoadmapEvent => {
  return { type: "imported", path, text, constraints };
};
const words = {
  firstA: say<RoadmapEvent>(imported("a.yaml", "first", ["no new server"])),
  secondA: say<RoadmapEvent>(imported("a.yaml", "second")),
  b: say<RoadmapEvent>(imported("b.yaml", "other")),
};
const subject = { machine, actor: "roadmap", input: {} };
const stage: Stage = { subject, words };

const rows: Rows = {
  "at first it knows nothing": "=> known",
  "it keeps what was imported, and tells nobody": "firstA => known",
};
test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

const first = { path: "a.yaml", text: "first", constraints: ["no new server"] };
const second = { path: "a.yaml", text: "second", constraints: [] };
const other = { path: "b.yaml", text: "other", constraints: [] };
test.each<[string, string, readonly object[]]>([
  ["nothing at first", "", []],
  ["a file as it was imported", "firstA", [first]],
  ["its newest text alone (O1)", "firstA secondA", [second]],
  ["the files, the newest last", "firstA b", [first, other]],
  ["a file imported again as the newest (O1)", "firstA b secondA", [other, second]],
])("it knows %s", (_title, script, sources) => {
  expect(play(stage, script).context()).toEqual({ sources });
});

test("it takes no other event", () => {
  const others = ["revise", "setStatus", "wake"].map((type) => ({ type }));
  expect(takenOf([imported("a", ""), ...others], play(stage, "firstA"))).toBe("imported");
  expect(reachable(subject, "nothing")).toEqual(["", "known"]);
  expect(machine.events).toEqual(["imported"]);
});

test("a path is kept once, whatever is imported (O1)", () => {
  const property = fc.property(fc.array(fc.nat(5)), (picks) => {
    const events = () =>
      ["a", "b", "c"].flatMap((path) => ["1", "2"].map((text) => imported(path, text)));
    const last = new Map<string, string>();
    const end = wander(subject, picks, {
      events,
      look: ({ event }) => {
        const { path, text } = event as RoadmapEvent;
        last.delete(path);
        last.set(path, text);
      },
    });
    const { sources } = end.context<RoadmapContext>();
    expect(sources.map(({ path, text }) => [path, text])).toEqual([...last]);
  });
  fc.assert(property, { seed: 1, numRuns: 100 });
});
