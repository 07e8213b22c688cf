/** `wvo task list`: every task, one line each; or the ready ones with the sum of their order. */
import { planViewOf } from "../../app/dispatch.ts";
import { systemClock } from "../../clock.ts";
import type { Config } from "../../config/load.ts";
import { explainOrder } from "../../planning/plan.ts";
import { STATUS_WORDS } from "../../roadmap/schema.ts";
import type { StoreReader } from "../../store/port.ts";
import type { TaskRow } from "../../store/views/tables.ts";
import type { Views } from "../../store/views/views.ts";
import { command } from "../command.ts";
import { table } from "../output.ts";
import type { Output } from "../output.ts";
import { wordOf } from "../option-values.ts";
import { reading } from "../reading.ts";
import { loadHere } from "../workspace.ts";

export const listCommand = () =>
  command<{ status?: string; explain?: boolean }>(
    { name: "list", summary: "every task, one line each" },
    async ({ out, options }) => {
      const config = loadHere();
      if (options.status !== undefined) wordOf("--status", options.status, STATUS_WORDS);
      if (options.explain === true) return reading(config, explainReady(out, config));
      const rows = await reading(config, ({ views }) => allTasks(views));
      const shown = rows.filter(({ status }) => (options.status ?? status) === status);
      out.result(shown.map(shortOf), () => render(shown));
    },
  )
    .option("--status <word>", "only tasks of this status")
    .option("--explain", "the ready tasks in the order of dispatch, with the sum behind it");

/** The sum for each ready task: as many as one decision looks at. */
const explainReady =
  (out: Output, config: Config) =>
  ({ views }: StoreReader): void => {
    const order = explainOrder(planViewOf(views, config, systemClock.now()));
    out.result(order, () =>
      order.length === 0
        ? "no task is ready"
        : table(
            ["ID", "ORDER", "NOW"],
            order.map(({ id, sum, now }) => [id, sum, now]),
          ),
    );
  };

const PAGE = 1_000;

/** Every task in the order of ids, page by page. */
export function allTasks(views: Views): readonly TaskRow[] {
  const rows: TaskRow[] = [];
  for (let page = views.tasks("", PAGE); page.length > 0;) {
    rows.push(...page);
    page = views.tasks(page.at(-1)?.id ?? "", PAGE);
  }
  return rows;
}

const shortOf = ({ id, status, substate, attempts, assigned_to, merged_commit }: TaskRow) => {
  return { id, status, substate, attempts, assigned_to, merged_commit };
};

const SHORT_COMMIT = 9;

/** The table that people see, also at the end of the demo. */
export function render(rows: readonly TaskRow[]): string {
  if (rows.length === 0) return "no tasks";
  return table(
    ["ID", "STATUS", "STATE", "TRIES", "AGENT", "MERGED", "TITLE"],
    rows.map((row) => [
      row.id,
      row.status,
      row.substate,
      `${row.runs}`,
      row.assigned_to ?? "-",
      row.merged_commit?.slice(0, SHORT_COMMIT) ?? "-",
      row.reason === null || row.status === "done" ? row.title : `${row.title} (${row.reason})`,
    ]),
  );
}
