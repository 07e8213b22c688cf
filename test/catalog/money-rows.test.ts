/** What people see of money: totals, what is held back, and what each run came to. */
import { expect, test } from "vitest";
import type { BudgetContext } from "../../machines/budget-setup.ts";
import { chargeOf } from "../../machines/spending.ts";
import { ESTIMATE, proposalOf } from "../support/proposals.ts";
import { AT_MS, project, rowsOf } from "./rows.ts";

const { agentId, provider, tier, rationale } = proposalOf("T-1");
const reservation = {
  runId: "T-1.1",
  taskId: "T-1",
  agentId,
  provider,
  tier,
  rationale,
  estimate: ESTIMATE,
  reservedAtMs: AT_MS,
};
const estimated = {
  estimated_input: 1_000,
  estimated_output: 100,
  estimated_micro_usd: 2_000,
};

test("the budget tells its totals and what it holds back", () => {
  const context: BudgetContext = {
    day: 19_675,
    spentToday: { tokens: 10, microUsd: 20 },
    spent: { tokens: 30, microUsd: 40 },
    reservations: [reservation, { ...reservation, runId: "T-2.1", taskId: "T-2" }],
  };
  const slices = project("budget", "open", context);
  expect(rowsOf(slices, "budgets")).toEqual([
    {
      id: "budget:x",
      day: 19_675,
      today_tokens: 10,
      today_micro_usd: 20,
      spent_tokens: 30,
      spent_micro_usd: 40,
      reserved_tokens: 2_200,
      reserved_micro_usd: 4_000,
    },
  ]);
  expect(rowsOf(slices, "reservations")).toMatchObject([
    { run_id: "T-1.1", task_id: "T-1", provider, tier, ...estimated, reserved_at: AT_MS },
    { run_id: "T-2.1", task_id: "T-2" },
  ]);
});

test("a budget without reservations has no rows of them", () => {
  const none = { tokens: 0, microUsd: 0 };
  const context = { day: 1, spentToday: none, spent: none, reservations: [] };
  expect(rowsOf(project("budget", "open", context), "reservations")).toEqual([]);
});

test("a receipt keeps expected and actual apart, and its day", () => {
  const usage = { inputTokens: 900, outputTokens: null, costUsd: 0.01 };
  const { runId, taskId, estimate } = reservation;
  const settledAtMs = 1_769_903_940_000;
  const charge = chargeOf(estimate, usage);
  const context = { runId, taskId, provider, tier, estimate, charge, settledAtMs };
  expect(rowsOf(project("receipt", "kept", context), "receipts")).toEqual([
    {
      run_id: "T-1.1",
      task_id: "T-1",
      provider,
      tier,
      day: "2026-01-31",
      ...estimated,
      actual_input: 900,
      actual_output: null,
      actual_micro_usd: 10_000,
      cost_source: "reported",
      counted_tokens: 1_000,
      counted_micro_usd: 10_000,
      settled_at: settledAtMs,
    },
  ]);
});
