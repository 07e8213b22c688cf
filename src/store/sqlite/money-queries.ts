/** The questions of `views.ts` that are about money, asked in SQL. */
import type { BudgetRow, ReservationRow } from "../views/money-tables.ts";
import type { CostGroup, CostRow, Views } from "../views/views.ts";
import type { Connection } from "./database.ts";

const SUMS = `
  count(*) AS runs,
  coalesce(sum(estimated_input + estimated_output), 0) AS estimated_tokens,
  coalesce(sum(estimated_micro_usd), 0) AS estimated_micro_usd,
  coalesce(sum(coalesce(actual_input, 0) + coalesce(actual_output, 0)), 0) AS actual_tokens,
  coalesce(sum(actual_micro_usd), 0) AS actual_micro_usd,
  coalesce(sum(counted_tokens), 0) AS counted_tokens,
  coalesce(sum(counted_micro_usd), 0) AS counted_micro_usd,
  coalesce(sum(estimated_micro_usd IS NULL), 0) AS runs_without_estimate,
  coalesce(sum(actual_input IS NULL OR actual_output IS NULL), 0) AS runs_without_tokens,
  coalesce(sum(actual_micro_usd IS NULL), 0) AS runs_without_cost`;

export function openMoneyQueries(db: Connection): Pick<Views, "budget" | "reservations" | "costs"> {
  const budget = db.prepare<[], BudgetRow>("SELECT * FROM budgets WHERE id = 'budget'");
  const reservations = db.prepare<[], ReservationRow>("SELECT * FROM reservations ORDER BY run_id");
  const grouped = (column: string) =>
    db.prepare<[], CostRow>(
      `SELECT ${column} AS name, ${SUMS} FROM receipts GROUP BY ${column} ORDER BY ${column}`,
    );
  const queries = {
    task_id: grouped("task_id"),
    provider: grouped("provider"),
    tier: grouped("tier"),
    day: grouped("day"),
  } satisfies Readonly<Record<CostGroup, unknown>>;
  return {
    budget: () => budget.get() ?? null,
    reservations: () => reservations.all(),
    costs: (by) => queries[by].all(),
  };
}
