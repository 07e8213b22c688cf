/**
 * What the words of the visitor chart mean: its memory, guards and messages. The chart itself, with
 * its invariants, is `visitor.ts`.
 */
import { assign, setup } from "xstate";
import { faultOf, message, outputOf, stampOf, tell } from "./chart.ts";
import type { Message } from "./chart.ts";
import { effect } from "./effects.ts";
import { actorId } from "./protocol.ts";
import type { Assignment, CollectedWork, CoordinatorEvent, TaskEvent } from "./protocol.ts";
import { NOTHING_USED } from "./spending.ts";
import type { Estimate } from "./spending.ts";
import type { VisitorEvent, VisitorInput } from "./visits.ts";

export interface VisitorContext {
  readonly id: string;
  /** The task that it has asked for, and the run that comes next there. */
  readonly asked: { readonly taskId: string; readonly runId: string } | null;
  readonly work: Assignment | null;
  /** What it said last of how it gets on. */
  readonly note: string | null;
  /** The commit or branch that holds its work, as it said. */
  readonly ref: string | null;
  /** Why it is free, or why what it named could not be taken. */
  readonly reason: string | null;
  readonly leaseMs: number;
  readonly leaseUntilMs: number | null;
  readonly sinceMs: number;
}

/** A claim is answered in the same commit; only a task whose chart throws leaves it unanswered. */
const CLAIM_LIMIT_MS = 30_000;

type Memory = { readonly context: VisitorContext };
type Scope = Memory & { readonly event: VisitorEvent };
type Outcome = Memory & { readonly event: { readonly output: CollectedWork } };

const runIdOf = ({ work }: VisitorContext): string => work?.runId ?? "";
const toTask = ({ work }: VisitorContext, event: TaskEvent): readonly Message[] =>
  work === null ? [] : [message(actorId.task(work.taskId), event)];

/** A visitor's tokens are its own: nothing is reserved for it and nothing is counted. */
const NOTHING_ESTIMATED: Estimate = { inputTokens: 0, outputTokens: 0, microUsd: 0, price: null };

function tellClaim({ context: { id, asked } }: Memory): readonly Message[] {
  if (asked === null) return [];
  const { taskId, runId } = asked;
  const how = { provider: "visitor", tier: "medium", rationale: "it was asked for" } as const;
  const seat = { agentId: actorId.visitor(id), runId, estimate: NOTHING_ESTIMATED };
  return [message<TaskEvent>(actorId.task(taskId), { type: "claim", ...seat, ...how })];
}

function refuse({ context, event }: Scope): readonly Message[] {
  if (event.type !== "assign") return [];
  const { taskId, runId } = event;
  const reason = `${context.id} does not wait for it`;
  const released = { type: "runReleased", runId, reason, usage: NOTHING_USED } as const;
  return [message<TaskEvent>(actorId.task(taskId), released)];
}

const endOf = (context: VisitorContext) => {
  const reason = context.reason ?? "it was given back";
  return { runId: runIdOf(context), reason, usage: NOTHING_USED };
};

/** The setup that `visitor.ts` makes its chart with. */
export const visitorSetup = setup({
  types: {
    context: {} as VisitorContext,
    input: {} as VisitorInput & { readonly at?: number },
    events: {} as VisitorEvent,
  },
  actors: { collectVisit: effect<"collectVisit">("retry") },
  actions: {
    tell,
    ask: assign(({ event }) =>
      event.type === "take"
        ? {
            asked: { taskId: event.taskId, runId: event.runId },
            leaseMs: event.leaseMs,
            reason: null,
            note: null,
            ref: null,
          }
        : {},
    ),
    takeWork: assign(({ event }) => {
      if (event.type !== "assign") return {};
      const { taskId, runId, provider, tier, startFrom, commit, resume } = event;
      return { work: { taskId, runId, provider, tier, startFrom, commit, resume } };
    }),
    forget: assign(({ event }) => ({ asked: null, work: null, sinceMs: stampOf(event) })),
    renewLease: assign(({ context, event }) => ({
      leaseUntilMs: stampOf(event) + context.leaseMs,
    })),
    endLease: assign({ leaseUntilMs: null }),
    recordNote: assign(({ event }) => (event.type === "progress" ? { note: event.note } : {})),
    recordRef: assign(({ event }) =>
      event.type === "complete" ? { ref: event.ref, note: event.summary } : {},
    ),
    recordFindings: assign(({ event }) => ({
      reason: outputOf<CollectedWork>(event)
        .findings.map(({ text }) => text)
        .join("; "),
    })),
    recordFault: assign(({ event }) => ({ reason: faultOf(event).message })),
    clearReason: assign({ reason: null }),
    quoteReason: assign(({ event }) => ("reason" in event ? { reason: event.reason } : {})),
    blameState: assign(({ context }) => ({
      reason: `${context.asked?.taskId} cannot be claimed now`,
    })),
    blameSilence: assign(({ context }) => ({ reason: `${context.asked?.taskId} did not answer` })),
    blameLease: assign({ reason: "its lease ended without a sign of progress" }),
  },
  guards: {
    isCurrent: ({ context, event }) => "runId" in event && event.runId === context.work?.runId,
    isAsked: ({ context, event }) => "taskId" in event && event.taskId === context.asked?.taskId,
    isFound: ({ event }) => {
      const { commit, changed } = outputOf<CollectedWork>(event);
      return changed && commit !== null;
    },
  },
  delays: { claimLimit: CLAIM_LIMIT_MS, lease: ({ context }) => context.leaseMs },
});

/** What is collected: the visitor and the work in its hands. */
export const workOf = ({ context: { id, work } }: Memory) => ({
  agentId: actorId.visitor(id),
  work: work ?? NO_WORK,
});
/** Never read: `collecting` is entered with work in hand (N1). */
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
  claim: tellClaim,
  refusal: refuse,
  wake: (): Message => message<CoordinatorEvent>(actorId.coordinator, { type: "wake" }),
  started: ({ context }: Memory): readonly Message[] =>
    toTask(context, { type: "runStarted", runId: runIdOf(context) }),
  released: ({ context }: Memory): readonly Message[] =>
    toTask(context, { type: "runReleased", ...endOf(context) }),
  blocked: ({ context }: Memory): readonly Message[] =>
    toTask(context, { type: "runBlocked", ...endOf(context) }),
  finished: ({ context, event }: Outcome): readonly Message[] => {
    const { commit, findings } = event.output;
    return toTask(context, {
      type: "workFinished",
      runId: runIdOf(context),
      usage: NOTHING_USED,
      commit: commit ?? "",
      findings,
    });
  },
} as const;
