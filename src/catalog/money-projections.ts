/** What people see of money: the budget's totals, what it holds back, and every run's receipt. */
import type { BudgetContext } from "../../machines/budget-setup.ts";
import type { ReceiptContext } from "../../machines/receipt.ts";
import { heldBy, NOTHING_SPENT, plus } from "../../machines/spending.ts";
import type { Estimate } from "../../machines/spending.ts";
import { isoTime } from "../clock.ts";
import type { Projected } from "../host/charts.ts";
import type { ReceiptRow, ReservationRow } from "../store/views/money-tables.ts";
import type { ViewSlice } from "../store/views/tables.ts";

const estimated = ({ inputTokens, outputTokens, microUsd }: Estimate) => ({
  estimated_input: inputTokens,
  estimated_output: outputTokens,
  estimated_micro_usd: microUsd,
});

export function projectBudget({ actor, record }: Projected): readonly ViewSlice[] {
  const { day, spentToday, spent, reservations } = record.context as BudgetContext;
  const reserved = reservations.map(({ estimate }) => heldBy(estimate)).reduce(plus, NOTHING_SPENT);
  const row = {
    id: actor,
    day,
    today_tokens: spentToday.tokens,
    today_micro_usd: spentToday.microUsd,
    spent_tokens: spent.tokens,
    spent_micro_usd: spent.microUsd,
    reserved_tokens: reserved.tokens,
    reserved_micro_usd: reserved.microUsd,
  };
  const rows = reservations.map(
    ({ runId, taskId, provider, tier, estimate, reservedAtMs }): ReservationRow => ({
      budget: actor,
      run_id: runId,
      task_id: taskId,
      provider,
      tier,
      ...estimated(estimate),
      reserved_at: reservedAtMs,
    }),
  );
  return [
    { table: "budgets", owner: actor, rows: [row] },
    { table: "reservations", owner: actor, rows },
  ];
}

/** `2026-01-31` of an ISO time. */
const DAY_CHARS = 10;

export function projectReceipt({ record }: Projected): readonly ViewSlice[] {
  const context = record.context as ReceiptContext;
  const { runId, taskId, provider, tier, estimate, charge, settledAtMs } = context;
  const row: ReceiptRow = {
    run_id: runId,
    task_id: taskId,
    provider,
    tier,
    day: isoTime(settledAtMs).slice(0, DAY_CHARS),
    ...estimated(estimate),
    actual_input: charge.actual.inputTokens,
    actual_output: charge.actual.outputTokens,
    actual_micro_usd: charge.actualMicroUsd,
    cost_source: charge.costSource,
    counted_tokens: charge.tokens,
    counted_micro_usd: charge.microUsd,
    settled_at: settledAtMs,
  };
  return [{ table: "receipts", owner: runId, rows: [row] }];
}
