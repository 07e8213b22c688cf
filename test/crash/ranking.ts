/** Who works on what, in the small world: the first ready task, by the first agent that is free. */
import type { Ranking } from "../../machines/protocol.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import { chartNameOf } from "../../src/host/charts.ts";
import { stateText } from "../../src/host/record.ts";
import type { SnapshotRecord } from "../../src/host/record.ts";
import type { StoreReader } from "../../src/store/port.ts";
import { proposalOf } from "../support/proposals.ts";

const ACTORS_MAX = 1_000;
const READY: readonly string[] = ["backlog.ready", "rework.correcting", "rework.reapplying"];

export async function rankIn(store: StoreReader): Promise<Ranking> {
  const actors = await store.actors("", ACTORS_MAX);
  const firstOf = (chart: string, states: readonly string[]): string | undefined =>
    actors
      .filter(({ actor }) => chartNameOf(actor) === chart)
      .find(({ snapshot }) => states.includes(stateIn(snapshot)))
      ?.actor.slice(chart.length + 1);
  const taskId = firstOf("task", READY);
  const agentId = firstOf("agent", ["free.idle"]);
  const provider = firstOf("provider", ["usable.normal", "usable.warning", "usable.critical"]);
  if (taskId === undefined || agentId === undefined || provider === undefined) {
    return { kind: "nothing", reason: "nothing is ready, or nobody is free", short: null };
  }
  const { runs } = contextIn(actors.find(({ actor }) => actor === `task:${taskId}`)?.snapshot);
  return { kind: "picked", ...proposalOf(taskId, runs), agentId, provider };
}

const contextIn = (snapshot = ""): TaskContext =>
  (JSON.parse(snapshot) as SnapshotRecord).context as TaskContext;
const stateIn = (snapshot: string): string =>
  stateText((JSON.parse(snapshot) as SnapshotRecord).value);
