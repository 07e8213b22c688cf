/**
 * What the charts ask of the world, on one page: each effect with what it is given and what it
 * gives back. A chart invokes them by name and never runs them; the host does.
 */
import { fromPromise } from "xstate";
import type { BackupInput, Copied } from "./copies.ts";
import type { Assignment, CheckResult, CollectedWork, GateInput, Landing } from "./protocol.ts";
import type { Ranking, Rebase, RunExit } from "./protocol.ts";
import type { ErrandInput, ErrandResult } from "./visits.ts";

/** The seat and the work in hand. */
export interface AgentWork {
  readonly agentId: string;
  readonly work: Assignment;
}

interface Effect<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

export interface Effects {
  /** Looks at what is ready and free, and picks the next dispatch. */
  readonly rank: Effect<null, Ranking>;
  /** Asks whether a provider's program can be started. */
  readonly probeProvider: Effect<{ readonly name: string }, null>;
  /** Puts the task's tree into the agent's worktree. */
  readonly prepareWorktree: Effect<AgentWork, null>;
  /** Starts the agent's program and waits for its end. */
  readonly runAgent: Effect<AgentWork, RunExit>;
  /** Waits for the end of a program that was started before a crash of ours. */
  readonly adoptRun: Effect<AgentWork, RunExit>;
  /** Ends the program and everything it started. */
  readonly stopRun: Effect<AgentWork, RunExit>;
  /** Reads from git what the run left, and commits it where it is to be kept. */
  readonly collectWork: Effect<AgentWork & { readonly keep: boolean }, CollectedWork>;
  /** Finds in git what a visitor has named as its work, and puts it on the task's branch. */
  readonly collectVisit: Effect<AgentWork & { readonly ref: string }, CollectedWork>;
  /** Does in a visitor's worktree what it has asked for, once. */
  readonly runErrand: Effect<ErrandInput, ErrandResult>;
  /** Runs the configured checks over one commit. */
  readonly runChecks: Effect<
    Pick<GateInput, "taskId" | "commit" | "only"> & { readonly gateId: string },
    readonly CheckResult[]
  >;
  /** Puts the task's change on top of the target, in a worktree of the refinery's own. */
  readonly rebase: Effect<{ readonly taskId: string; readonly commit: string }, Rebase>;
  /** Moves the target by compare-and-swap. */
  readonly land: Effect<{ readonly commit: string; readonly onto: string }, Landing>;
  /** Asks git whether the target contains a commit. */
  readonly observeTarget: Effect<{ readonly commit: string }, { readonly contains: boolean }>;
  /** Deletes the branch of a merged task; what is not on the target stays under a rescue ref. */
  readonly retireBranch: Effect<{ readonly taskId: string }, null>;
  /** Copies the database into a file of its own; one that is there already is left as it is. */
  readonly copyDatabase: Effect<BackupInput, Copied>;
}
export type EffectName = keyof Effects;

/**
 * What a crash of the orchestrator means for an effect that was under way: `retry` starts it again
 * with the same idempotency key; `interrupted` never starts it twice, the chart gets a fault with
 * the code `interrupted` instead.
 */
export type CrashPolicy = "retry" | "interrupted";

const refuseToRun = () => Promise.reject(new Error("a chart cannot run an effect"));

/** Declares an effect of a chart. */
export function effect<Name extends EffectName>(crash: CrashPolicy) {
  type Logic = Effects[Name];
  return Object.assign(fromPromise<Logic["output"], Logic["input"]>(refuseToRun), { crash });
}
