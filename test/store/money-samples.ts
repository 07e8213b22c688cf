/** Rows of the tables about money. */
import type { ReceiptRow } from "../../src/store/views/money-tables.ts";
import type { ViewSlice } from "../../src/store/views/tables.ts";
import { AT_MS } from "./samples.ts";

const run = {
  run_id: "T1.1",
  task_id: "T1",
  provider: "local",
  tier: "low",
  estimated_input: 1_000,
  estimated_output: 100,
  estimated_micro_usd: 2_000,
};

export const receipt = (more: Partial<ReceiptRow> = {}): ViewSlice => {
  const row: ReceiptRow = {
    ...run,
    day: "2026-01-31",
    actual_input: 900,
    actual_output: 50,
    actual_micro_usd: 1_500,
    cost_source: "reported",
    counted_tokens: 950,
    counted_micro_usd: 1_500,
    settled_at: AT_MS,
    ...more,
  };
  return { table: "receipts", owner: row.run_id, rows: [row] };
};

/** A row in each of them. */
export const moneySlices = (): readonly ViewSlice[] => [
  {
    table: "budgets",
    owner: "budget",
    rows: [
      {
        id: "budget",
        day: 20_000,
        today_tokens: 1,
        today_micro_usd: 2,
        spent_tokens: 3,
        spent_micro_usd: 4,
        reserved_tokens: 5,
        reserved_micro_usd: 6,
      },
    ],
  },
  {
    table: "reservations",
    owner: "budget",
    rows: [{ budget: "budget", ...run, run_id: "T1.2", reserved_at: AT_MS }],
  },
  receipt(),
];
