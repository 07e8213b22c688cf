/**
 * Trials: gates that somebody asked for before the work is handed in. They move no task, so that a
 * trial can be lost or repeated without harm.
 */
import { actorId } from "../../machines/protocol.ts";
import type { GateContext } from "../../machines/gate.ts";
import { stateText } from "../host/record.ts";
import type { SnapshotRecord } from "../host/record.ts";
import type { Stored, StoreReader } from "../store/port.ts";

/** Trials that one task may have; whoever needs more is guessing. */
export const TRIALS_MAX = 50;
/** Trials under way at once, in places of their own: no gate waits for a trial. */
export const TRIAL_PLACES = 2;
const TRIALS_READ = 500;
export const UNDER_WAY: readonly string[] = ["running", "waiting", "scoring"];

/** No task's run can have this name, since no id of a task holds an @. */
const TRIAL = "trial@";
const prefixOf = (taskId: string): string => `${TRIAL}${taskId}@`;

export interface Trial {
  readonly runId: string;
  readonly state: string;
  readonly context: GateContext;
}

/** The actor of a trial of this task by its run id; null for any other id. */
export const trialActor = (taskId: string, runId: string): string | null =>
  runId.startsWith(prefixOf(taskId)) ? actorId.gate(runId) : null;

/** The name of the trial that comes after so many. */
export const nextTrial = (taskId: string, trials: number): string =>
  `${prefixOf(taskId)}${trials + 1}`;

/** The trials under way, of whatever task. */
export async function trialsUnderWay(store: StoreReader): Promise<readonly Trial[]> {
  const prefix = actorId.gate(TRIAL);
  const found: Trial[] = [];
  for (let after = prefix; ;) {
    const rows = await store.actors(after, TRIALS_READ);
    const trials = rows.filter(({ actor }) => actor.startsWith(prefix)).map(trialOf);
    found.push(...trials.filter(({ state }) => UNDER_WAY.includes(state)));
    if (trials.length < TRIALS_READ) return found;
    after = rows.at(-1)?.actor ?? after;
  }
}

/** All trials of a task. */
export async function trialsOf(store: StoreReader, taskId: string): Promise<readonly Trial[]> {
  const prefix = actorId.gate(prefixOf(taskId));
  const rows = await store.actors(prefix, TRIALS_MAX);
  return rows.filter(({ actor }) => actor.startsWith(prefix)).map(trialOf);
}

export function trialOf({ actor, snapshot }: Stored): Trial {
  const { value, context } = JSON.parse(snapshot) as SnapshotRecord;
  const runId = actor.slice(actorId.gate("").length);
  return { runId, state: stateText(value), context: context as GateContext };
}
