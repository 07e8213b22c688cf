/** The tables about money: what the budget has counted, what it holds back, and every run's receipt. */
import type { TableShape } from "./shape.ts";

/** What the budget has counted; there is one row. Money is in millionths of a dollar. */
export interface BudgetRow {
  readonly id: string;
  /** The day that `today_` is about: days since 1970, UTC. */
  readonly day: number;
  readonly today_tokens: number;
  readonly today_micro_usd: number;
  readonly spent_tokens: number;
  readonly spent_micro_usd: number;
  readonly reserved_tokens: number;
  readonly reserved_micro_usd: number;
}

/** What is held back for a run that goes on. */
export interface ReservationRow extends Estimated {
  readonly budget: string;
  readonly run_id: string;
  readonly task_id: string;
  readonly provider: string;
  readonly tier: string;
  readonly reserved_at: number;
}

interface Estimated {
  readonly estimated_input: number;
  readonly estimated_output: number;
  /** Null where nothing said what it costs. */
  readonly estimated_micro_usd: number | null;
}

/** What one run was expected to use, what its program told, and what is counted. */
export interface ReceiptRow extends Estimated {
  readonly run_id: string;
  readonly task_id: string;
  readonly provider: string;
  readonly tier: string;
  /** The day on which it ended, UTC: 2026-01-31. */
  readonly day: string;
  readonly actual_input: number | null;
  readonly actual_output: number | null;
  readonly actual_micro_usd: number | null;
  readonly cost_source: "reported" | "priced" | "unknown";
  readonly counted_tokens: number;
  readonly counted_micro_usd: number;
  readonly settled_at: number;
}

export interface MoneyTables {
  readonly budgets: BudgetRow;
  readonly reservations: ReservationRow;
  readonly receipts: ReceiptRow;
}

const RUN = {
  run_id: "TEXT NOT NULL",
  task_id: "TEXT NOT NULL",
  provider: "TEXT NOT NULL",
  tier: "TEXT NOT NULL",
  estimated_input: "INTEGER NOT NULL",
  estimated_output: "INTEGER NOT NULL",
  estimated_micro_usd: "INTEGER",
} as const;

export const MONEY: { readonly [Table in keyof MoneyTables]: TableShape<MoneyTables[Table]> } = {
  budgets: {
    owner: "id",
    key: ["id"],
    columns: {
      id: "TEXT NOT NULL",
      day: "INTEGER NOT NULL",
      today_tokens: "INTEGER NOT NULL",
      today_micro_usd: "INTEGER NOT NULL",
      spent_tokens: "INTEGER NOT NULL",
      spent_micro_usd: "INTEGER NOT NULL",
      reserved_tokens: "INTEGER NOT NULL",
      reserved_micro_usd: "INTEGER NOT NULL",
    },
    indexes: [],
  },
  reservations: {
    owner: "budget",
    key: ["run_id"],
    columns: { budget: "TEXT NOT NULL", ...RUN, reserved_at: "INTEGER NOT NULL" },
    indexes: ["INDEX reservations_budget ON reservations (budget)"],
  },
  receipts: {
    owner: "run_id",
    key: ["run_id"],
    columns: {
      ...RUN,
      day: "TEXT NOT NULL",
      actual_input: "INTEGER",
      actual_output: "INTEGER",
      actual_micro_usd: "INTEGER",
      cost_source: "TEXT NOT NULL",
      counted_tokens: "INTEGER NOT NULL",
      counted_micro_usd: "INTEGER NOT NULL",
      settled_at: "INTEGER NOT NULL",
    },
    // Each is what `wvo cost` adds up by; the rows of a group are read in its order.
    indexes: ["task_id", "provider", "tier", "day"].map(
      (column) => `INDEX receipts_${column} ON receipts (${column})`,
    ),
  },
};
