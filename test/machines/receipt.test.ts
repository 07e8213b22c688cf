/** The receipt chart: what a run is counted with, figure by figure. */
import { expect, test } from "vitest";
import type { ReceiptInput } from "../../machines/bookkeeping.ts";
import { machine } from "../../machines/receipt.ts";
import { chargeOf } from "../../machines/spending.ts";
import type { Estimate, Usage } from "../../machines/spending.ts";
import { compare, gapsOf, play, STARTED_AT_MS } from "../support/chart-table.ts";
import type { Stage } from "../support/chart-table.ts";

const estimate: Estimate = {
  inputTokens: 1_000,
  outputTokens: 100,
  microUsd: 7_000,
  price: { input: 3, output: 15 },
};
const told: Usage = { inputTokens: 900, outputTokens: 50, costUsd: 0.01 };
const input: ReceiptInput = {
  runId: "T-1.1",
  taskId: "T-1",
  provider: "local",
  tier: "low",
  estimate,
  usage: told,
};
const stage: Stage = { subject: { machine, actor: "receipt:T-1.1", input }, words: {} };

test("it is kept at once, asks for nothing and takes nothing more (P1)", () => {
  const [seen, written] = compare(stage, "=> kept");
  expect(seen).toBe(written);
  expect(gapsOf([stage, { all: "=> kept" }])).toEqual([]);
  expect(play(stage, "").live.snapshot?.status).toBe("done");
});

test("it knows the run, the estimate, what was counted and when", () => {
  expect(play(stage, "").context()).toEqual({
    runId: "T-1.1",
    taskId: "T-1",
    provider: "local",
    tier: "low",
    estimate,
    charge: {
      tokens: 950,
      microUsd: 10_000,
      actual: told,
      actualMicroUsd: 10_000,
      costSource: "reported",
    },
    settledAtMs: STARTED_AT_MS,
  });
});

const none = { inputTokens: null, outputTokens: null, costUsd: null };
const noPrice = { price: null };
const counted: Readonly<Record<string, readonly [Usage | null, Partial<Estimate>, object]>> = {
  "the program's own word on money comes first": [told, {}, { microUsd: 10_000, tokens: 950 }],
  "to the millionth of a dollar": [{ ...told, costUsd: 0.1 + 0.2 }, {}, { microUsd: 300_000 }],
  "tokens times price where it says nothing of money": [
    { ...told, costUsd: null },
    {},
    { microUsd: 3_450, actualMicroUsd: 3_450, costSource: "priced" },
  ],
  "the estimate where there is no price": [
    { ...told, costUsd: null },
    noPrice,
    { tokens: 950, microUsd: 7_000, actualMicroUsd: null, costSource: "unknown" },
  ],
  "each unknown figure by itself": [
    { ...none, inputTokens: 400 },
    {},
    { tokens: 500, microUsd: 7_000, costSource: "unknown" },
  ],
  "all of the estimate where nothing was told": [null, {}, { tokens: 1_100, microUsd: 7_000 }],
  "no money where nobody can tell": [
    none,
    { ...noPrice, microUsd: null },
    { microUsd: 0, actualMicroUsd: null, costSource: "unknown" },
  ],
  "nothing where the program never ran": [
    { inputTokens: 0, outputTokens: 0, costUsd: 0 },
    {},
    { tokens: 0, microUsd: 0, costSource: "reported" },
  ],
};
test.each(Object.entries(counted))("%s (P1)", (_title, [usage, changes, charge]) => {
  expect(chargeOf({ ...estimate, ...changes }, usage)).toMatchObject(charge);
});
