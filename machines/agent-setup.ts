/**
 * What the words of the agent chart mean: its memory, effects, guards and messages. The chart
 * itself, with its invariants, is `agent.ts`.
 */
import { assign, setup, stateIn } from "xstate";
import type { BudgetEvent } from "./bookkeeping.ts";
import { faultOf, message, outputOf, stampOf, tell } from "./chart.ts";
import type { Finding, Message } from "./chart.ts";
import { hasRun, isCutOff, leftBy } from "./cut-off.ts";
import { effect } from "./effects.ts";
import { actorId } from "./protocol.ts";
import type { AgentEvent, AgentInput, Assignment, CollectedWork } from "./protocol.ts";
import type { Left } from "./session.ts";
import type { ErrorClass, ProviderEvent } from "./capacity.ts";
import type { CoordinatorEvent, RunExit, TaskEvent } from "./protocol.ts";
import { NOTHING_USED } from "./spending.ts";
import type { Usage } from "./spending.ts";

export interface AgentContext {
  readonly id: string;
  readonly work: Assignment | null;
  readonly exit: RunExit | null;
  /** Why the run is being stopped, or why the agent rests. */
  readonly reason: string | null;
  readonly leaseUntilMs: number | null;
  /** Failed preparations in a row. */
  readonly faults: number;
  readonly freeSinceMs: number;
}

/** Beats come every 30 s; ten are missed before anyone worries (requirements H2, C20). */
export const LEASE_MS = 5 * 60_000;
/** A suspect has as long again to answer before it is stopped. */
export const SUSPECT_MS = 5 * 60_000;
const REST_FIRST_MS = 15_000;
const REST_MAX_MS = 10 * 60_000;
const STUCK_RETRY_MS = 60_000;

type Memory = { readonly context: AgentContext };
type Happened = Memory & { readonly event: unknown };
type Outcome = {
  readonly context: AgentContext;
  readonly event: { readonly output: CollectedWork };
};

const toTask = ({ work }: AgentContext, event: TaskEvent): readonly Message[] =>
  work === null ? [] : [message(actorId.task(work.taskId), event)];
const toBudget = (event: BudgetEvent): Message => message(actorId.budget, event);
const toProvider = ({ work }: AgentContext, event: ProviderEvent): readonly Message[] =>
  work === null ? [] : [message(actorId.provider(work.provider), event)];
const toCoordinator = (event: CoordinatorEvent): Message => message(actorId.coordinator, event);
const runId = ({ work }: AgentContext): string => work?.runId ?? "";
const detail = ({ exit, reason }: AgentContext): string => exit?.detail ?? reason ?? "no detail";

const tellFree = ({ context: { id } }: Memory): Message =>
  toCoordinator({ type: "agentFree", agentId: id });

/** How a run ended, without what every report says: which run, and what it used. */
type Report =
  | {
      readonly type: "workFinished";
      readonly commit: string;
      readonly findings: readonly Finding[];
    }
  | { readonly type: "runFailed"; readonly findings: readonly Finding[]; readonly left?: Left }
  | { readonly type: "runReleased"; readonly reason: string; readonly left?: Left };

/** What ran used what its program told; what was never started, or refused at once, nothing. */
function usageOf({ exit }: AgentContext): Usage | null {
  if (exit === null || !hasRun(exit)) return NOTHING_USED;
  return exit.outcome === "notStarted" ? (exit.usage ?? NOTHING_USED) : exit.usage;
}

/** The budget hears of it before the task is free again, so that its next run sees the new total. */
function tellEnd({ context }: Memory, report: Report): readonly Message[] {
  const used = { runId: runId(context), usage: usageOf(context) };
  return [toBudget({ type: "settle", ...used }), ...toTask(context, { ...report, ...used })];
}

const tellFailed = (scope: Happened, findings: readonly Finding[]): readonly Message[] =>
  tellEnd(scope, { type: "runFailed", findings, ...leftBy(scope) });

function tellFault(what: string) {
  return (scope: Happened): readonly Message[] => {
    const text = `${what}: ${faultOf(scope.event).message}`;
    return tellEnd(scope, { type: "runFailed", findings: [{ source: "worktree", text }] });
  };
}

const tellReleased = (scope: Happened): readonly Message[] =>
  tellEnd(scope, { type: "runReleased", reason: detail(scope.context), ...leftBy(scope) });

const tellStarted = ({ context }: Memory): readonly Message[] =>
  toTask(context, { type: "runStarted", runId: runId(context) });

/** How full the account is comes first: what ended the run may depend on it. */
const tellProvider = (context: AgentContext, event: ProviderEvent): readonly Message[] => [
  ...tellWindows(context),
  ...toProvider(context, event),
];

function tellWindows(context: AgentContext): readonly Message[] {
  const windows = context.exit?.windows ?? [];
  return windows.length > 0 ? toProvider(context, { type: "usageReported", windows }) : [];
}

/** A program that was cut off has not ended well; its server may be to blame, or nobody. */
function tellEnded(context: AgentContext): readonly Message[] {
  const { exit } = context;
  if (exit?.isUnanswered === true)
    return tellProvider(context, { type: "serverFailed", reason: detail(context) });
  return exit !== null && isCutOff(exit)
    ? tellWindows(context)
    : tellProvider(context, { type: "runEnded" });
}

const OF_SERVER: ReadonlySet<ErrorClass | null> = new Set([
  "overloaded",
  "server_error",
  "network",
  "malformed_response",
]);

/** The provider hears of a limit before the task is free again, so that nobody picks it anew. */
function tellLimited(scope: Happened): readonly Message[] {
  const { context } = scope;
  const { retryAtMs: untilMs = null, errorClass = null } = context.exit ?? {};
  const reason = detail(context);
  const event: ProviderEvent = OF_SERVER.has(errorClass)
    ? { type: "serverFailed", reason }
    : { type: "limitHit", untilMs, reason };
  return [...tellProvider(context, event), ...tellReleased(scope)];
}

function tellNotStarted(scope: Happened): readonly Message[] {
  const { context } = scope;
  const isRefused = context.exit !== null && hasRun(context.exit);
  const type = isRefused ? "accessRefused" : "startFailed";
  const event = { type, reason: detail(context) } as const;
  return [...tellProvider(context, event), ...tellReleased(scope)];
}

const tellFinished = ({ context, event }: Outcome): readonly Message[] => [
  ...tellProvider(context, { type: "runEnded" }),
  ...tellEnd(
    { context },
    {
      type: "workFinished",
      commit: event.output.commit ?? "",
      findings: foundIn({ context, event }),
    },
  ),
];

/** What the run itself has told, and what was found in its worktree. */
const foundIn = ({ context: { exit }, event }: Outcome): readonly Finding[] => [
  ...(exit?.findings ?? []),
  ...event.output.findings,
];

function tellUnfinished({ context, event }: Outcome): readonly Message[] {
  const { findings } = event.output;
  const text = context.exit?.outcome === "completed" ? unusable(findings) : detail(context);
  const all = [{ source: "run", text }, ...foundIn({ context, event })];
  return [...tellEnded(context), ...tellFailed({ context, event }, all)];
}

/** Why a run that its program calls good is not: what was found, or that nothing was. */
const unusable = (findings: readonly Finding[]): string =>
  findings.length > 0
    ? "the program ended well, but what it left cannot be used"
    : "the program ended well but changed nothing; no change means not done";

/** A run that had to be stopped because it fell silent has failed, unless it ended by itself. */
function silentExit(exit: RunExit, { reason }: AgentContext): RunExit {
  if (exit.outcome !== "stopped") return exit;
  const detail = reason ?? exit.detail;
  return { ...exit, outcome: "failed", errorClass: "timeout", detail };
}

function refuse({ context, event }: Memory & { readonly event: AgentEvent }): readonly Message[] {
  if (event.type !== "assign") return [];
  const reason = `${context.id} is not free`;
  const used = { runId: event.runId, usage: NOTHING_USED };
  const left = event.resume === null ? {} : { left: event.resume };
  const released: TaskEvent = { type: "runReleased", reason, ...left, ...used };
  return [toBudget({ type: "settle", ...used }), message(actorId.task(event.taskId), released)];
}

/** The setup that `agent.ts` makes its chart with. */
export const agentSetup = setup({
  types: {
    context: {} as AgentContext,
    input: {} as AgentInput & { readonly at?: number },
    events: {} as AgentEvent,
  },
  actors: {
    prepareWorktree: effect<"prepareWorktree">("retry"),
    runAgent: effect<"runAgent">("interrupted"),
    adoptRun: effect<"adoptRun">("retry"),
    stopRun: effect<"stopRun">("retry"),
    collectWork: effect<"collectWork">("retry"),
  },
  actions: {
    tell,
    recordExit: assign(({ event }) => ({ exit: outputOf<RunExit>(event) })),
    recordSilentExit: assign(({ context, event }) => ({
      exit: silentExit(outputOf<RunExit>(event), context),
    })),
    blameSilence: assign({ reason: "its process gave no sign of life" }),
    forget: assign(({ event }) => ({
      work: null,
      exit: null,
      leaseUntilMs: null,
      freeSinceMs: stampOf(event),
    })),
    renewLease: assign(({ event }) => ({ leaseUntilMs: stampOf(event) + LEASE_MS })),
    takeWork: assign(({ event }) => {
      if (event.type !== "assign") return {};
      const { taskId, runId, provider, tier, startFrom, commit, resume } = event;
      const work = { taskId, runId, provider, tier, startFrom, commit, resume };
      return { work, exit: null, reason: null };
    }),
    quoteReason: assign(({ event }) => ("reason" in event ? { reason: event.reason } : {})),
    recordFault: assign(({ event }) => ({ reason: faultOf(event).message })),
    countFault: assign({ faults: ({ context }) => context.faults + 1 }),
    clearFaults: assign({ faults: 0 }),
  },
  guards: {
    isCurrent: ({ context, event }) => "runId" in event && event.runId === context.work?.runId,
    isHalted: stateIn({ preparing: "halted" }),
    wasInterrupted: ({ event }) => faultOf(event).code === "interrupted",
    isLimited: ({ context }) => context.exit?.outcome === "limited",
    isNotStarted: ({ context }) => context.exit?.outcome === "notStarted",
    isStopped: ({ context }) => context.exit?.outcome === "stopped",
    /** The session that it was to go on with is not known any more: no fault of the task. */
    isForgotten: ({ context: { exit, work } }) =>
      exit?.errorClass === "session_not_found" && work !== null && work.resume !== null,
    isFinished: ({ context, event }) =>
      context.exit?.outcome === "completed" && outputOf<CollectedWork>(event).changed,
    isSilent: stateIn({ stopping: "silent" }),
  },
  delays: {
    lease: LEASE_MS,
    suspicion: SUSPECT_MS,
    rest: ({ context: { faults } }) => Math.min(REST_MAX_MS, REST_FIRST_MS * 2 ** (faults - 1)),
    stuckRetry: STUCK_RETRY_MS,
  },
});

/** What every effect of the chart is given: the seat and the work in hand. */
export const workOf = ({ context: { id, work } }: Memory) => ({
  agentId: id,
  work: work ?? NO_WORK,
});
/** Never read: every state that invokes an effect is entered with work in hand (A1). */
const NO_WORK: Assignment = {
  taskId: "",
  runId: "",
  provider: "",
  tier: "low",
  startFrom: "target",
  commit: null,
  resume: null,
};

/** The messages of the chart, by occasion. */
export const telling = {
  free: tellFree,
  started: tellStarted,
  refusal: refuse,
  released: tellReleased,
  limited: tellLimited,
  notStarted: tellNotStarted,
  finished: tellFinished,
  unfinished: tellUnfinished,
  notPrepared: tellFault("its worktree could not be prepared"),
  notCollected: tellFault("its work could not be collected"),
} as const;
