/**
 * The neighbours of an actor that lives alone: what they usually answer when they are told
 * something. They are known by the events of the protocol, so that a new chart needs no entry.
 */
import type { AgentEvent, Assignment, CoordinatorEvent } from "../../machines/protocol.ts";
import type { BudgetEvent } from "../../machines/bookkeeping.ts";
import type { MergeRequestEvent, RefineryEvent, TaskEvent } from "../../machines/protocol.ts";
import { chartNameOf } from "../../src/host/charts.ts";
import { kindOf } from "./letters.ts";
import type { Letter } from "./letters.ts";
import { claimAfter } from "../support/proposals.ts";

/** The answers to a letter; null where the actor is not ready for one yet. */
export function answersTo(letter: Letter, now: Now): readonly Reply[] | null {
  const answer = ANSWERS[kindOf(letter)];
  const { told } = letter;
  const said = told.kind === "event" ? told.event : told.kind === "start" ? told.input : {};
  return answer === undefined ? [] : answer({ ...letter, ...now, said: said as Said });
}

export type Reply =
  | AgentEvent
  | BudgetEvent
  | CoordinatorEvent
  | MergeRequestEvent
  | RefineryEvent
  | TaskEvent;

export interface Now {
  /** The state of the actor that is to be answered. */
  readonly state: string;
  /** How many runs it has had, where it is a task. */
  readonly runs: number;
  /** How many letters of this kind there were before. */
  readonly earlier: number;
}
interface Said {
  readonly id: string;
  readonly runId: string;
  readonly taskId: string;
}
type Answer = (asked: Letter & Now & { readonly said: Said }) => readonly Reply[] | null;

const WORK: Omit<Assignment, "taskId" | "runId"> = {
  provider: "local",
  tier: "low",
  startFrom: "target",
  commit: null,
  resume: null,
};
const nameOf = (actor: string): string => actor.slice(actor.indexOf(":") + 1);

const ANSWERS: Readonly<Record<string, Answer>> = {
  "refinery enqueue": () => [{ type: "takeTurn" }],
  "gate start": ({ said: { id } }) => [{ type: "gatePassed", gateId: id }],
  "merge-request start": ({ said: { id } }) => [{ type: "merged", mergeId: id, commit: "d00d" }],
  "merge-request withdraw": ({ to }) => [{ type: "mergeWithdrawn", mergeId: to }],
  "merge-request takeTurn": ({ to }) => [{ type: "settled", mergeId: to }],
  "agent assign": ({ said: { runId } }) => [
    { type: "runStarted", runId },
    { type: "workFinished", runId, usage: null, commit: "c0ffee", findings: [] },
  ],
  "agent stop": ({ said: { runId } }) => [
    { type: "runReleased", runId, usage: null, reason: "stopped" },
  ],
  "agent drain": ({ to }) => [{ type: "agentFree", agentId: nameOf(to) }],
  "budget reserve": ({ said: { taskId } }) => [{ type: "claimed", taskId }],
  "task claim": ({ said: { runId } }) => [{ type: "settle", runId, usage: null }],
  "task addDependent": ({ to }) => [{ type: "dependencyDone", taskId: nameOf(to) }],
  /** A task that was given back is begun anew, by a new run. */
  "task runReleased": ({ to, earlier, state }) =>
    state === "free.idle"
      ? [{ type: "assign", taskId: nameOf(to), runId: `${nameOf(to)}.again-${earlier}`, ...WORK }]
      : null,
  "coordinator wake": ({ from, runs }) =>
    chartNameOf(from) === "task" ? [claimAfter(runs, nameOf(from))] : [],
};
