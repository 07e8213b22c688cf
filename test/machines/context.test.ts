/** The context chart: an entry stays as it was written until another one takes its place. */
import { expect, test } from "vitest";
import { machine } from "../../machines/context.ts";
import type { EntryEvent, EntryInput } from "../../machines/visits.ts";
import { compare, gapsOf, play, say } from "../support/chart-table.ts";
import type { Rows, Stage } from "../support/chart-table.ts";

const input: EntryInput = {
  id: "c1",
  kind: "decision",
  topic: "storage",
  text: "one file",
  relatedTasks: ["T-1"],
  confidence: 0.9,
  author: "a-1",
  replaces: null,
};
const words = {
  byC2: say<EntryEvent>({ type: "supersede", by: "c2" }),
  byC3: say<EntryEvent>({ type: "supersede", by: "c3" }),
};
const stageOf = (replaces: string | null): Stage => {
  return { subject: { machine, actor: "context:c1", input: { ...input, replaces } }, words };
};
const stage = stageOf(null);

const rows: Rows = {
  "an entry is in force at once": "=> current",
  "a better one takes its place": "byC2 => superseded",
  "and another one comes too late (K2)": "byC2 ~byC3 => superseded",
};
test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("one that takes another one's place says so there (K1)", () => {
  expect(compare(stageOf("c0"), "=> current: tell context:c0 supersede")).toEqual([
    "current: tell context:c0 supersede",
    "current: tell context:c0 supersede",
  ]);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

test("what was written stays, with its time and its first successor (K1, K2)", () => {
  const now = play(stage, "byC2 ~byC3");
  expect(now.context()).toEqual({ ...input, atMs: now.nowMs, supersededBy: "c2" });
});
