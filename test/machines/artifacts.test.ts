/** The artifacts chart: names stand for what came last, and there are only so many. */
import { expect, test } from "vitest";
import { ARTIFACTS_MAX, machine } from "../../machines/artifacts.ts";
import type { ArtifactsEvent } from "../../machines/visits.ts";
import { compare, gapsOf, play, say } from "../support/chart-table.ts";
import type { Rows, Stage } from "../support/chart-table.ts";

const artifact = (name: string, sha256: string) => ({
  name,
  sha256,
  bytes: 3,
  mediaType: "text/plain",
  author: "worker-01",
  runId: "T1.1",
});
const store = (name: string, sha256: string) =>
  say<ArtifactsEvent>({ type: "store", ...artifact(name, sha256) });
const words = { log: store("log", "a"), newLog: store("log", "b"), report: store("report", "c") };
const input = { taskId: "T1", placesMax: 2 };
const stageOf = (placesMax: number): Stage => {
  return { subject: { machine, actor: "artifacts:T1", input: { ...input, placesMax } }, words };
};
const stage = stageOf(2);

const rows: Rows = {
  "at first there is room": "=> open",
  "what comes is kept": "log => open",
  "a name that is there takes no place more (F1)": "log newLog => open",
  "the last place is taken (F2)": "log report => full",
  "a name that is there may be used again when all are taken (F2)": "log report newLog => full",
};
test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

test("where all places are taken another name is refused (F2)", () => {
  expect(compare(stageOf(1), "log !report => full")).toEqual(["full", "full"]);
});

test("it knows what came last under each name, from whom and when (F1)", () => {
  const now = play(stage, "log report newLog");
  expect(now.context()).toEqual({
    ...input,
    kept: [
      { ...artifact("report", "c"), atMs: now.nowMs },
      { ...artifact("log", "b"), atMs: now.nowMs },
    ],
  });
});

test("there is room for what people look at, and not for a heap", () => {
  expect(ARTIFACTS_MAX).toBe(50);
});
