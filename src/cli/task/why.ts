/** `wvo task why ID`: names the guard, dependency, limit or waiting timer that holds a task back. */
import { actorId } from "../../../machines/protocol.ts";
import type { TaskContext } from "../../../machines/task-setup.ts";
import { isoTime, systemClock } from "../../clock.ts";
import type { Config } from "../../config/load.ts";
import { checksFolder } from "../../app/checking.ts";
import { planViewOf } from "../../app/dispatch.ts";
import { whyNot } from "../../planning/plan.ts";
import type { SnapshotRecord } from "../../host/record.ts";
import type { StoreReader } from "../../store/port.ts";
import type { TaskRow } from "../../store/views/tables.ts";
import type { Views } from "../../store/views/views.ts";
import { command } from "../command.ts";
import { reading } from "../reading.ts";
import { loadHere } from "../workspace.ts";
import { knownTask } from "./known.ts";

export const whyCommand = () =>
  command({ name: "why", summary: "what holds a task back" }, async ({ out, args }) => {
    const [id = ""] = args;
    const config = loadHere();
    const told = await reading(config, (store) => explain(store, config, id));
    out.result(told, () =>
      [`${id} is ${told.status} (${told.substate})`, ...told.because].join("\n  "),
    );
  }).argument("<id>", "the task");

/** Why nothing is dispatched at all; empty where it is. */
async function idleness(store: StoreReader): Promise<readonly string[]> {
  const owner = await store.owner();
  if (owner?.alive !== true) return ["wvo run is not running"];
  const coordinator = await store.read(actorId.coordinator);
  const { value } = JSON.parse(coordinator?.snapshot ?? "{}") as Partial<SnapshotRecord>;
  const isStopped = value === undefined || value === "stopped";
  return isStopped ? ["the supervisor dispatches nothing before wvo run"] : [];
}

async function explain(store: StoreReader, config: Config, id: string) {
  const row = knownTask(store.views, id);
  const because = [...reasonsFor(row, store.views, config), ...(await foundIn(store, config, row))];
  const timers = await timersAround(store, row);
  const idle = isSettled(row) ? [] : await idleness(store);
  return {
    id,
    status: row.status,
    substate: row.substate,
    because: [...because, ...timers, ...idle],
  };
}

/** What was found wrong with a task that waits for a person, each once, and where more is told. */
async function foundIn(
  store: StoreReader,
  config: Config,
  { id, status }: TaskRow,
): Promise<readonly string[]> {
  if (status !== "blocked") return [];
  const stored = await store.read(actorId.task(id));
  const { context } = JSON.parse(stored?.snapshot ?? "{}") as SnapshotRecord;
  const { findings } = context as TaskContext;
  const lines = findings.map(({ source, text }) => `found: ${source}: ${text.split("\n", 1)[0]}`);
  const gate = store.views.gatesOf(id).at(-1);
  const logs =
    gate === undefined ? [] : [`what its checks printed lies in ${checksFolder(config, gate.id)}`];
  return [...new Set(lines), ...logs];
}

const isSettled = ({ status }: TaskRow): boolean => status === "done" || status === "cancelled";

function reasonsFor(row: TaskRow, views: Views, config: Config): readonly string[] {
  switch (row.status) {
    case "pending":
      return row.lane === null
        ? openDependencies(row, views)
        : [whyNot(planViewOf(views, config, systemClock.now()), row.id)];
    case "needs_improvement":
      return [whyNot(planViewOf(views, config, systemClock.now()), row.id)];
    case "in_progress":
      return [`${row.assigned_to} works on it in run ${row.run_id}: ${row.rationale}`];
    case "needs_review":
      return reviewOf(row, views);
    case "blocked":
      return [row.reason ?? "it was blocked", `to try again: wvo task unblock ${row.id}`];
    case "cancelled":
      return [row.reason ?? "it was cancelled"];
    case "done":
      return [row.merged_commit === null ? "it was done before" : `merged as ${row.merged_commit}`];
    default:
      return row.status satisfies never;
  }
}

function openDependencies({ id }: TaskRow, views: Views): readonly string[] {
  return views
    .dependenciesOf(id)
    .filter(({ is_open }) => is_open === 1)
    .map(({ depends_on }) => {
      const other = views.task(depends_on);
      const state = other === null ? "does not exist" : `is ${other.status} (${other.substate})`;
      return `waits for ${depends_on}, which ${state}`;
    });
}

function reviewOf({ id, substate }: TaskRow, views: Views): readonly string[] {
  if (substate === "gate.checking") {
    const gate = views.gatesOf(id).at(-1);
    return [`its checks run: gate ${gate?.id ?? "starting"} is ${gate?.status ?? "queued"}`];
  }
  const merge = views.mergeRequestsOf(id).at(-1);
  if (merge === undefined) return ["its merge is about to be queued"];
  const before = views.mergeRequests().findIndex((each) => each.id === merge.id);
  const place = merge.status === "queued" ? `, ${before} before it` : "";
  const reason = merge.status !== "held" || merge.reason === null ? "" : `: ${merge.reason}`;
  return [`its merge is ${merge.status}${place}${reason}`];
}

/** Timers that run for the task, its agent, its merge and the providers, with their due times. */
async function timersAround(store: StoreReader, row: TaskRow): Promise<readonly string[]> {
  if (isSettled(row)) return [];
  const merge = store.views.mergeRequestsOf(row.id).at(-1);
  const providers = store.views.providers().map(({ name }) => actorId.provider(name));
  const actors = [
    actorId.task(row.id),
    ...(row.assigned_to === null ? [] : [actorId.agent(row.assigned_to)]),
    ...(merge === undefined ? [] : [merge.id]),
    ...(row.lane === null ? [] : [actorId.coordinator, ...providers]),
  ];
  const told: string[] = [];
  for (const actor of actors) {
    for (const { name, dueMs } of await store.timersOf(actor)) {
      told.push(`timer ${name.split("@", 1)[0]} of ${actor} is due at ${isoTime(dueMs)}`);
    }
  }
  return told;
}
