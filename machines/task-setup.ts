/**
 * What the words of the task chart mean: its memory, guards and actions. The chart itself, with
 * its invariants, is `task.ts`.
 */
import { assign, setup } from "xstate";
import type { BudgetEvent } from "./bookkeeping.ts";
import { message, tell, without } from "./chart.ts";
import type { Finding, Message } from "./chart.ts";
import { actorId, isVisitor, nextRunId } from "./protocol.ts";
import type { AgentEvent, Claim, CoordinatorEvent } from "./protocol.ts";
import type { GateEvent, GateInput } from "./protocol.ts";
import type { MergeRequestEvent, MergeRequestInput, RefineryEvent } from "./protocol.ts";
import type { StartFrom } from "./protocol.ts";
import type { Left } from "./session.ts";
import type { TaskEvent, TaskInput, TaskSpec } from "./protocol.ts";
import { chargeOf, countedOf, NOTHING_SPENT, plus } from "./spending.ts";
import type { Spent } from "./spending.ts";
import type { VisitorEvent } from "./visits.ts";

/** The one run that holds an active task. */
export interface TaskRun extends Claim {
  readonly startFrom: StartFrom;
  /** The session that it goes on with. */
  readonly resume: Left | null;
}

export interface TaskContext {
  readonly id: string;
  readonly createdAtMs: number;
  readonly importedAs: TaskInput["status"];
  readonly spec: TaskSpec;
  readonly dependents: readonly string[];
  readonly blockers: readonly string[];
  /** Failed attempts since the start or the last unblock. */
  readonly attempts: number;
  readonly conflicts: number;
  /** Runs ever started; the last one's number is in its run, gate and merge ids. */
  readonly runs: number;
  readonly run: TaskRun | null;
  /** What all its runs that have ended are counted with. */
  readonly spent: Spent;
  /** The agent of the last run: rework goes back to it. */
  readonly lastAgentId: string | null;
  /** The commit handed in last; it stays reachable (P10). */
  readonly commit: string | null;
  readonly findings: readonly Finding[];
  /** What the last run left, and the provider that alone can go on with it. */
  readonly left: (Left & { readonly provider: string }) | null;
  /** Runs of the present attempt that were cut off. */
  readonly cuts: number;
  /** Why the task is blocked, cancelled or was released. */
  readonly reason: string | null;
  readonly mergedCommit: string | null;
}

/** Failed attempts that block a task (founding document 4, topic 3). */
export const ATTEMPTS_MAX = 3;
/** Merge conflicts of one task that block it: its part of the code is contended. */
export const CONFLICTS_MAX = 5;
/** From this conflict on the target is reserved for the next try, so that somebody gets through. */
export const RESERVE_AT = 2;
/** A run that was cut off is gone on with once; the next time a fresh tree is surer. */
const CUTS_MAX = 1;
/** Findings kept for the next brief; the newest win. */
const FINDINGS_MAX = 20;

type Memory = { readonly context: TaskContext };
type Scope = Memory & { readonly event: TaskEvent };

const runIdOf = ({ id, runs }: TaskContext): string => `${id}.${runs}`;
const gateOf = (context: TaskContext): string => actorId.gate(runIdOf(context));
const mergeOf = (context: TaskContext): string => actorId.mergeRequest(runIdOf(context));

const toTask = (id: string, event: TaskEvent): Message => message(actorId.task(id), event);
const toAgent = (id: string, event: AgentEvent): Message =>
  message(isVisitor(id) ? id : actorId.agent(id), event);
const toRefinery = (event: RefineryEvent): Message => message(actorId.refinery, event);
const toCoordinator = (event: CoordinatorEvent): Message => message(actorId.coordinator, event);
const toBudget = (event: BudgetEvent): Message => message(actorId.budget, event);

const addedTo = (old: TaskSpec, next: TaskSpec): readonly string[] =>
  next.dependsOn.filter((each) => !old.dependsOn.includes(each));

/** The messages of the chart, by occasion. */
export const telling = {
  wake: (): Message => toCoordinator({ type: "wake" }),
  claimed: ({ context: { id } }: Memory): Message => toCoordinator({ type: "claimed", taskId: id }),
  /** What was reserved is given free; a visitor has reserved nothing, and asks for itself. */
  claimLost: ({ context: { id: taskId }, event }: Scope): readonly Message[] => {
    const lost = { type: "claimLost", taskId } as const;
    if (event.type !== "claim") return [toCoordinator(lost)];
    if (isVisitor(event.agentId)) return [message<VisitorEvent>(event.agentId, lost)];
    return [toBudget({ type: "release", runId: event.runId }), toCoordinator(lost)];
  },
  dependencies: ({ context: { id, spec } }: Memory): readonly Message[] =>
    spec.dependsOn.map((each) => toTask(each, { type: "addDependent", taskId: id })),
  bothEnds: ({ context: { id, spec }, event }: Scope): readonly Message[] => {
    if (event.type !== "revise") return [];
    const [added, dropped] = [addedTo(spec, event.spec), addedTo(event.spec, spec)];
    return [
      ...added.map((each) => toTask(each, { type: "addDependent", taskId: id })),
      ...dropped.map((each) => toTask(each, { type: "dropDependent", taskId: id })),
    ];
  },
  dependents:
    (type: "dependencyDone" | "dependencyCancelled") =>
    ({ context: { id, dependents } }: Memory): readonly Message[] =>
      dependents.map((each) => toTask(each, { type, taskId: id })),
  newDependent:
    (type: "dependencyDone" | "dependencyCancelled") =>
    ({ context, event }: Scope): readonly Message[] =>
      event.type === "addDependent" ? [toTask(event.taskId, { type, taskId: context.id })] : [],
  assignment: ({ context: { id, run, commit } }: Memory): readonly Message[] => {
    if (run === null) return [];
    const { agentId, runId, provider, tier, startFrom, resume } = run;
    const work = { taskId: id, runId, provider, tier, startFrom, commit, resume };
    const assign = toAgent(agentId, { type: "assign", ...work });
    return isVisitor(agentId) ? [assign] : [toCoordinator({ type: "claimed", taskId: id }), assign];
  },
  stop: ({ context: { run } }: Memory): readonly Message[] => {
    if (run === null) return [];
    const reason = "the task was cancelled";
    return [toAgent(run.agentId, { type: "stop", runId: run.runId, reason })];
  },
  startGate: ({ context }: Memory): Message => {
    const { id, commit } = context;
    const gate = { id: gateOf(context), taskId: id, commit: commit ?? "" };
    return { to: gate.id, start: { ...gate, replyTo: actorId.task(id) } satisfies GateInput };
  },
  cancelGate: ({ context }: Memory): Message =>
    message<GateEvent>(gateOf(context), { type: "cancel" }),
  startMerge: ({ context }: Memory): Message => {
    const { id, commit } = context;
    const merge = { id: mergeOf(context), taskId: id, commit: commit ?? "" };
    return { to: merge.id, start: merge satisfies MergeRequestInput };
  },
  /** After a repeated conflict: `countConflict` has counted it already. */
  reserve: ({ context: { id, conflicts } }: Memory): readonly Message[] =>
    conflicts >= RESERVE_AT ? [toRefinery({ type: "reserve", taskId: id })] : [],
  /** The task needs the target no more. */
  release: ({ context: { id, conflicts } }: Memory): readonly Message[] =>
    conflicts >= RESERVE_AT ? [toRefinery({ type: "release", taskId: id })] : [],
  withdrawMerge: ({ context }: Memory): Message =>
    message<MergeRequestEvent>(mergeOf(context), { type: "withdraw" }),
} as const;

/** The run, gate or merge that an event speaks of must be the task's present one. */
function isCurrent({ context, event }: Scope): boolean {
  if (event.type === "claim" && event.agentId !== context.run?.agentId) return false;
  if ("runId" in event) return event.runId === context.run?.runId;
  if ("gateId" in event) return event.gateId === gateOf(context);
  if ("mergeId" in event) return event.mergeId === mergeOf(context);
  return false;
}

function takeRun({ context, event }: Scope, wanted: StartFrom): Partial<TaskContext> {
  if (event.type !== "claim") return {};
  const { runId, agentId, provider, tier, rationale, estimate } = event;
  const resume = resumeFor(provider, context);
  const startFrom = (resume?.commit ?? null) === null ? wanted : "branch";
  const run = { runId, agentId, provider, tier, rationale, estimate, startFrom, resume };
  return { runs: context.runs + 1, run, lastAgentId: agentId, reason: null, left: null };
}

/** A session is its provider's own: who works elsewhere begins a new one, on a fresh tree. */
function resumeFor(chosen: string, { left }: TaskContext): Left | null {
  if (left === null || left.provider !== chosen) return null;
  const { provider: _its, ...resume } = left;
  return resume;
}

function keepLeft({ context: { run }, event }: Scope): Partial<TaskContext> {
  if (run === null || !("left" in event) || event.left === undefined) return { left: null };
  const before = run.resume?.sessionId === event.left.sessionId ? run.resume.used : null;
  const used = countedOf({ told: event.left.used, before }, { ...run, usage: event.usage });
  return { left: { ...event.left, used, provider: run.provider } };
}

/** What the run is counted with, as the budget counts it. */
function addSpent({ context, event }: Scope): Partial<TaskContext> {
  if (context.run === null || !("usage" in event)) return {};
  return { spent: plus(context.spent, chargeOf(context.run.estimate, event.usage)) };
}

export interface Explained {
  readonly event: TaskEvent;
}
const WORD_CHARS_MAX = 200;

/** The first line of what was found last, for people who ask why a task is blocked. */
export function lastWord({ event }: Explained): string {
  const [finding] = "findings" in event ? event.findings : [];
  if (finding === undefined) return "";
  const [line = ""] = finding.text.trim().split("\n", 1);
  return `; ${finding.source}: ${line}`.slice(0, WORD_CHARS_MAX);
}

function learn({ context, event }: Scope): { readonly findings: readonly Finding[] } {
  const added = "findings" in event ? event.findings : [];
  return { findings: [...context.findings, ...added].slice(-FINDINGS_MAX) };
}

function reviseWhole({ context, event }: Scope): Partial<TaskContext> {
  if (event.type !== "revise") return {};
  const kept = context.blockers.filter((each) => event.spec.dependsOn.includes(each));
  return { spec: event.spec, blockers: [...kept, ...addedTo(context.spec, event.spec)] };
}

/** Once work has begun a new dependency comes too late: the rest of the revision is taken. */
function reviseText({ context, event }: Scope): Partial<TaskContext> {
  if (event.type !== "revise") return {};
  return { spec: { ...event.spec, dependsOn: context.spec.dependsOn } };
}

/** A task as it comes into being. */
export function newTask(input: TaskInput & { readonly at?: number }): TaskContext {
  const { id, spec, status, reason, at } = input;
  const nothing = { attempts: 0, conflicts: 0, runs: 0, cuts: 0, spent: NOTHING_SPENT };
  return {
    ...nothing,
    id,
    createdAtMs: at ?? 0,
    importedAs: status,
    spec,
    dependents: [],
    blockers: spec.dependsOn,
    run: null,
    lastAgentId: null,
    commit: null,
    findings: [],
    left: null,
    reason,
    mergedCommit: null,
  };
}

/** The setup that `task.ts` makes its chart with. */
export const taskSetup = setup({
  types: {
    context: {} as TaskContext,
    input: {} as TaskInput & { readonly at?: number },
    events: {} as TaskEvent,
  },
  actions: {
    tell,
    takeRun: assign(takeRun),
    endRun: assign((scope) => ({ ...addSpent(scope), run: null })),
    handIn: assign(({ event }) =>
      event.type === "workFinished"
        ? { commit: event.commit, findings: event.findings, cuts: 0 }
        : {},
    ),
    countAttempt: assign({ attempts: ({ context }) => context.attempts + 1, cuts: 0 }),
    countCut: assign({ cuts: ({ context }) => context.cuts + 1 }),
    keepLeft: assign(keepLeft),
    countConflict: assign({ conflicts: ({ context }) => context.conflicts + 1 }),
    learn: assign(learn),
    explain: assign((_, reason: string) => ({ reason })),
    quoteReason: assign(({ event }) => ("reason" in event ? { reason: event.reason } : {})),
    recordMerge: assign(({ event }) =>
      event.type === "merged" ? { mergedCommit: event.commit, reason: null } : {},
    ),
    reviseWhole: assign(reviseWhole),
    reviseText: assign(reviseText),
    dropBlocker: assign(({ context, event }) =>
      "taskId" in event ? { blockers: without(context.blockers, event.taskId) } : {},
    ),
    startAfresh: assign({ attempts: 0, conflicts: 0, cuts: 0, left: null, reason: null }),
  },
  guards: {
    isCurrent,
    /** A claim is for the run that comes next; one that was made before another run is too late. */
    isNext: ({ context, event }) =>
      "runId" in event && event.runId === nextRunId(context.id, context.runs),
    isNextAfterWork: ({ context, event }) =>
      context.commit !== null &&
      "runId" in event &&
      event.runId === nextRunId(context.id, context.runs),
    mayGoOn: (scope) =>
      isCurrent(scope) &&
      "left" in scope.event &&
      scope.event.left !== undefined &&
      scope.context.cuts < CUTS_MAX,
    isLastAttempt: (scope) => isCurrent(scope) && scope.context.attempts + 1 >= ATTEMPTS_MAX,
    isLastConflict: (scope) => isCurrent(scope) && scope.context.conflicts + 1 >= CONFLICTS_MAX,
    hasNoBlockers: ({ context }) => context.blockers.length === 0,
    hasBlockers: ({ context }) => context.blockers.length > 0,
    hasHandedIn: ({ context }) => context.commit !== null,
    startedFromOverlay: ({ context }) => context.run?.startFrom === "overlay",
    isImportedAs: ({ context }, status: TaskInput["status"]) => context.importedAs === status,
  },
});
