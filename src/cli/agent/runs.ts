/** Which run is meant by the name of an agent, a task or a run, and where its files lie. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config/load.ts";
import { FaultError } from "../../fault.ts";
import type { Views } from "../../store/views/views.ts";
import { suggest } from "../suggestion.ts";
import { allTasks } from "../task/list.ts";

export interface MeantRun {
  readonly runId: string;
  readonly folder: string;
  /** Who is at work on it now; null where it is over. */
  readonly agentId: string | null;
  readonly taskId: string | null;
}

export const runsRoot = (config: Config): string => join(config.state_root, "runs");

/** Throws a fault of kind `notFound` where there is no such agent, task or run. */
export function meantRun(config: Config, views: Views, id: string): MeantRun {
  const agents = views.agents();
  const seat = agents.find(
    (each) =>
      each.run_id !== null && [each.agent_id, each.current_task_id, each.run_id].includes(id),
  );
  if (seat?.run_id !== null && seat !== undefined)
    return {
      ...runAt(config, seat.run_id),
      agentId: seat.agent_id,
      taskId: seat.current_task_id,
    };
  const over = latestOf(config, views, id);
  if (over !== null) return { ...runAt(config, over), agentId: null, taskId: null };
  throw agents.some(({ agent_id }) => agent_id === id) ? idle(id) : unknown(id, views);
}

const runAt = (config: Config, runId: string) => ({ runId, folder: join(runsRoot(config), runId) });

/** A run that is over: the one of this name, or the last one of this task. */
function latestOf(config: Config, views: Views, id: string): string | null {
  if (isRunFolder(config, id)) return id;
  const runs = views.task(id)?.runs ?? 0;
  for (let run = runs; run > 0; run -= 1) {
    if (isRunFolder(config, `${id}.${run}`)) return `${id}.${run}`;
  }
  return null;
}

/** A name is one folder under the runs, never a way out of it. */
function isRunFolder(config: Config, name: string): boolean {
  const root = runsRoot(config);
  return existsSync(join(root, name, "spec.json")) && readdirSync(root).includes(name);
}

const idle = (id: string): FaultError =>
  new FaultError({
    code: "agent.idle",
    kind: "notFound",
    where: id,
    found: "an agent that runs nothing",
    expected: "an agent at work, a task that was run, or a run",
    next: "wvo agents shows who is at work",
  });

function unknown(id: string, views: Views): FaultError {
  const names = [
    ...views.agents().map(({ agent_id }) => agent_id),
    ...allTasks(views).map((task) => task.id),
  ];
  return new FaultError({
    code: "agent.unknown",
    kind: "notFound",
    where: "wvo agent",
    found: `nothing that ran under the name ${id}`,
    expected: "an agent, a task or a run",
    next: suggest(id, names, names.length > 0 ? "wvo agents shows them" : "wvo run makes some"),
  });
}
