/** The errand chart: it is asked for once, and ends with what came of it or with why nothing did. */
import { expect, test } from "vitest";
import { machine } from "../../machines/errand.ts";
import type { ErrandInput } from "../../machines/visits.ts";
import { compare, done, failed, gapsOf, play } from "../support/chart-table.ts";
import type { Rows, Stage } from "../support/chart-table.ts";

const input: ErrandInput = {
  id: "e1",
  visitor: "ann",
  taskId: "T1",
  runId: "T1.1",
  what: { kind: "commit", message: "all of it" },
};
const result = { kind: "committed", commit: "c0ffee" } as const;
const words = {
  result: done("runErrand", result),
  fault: failed("runErrand", "errand.over", "the run is over"),
};
const stage: Stage = { subject: { machine, actor: "errand:e1", input }, words };

const rows: Rows = {
  "it is asked for at once (E1)": ["", "doing: run runErrand"],
  "what came of it ends it (E2)": "result => done",
  "so does a fault (E2)": "fault => failed",
};
test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

test("it is asked for with all that it needs, and nothing else (E1)", () => {
  expect(play(stage, "").facts()).toMatchObject({ given: [input] });
});

test.each([
  ["", { result: null, fault: null }],
  ["result", { result, fault: null }],
  ["fault", { result: null, fault: { code: "errand.over", message: "the run is over" } }],
])("after %j it knows what was asked for and %j (E1, E2)", (said, known) => {
  expect(play(stage, said).context()).toEqual({ ...input, ...known });
});
