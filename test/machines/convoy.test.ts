/** The convoy chart: what was bound together is kept as it was said. */
import { expect, test } from "vitest";
import { machine } from "../../machines/convoy.ts";
import type { ConvoyInput } from "../../machines/wishes.ts";
import { compare, gapsOf, play, STARTED_AT_MS } from "../support/chart-table.ts";
import type { Stage } from "../support/chart-table.ts";

const input: ConvoyInput = { name: "login", taskIds: ["T-1", "T-2"], workerRole: "developer" };
const stage: Stage = { subject: { machine, actor: "convoy:login", input }, words: {} };

test("it is kept at once, asks for nothing and takes nothing more (Y1)", () => {
  const [seen, written] = compare(stage, "=> kept");
  expect(seen).toBe(written);
  expect(gapsOf([stage, { all: "=> kept" }])).toEqual([]);
  expect(play(stage, "").live.snapshot?.status).toBe("done");
});

test("it knows its tasks, whom they are for, and since when (Y1)", () => {
  expect(play(stage, "").context()).toEqual({ ...input, createdAtMs: STARTED_AT_MS });
});
