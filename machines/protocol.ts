/**
 * What the actors say to each other, on one page: inputs that bring an actor into being, events
 * it understands, and the data they carry. Requests are imperative, facts are past.
 */
import type { Left, Session } from "./session.ts";
import type { ErrorClass, UsageWindow } from "./capacity.ts";
import type { Finding } from "./chart.ts";
import type { Asking } from "./wishes.ts";
import type { Caps, Estimate, Short, Spent, Usage } from "./spending.ts";

export type { Usage } from "./spending.ts";

/** The name of an actor: `chart:id`, or the chart alone where there is one of it. */
export const actorId = {
  task: (taskId: string) => `task:${taskId}`,
  agent: (agentId: string) => `agent:${agentId}`,
  visitor: (name: string) => `visitor:${name}`,
  message: (id: string) => `message:${id}`,
  context: (id: string) => `context:${id}`,
  artifacts: (taskId: string) => `artifacts:${taskId}`,
  errand: (id: string) => `errand:${id}`,
  provider: (name: string) => `provider:${name}`,
  backup: (id: string) => `backup:${id}`,
  gate: (owner: string) => `gate:${owner}`,
  mergeRequest: (runId: string) => `merge-request:${runId}`,
  receipt: (runId: string) => `receipt:${runId}`,
  convoy: (name: string) => `convoy:${name}`,
  budget: "budget",
  coordinator: "coordinator",
  refinery: "refinery",
  roadmap: "roadmap",
} as const;

/** The id of a task's run after so many. */
export const nextRunId = (taskId: string, runs: number): string => `${taskId}.${runs + 1}`;

/** An agent that nobody here has started has its own chart, and its actor's name as its agent id. */
export const isVisitor = (agentId: string): boolean => agentId.startsWith(actorId.visitor(""));

/** The branch that carries a task's work. */
export const branchOf = (taskId: string): string => `wvo/${taskId}`;

// ── tasks ─────────────────────────────────────────────────────────────────────────────────────

/** What a person said about a task: the part that the roadmap may change. */
export interface TaskSpec {
  readonly title: string;
  readonly description: string;
  /** Free word such as feature, bug, review; routing and lanes read it. */
  readonly type: string;
  readonly priority: "high" | "medium" | "low";
  /** Business value, 0 to 10. */
  readonly value: number;
  /** Time criticality, 0 to 10. */
  readonly timeCriticality: number;
  /** 1 to 10. */
  readonly complexity: number;
  readonly epicId: string | null;
  readonly milestoneId: string | null;
  readonly acceptance: readonly string[];
  /** Tasks that must be done first (`blocks`). */
  readonly dependsOn: readonly string[];
  /** Kept for people; these two never hold a task back. */
  readonly related: readonly string[];
  readonly suggested: readonly string[];
}

export type Tier = "low" | "medium" | "high";

/** The decision to run a task: kept with the run, so that anyone can ask why. */
export interface Dispatch {
  readonly agentId: string;
  readonly provider: string;
  readonly tier: Tier;
  readonly rationale: string;
}

/** A run of a task that may begin: its estimate is reserved under its id. */
export interface Claim extends Dispatch {
  readonly runId: string;
  readonly estimate: Estimate;
}

/** What a run used, as all hear who count it; null where its program did not tell. */
export interface Used {
  readonly runId: string;
  readonly usage: Usage | null;
}

/**
 * The tree a run starts from: the target, the task's own branch, or the target with the task's
 * earlier change laid over it (conflict markers included).
 */
export type StartFrom = "target" | "branch" | "overlay";

/** How a task comes into being; a status other than pending is for imports. */
export interface TaskInput {
  readonly id: string;
  readonly spec: TaskSpec;
  readonly status: "pending" | "blocked" | "done" | "cancelled";
  readonly reason: string | null;
}

export type TaskEvent =
  | { readonly type: "revise"; readonly spec: TaskSpec }
  | { readonly type: "addDependent"; readonly taskId: string }
  | { readonly type: "dropDependent"; readonly taskId: string }
  | { readonly type: "dependencyDone"; readonly taskId: string }
  | { readonly type: "dependencyCancelled"; readonly taskId: string }
  | ({ readonly type: "claim" } & Claim)
  | { readonly type: "runStarted"; readonly runId: string }
  | ({
      readonly type: "workFinished";
      readonly commit: string;
      /** What was missing in the run: for the next brief, if the gate finds the work wanting. */
      readonly findings: readonly Finding[];
    } & Used)
  | ({
      readonly type: "runFailed";
      readonly findings: readonly Finding[];
      readonly left?: Left;
    } & Used)
  | ({ readonly type: "runReleased"; readonly reason: string; readonly left?: Left } & Used)
  /** Who works on it says that only a person can help. */
  | ({ readonly type: "runBlocked"; readonly reason: string } & Used)
  | { readonly type: "cancel"; readonly reason: string }
  | { readonly type: "unblock" }
  | GateVerdict
  | MergeReport;

// ── agents ───────────────────────────────────────────────────────────────────────────────────

export interface AgentInput {
  readonly id: string;
}

/** One run of one task, as the agent is asked to do it. */
export interface Assignment {
  readonly taskId: string;
  readonly runId: string;
  readonly provider: string;
  readonly tier: Tier;
  readonly startFrom: StartFrom;
  /** The commit that the task handed in before, if any. */
  readonly commit: string | null;
  /** What an earlier run has left for this one to go on with. */
  readonly resume: Left | null;
}

export type AgentEvent =
  | ({ readonly type: "assign" } & Assignment)
  | { readonly type: "beat"; readonly runId: string }
  | { readonly type: "stop"; readonly runId: string; readonly reason: string }
  | { readonly type: "drain"; readonly reason: string };

/**
 * How a run of an agent program ended. `completed` is only the program's word; `limited` is a
 * limit or a failure of its server; `notStarted` means that the program is missing or broken, or
 * may not use its account.
 */
export interface RunExit {
  readonly outcome: "completed" | "failed" | "limited" | "notStarted" | "stopped";
  /** Null where it completed, and where the program has no such words. */
  readonly errorClass: ErrorClass | null;
  readonly detail: string;
  /** When a limit ends, in milliseconds since 1970, if the program said so. */
  readonly retryAtMs: number | null;
  readonly usage: Usage | null;
  /** What was missing however it ended: denied tools, dead servers, refused patches. */
  readonly findings: readonly Finding[];
  /** The session that can be gone on with; null where the program has none. */
  readonly session: Session | null;
  /** What it told of its account's limits. */
  readonly windows: readonly UsageWindow[];
  /** Its time was over while it waited for its model: the server is to blame as well. */
  readonly isUnanswered?: boolean;
}

/** What a run left in its worktree, read from git. */
export interface CollectedWork {
  /** The tip of the task's branch after the run, or null where nothing usable was left. */
  readonly commit: string | null;
  readonly changed: boolean;
  readonly findings: readonly Finding[];
}

// ── the coordinator ───────────────────────────────────────────────────────────────────────────

/** A run that may be begun if the budget has room for it, with the caps of that moment. */
export interface Proposal extends Claim {
  readonly taskId: string;
  readonly spentOnTask: Spent;
  readonly caps: Caps;
}

/** What ranking found: the next dispatch, or why there is none. */
export type Ranking =
  | ({ readonly kind: "picked" } & Proposal)
  | { readonly kind: "nothing"; readonly reason: string; readonly short: Short | null };

export type CoordinatorEvent =
  | { readonly type: "start" }
  | Asking
  /** Null: as the configuration says. */
  | { readonly type: "limit"; readonly wipLimit: number | null }
  | { readonly type: "stop"; readonly agents: readonly string[] }
  | { readonly type: "wake" }
  | { readonly type: "agentFree"; readonly agentId: string }
  | { readonly type: "claimed"; readonly taskId: string }
  | { readonly type: "claimLost"; readonly taskId: string };

// ── quality ───────────────────────────────────────────────────────────────────────────────────

/** What one check left behind. `score` is null where the check does not score. */
export interface CheckResult {
  readonly name: string;
  readonly mandatory: boolean;
  readonly passed: boolean;
  readonly score: number | null;
  /** The least score this dimension may have, 0 to 1. */
  readonly floor: number;
  /** True where fixing this needs deep reasoning. */
  readonly deep: boolean;
  readonly evidence: { readonly path: string; readonly sha256: string } | null;
  /** The end of the check's output, for the brief. */
  readonly excerpt: string;
}

/** What starts a gate. `replyTo` is the actor that gets the verdict; a trial has none. */
export interface GateInput {
  readonly id: string;
  readonly taskId: string;
  readonly commit: string;
  readonly replyTo: string | null;
  /** The checks that a trial runs; without it they are all run. */
  readonly only?: readonly string[];
}

export type GateEvent = { readonly type: "cancel" };

/** What a gate tells the actor that asked for it. */
export type GateVerdict =
  | { readonly type: "gatePassed"; readonly gateId: string }
  | {
      readonly type: "gateFailed";
      readonly gateId: string;
      readonly findings: readonly Finding[];
    }
  | { readonly type: "gateInconclusive"; readonly gateId: string; readonly reason: string };

// ── merging ───────────────────────────────────────────────────────────────────────────────────

export interface MergeRequestInput {
  readonly id: string;
  readonly taskId: string;
  readonly commit: string;
}

export type MergeRequestEvent =
  | { readonly type: "takeTurn" }
  | { readonly type: "withdraw" }
  | GateVerdict;

/** What a rebase onto the target led to. `onto` is the target's tip at that moment. */
export type Rebase =
  | { readonly kind: "rebased"; readonly commit: string; readonly onto: string }
  | { readonly kind: "conflict"; readonly findings: readonly Finding[] }
  | { readonly kind: "empty"; readonly findings: readonly Finding[] };

/** What an attempt to move the target led to. */
export type Landing =
  | { readonly kind: "landed" }
  | { readonly kind: "moved" }
  | { readonly kind: "held"; readonly reason: string };

/** What a merge request tells its task, once. */
export type MergeReport =
  | { readonly type: "merged"; readonly mergeId: string; readonly commit: string }
  | {
      readonly type: "mergeConflicted";
      readonly mergeId: string;
      readonly findings: readonly Finding[];
    }
  | {
      readonly type: "mergeRejected";
      readonly mergeId: string;
      readonly findings: readonly Finding[];
    }
  | { readonly type: "mergeInconclusive"; readonly mergeId: string; readonly reason: string }
  | { readonly type: "mergeWithdrawn"; readonly mergeId: string };

export type RefineryEvent =
  | { readonly type: "enqueue"; readonly mergeId: string; readonly taskId: string }
  | { readonly type: "settled"; readonly mergeId: string }
  /** A task that keeps colliding asks that nothing else is merged before its next try. */
  | { readonly type: "reserve"; readonly taskId: string }
  | { readonly type: "release"; readonly taskId: string };
