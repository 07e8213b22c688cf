/** `wvo status`: how things stand, on one screen. */
import { wipLimitOf } from "../app/dispatch.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config/load.ts";
import type { StoreReader } from "../store/port.ts";
import type { Views } from "../store/views/views.ts";
import { budgetLines, budgetOf } from "./budget-lines.ts";
import { command } from "./command.ts";
import { table } from "./output.ts";
import { outageIn, windowText } from "./provider-words.ts";
import { reading } from "./reading.ts";
import { coordinatorOf } from "./standing.ts";
import { terminal } from "./terminal.ts";
import { unansweredLetters } from "../app/unanswered.ts";
import { loadHere } from "./workspace.ts";

export const statusCommand = () =>
  command({ name: "status", summary: "how tasks, agents and merges stand" }, async ({ out }) => {
    const config = loadHere();
    const status = await reading(config, (store) => statusOf(store, config));
    out.result(status, () => render(status));
  });

async function statusOf(store: StoreReader, config: Config) {
  const { views } = store;
  const owner = await store.owner();
  const supervisorPid = terminal().engine?.supervisorPid;
  const coordinator = await coordinatorOf(store);
  return {
    tasks: views.countByStatus(),
    running: views.countRunning(),
    wip_limit: wipLimitOf(views, config),
    coordinator,
    supervisor: supervisorPid === undefined ? null : { pid: supervisorPid },
    orchestrator: owner?.alive === true ? { name: owner.name, pid: owner.process.pid } : null,
    agents: views.agents().map((row) => {
      const { agent_id, status, substate, current_task_id, lease_until, reason } = row;
      return { agent_id, status, substate, current_task_id, lease_until, reason };
    }),
    providers: views.providers().map((row) => ({ ...row, windows: windowsOf(views, row.name) })),
    budget: budgetOf(views, config, systemClock.now()),
    merges: views.mergeRequests().map(({ id, task_id, status, reason }) => {
      return { id, task_id, status, reason };
    }),
    dead_letters: (await unansweredLetters(store, DEAD_LETTERS_SHOWN)).length,
  };
}
type Status = Awaited<ReturnType<typeof statusOf>>;

const windowsOf = (views: Views, name: string) =>
  views
    .providerWindows()
    .filter(({ provider }) => provider === name)
    .map(({ provider: _owner, ...window }) => window);

const DEAD_LETTERS_SHOWN = 100;

function render(status: Status): string {
  const { tasks, coordinator, orchestrator, supervisor } = status;
  const under = supervisor === null ? "" : ` under the supervisor (pid ${supervisor.pid})`;
  const at = orchestrator === null ? "not running" : `running (pid ${orchestrator.pid})${under}`;
  return [
    `WeatherVane is ${at}; the coordinator is ${coordinatorText(coordinator)}`,
    table(
      ["STATUS", "TASKS"],
      Object.entries(tasks).map(([word, n]) => [word, String(n)]),
    ),
    ...section(["AGENT", "STATUS", "TASK", "NOTE"], status.agents, (each) => [
      each.agent_id,
      each.status,
      each.current_task_id ?? "-",
      each.status === "idle" ? "" : (each.reason ?? ""),
    ]),
    ...section(["PROVIDER", "STATUS", "NOTE"], status.providers, (each) => [
      each.name,
      levelOf(each),
      [...(each.reason === null ? [] : [outageIn(each)]), ...each.windows.map(windowText)].join(
        "; ",
      ),
    ]),
    ...(budgetLines(status.budget).length === 0 ? [] : [budgetLines(status.budget).join("\n")]),
    ...section(["MERGE", "STATUS", "NOTE"], status.merges, (each) => [
      each.task_id,
      each.status,
      each.reason ?? "",
    ]),
    ...(status.dead_letters > 0 ? [`${status.dead_letters} dead letters; see wvo doctor`] : []),
  ].join("\n\n");
}

/** One that has stopped looks at nothing any more: what it found last may not be so now. */
function coordinatorText({ state, reason }: Status["coordinator"]): string {
  if (reason === null) return state;
  return state === "stopped" ? `${state} (before: ${reason})` : `${state}: ${reason}`;
}

const levelOf = ({ status, level }: Status["providers"][number]): string =>
  level === null || level === "normal" ? status : `${status}, ${level}`;

function section<Row>(
  head: readonly string[],
  rows: readonly Row[],
  cells: (row: Row) => readonly string[],
): readonly string[] {
  return rows.length === 0 ? [] : [table(head, rows.map(cells))];
}
