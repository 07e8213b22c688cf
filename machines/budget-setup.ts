/**
 * What the words of the budget chart mean: its memory, guards and messages. The chart itself, with
 * its invariants, is `budget.ts`; the arithmetic is `spending.ts`.
 */
import { assign, setup } from "xstate";
import type { BudgetEvent, ReceiptInput } from "./bookkeeping.ts";
import { message, stampOf, tell } from "./chart.ts";
import type { Message } from "./chart.ts";
import { actorId } from "./protocol.ts";
import type { CoordinatorEvent, Dispatch, Proposal } from "./protocol.ts";
import type { TaskEvent } from "./protocol.ts";
import { chargeOf, dayOf, heldBy, NOTHING_SPENT, plus, shortageOf } from "./spending.ts";
import type { Estimate, Scope, Spent } from "./spending.ts";

/** What is held back for a run, from its grant to its end. */
export interface Reservation extends Dispatch {
  readonly runId: string;
  readonly taskId: string;
  readonly estimate: Estimate;
  readonly reservedAtMs: number;
}

export interface BudgetContext {
  /** The day that `spentToday` is about, as `dayOf` counts them. */
  readonly day: number;
  readonly spentToday: Spent;
  /** Since the database was made. */
  readonly spent: Spent;
  readonly reservations: readonly Reservation[];
}

/** It begins with nothing; the host stamps when. */
interface BudgetInput {
  readonly at: number | undefined;
}

type Memory = { readonly context: BudgetContext };
type Scoped = Memory & { readonly event: BudgetEvent };

const toTask = (taskId: string, event: TaskEvent): Message => message(actorId.task(taskId), event);

const reservationOf = ({ context, event }: Scoped): Reservation | undefined =>
  context.reservations.find(({ runId }) => runId === event.runId);

const claimOf = (from: Reservation | Proposal): TaskEvent => {
  const { runId, agentId, provider, tier, rationale, estimate } = from;
  return { type: "claim", runId, agentId, provider, tier, rationale, estimate };
};

/** The messages of the chart, by occasion. */
export const telling = {
  claim: ({ event }: Scoped): readonly Message[] =>
    event.type === "reserve" ? [toTask(event.taskId, claimOf(event))] : [],
  /** The dispatch that was granted first: its claim may be under way, or may have been lost. */
  claimAgain: (scope: Scoped): readonly Message[] => {
    const reservation = reservationOf(scope);
    return reservation === undefined ? [] : [toTask(reservation.taskId, claimOf(reservation))];
  },
  claimLost: ({ event }: Scoped): readonly Message[] =>
    event.type === "reserve"
      ? [
          message<CoordinatorEvent>(actorId.coordinator, {
            type: "claimLost",
            taskId: event.taskId,
          }),
        ]
      : [],
  receipt: (scope: Scoped): readonly Message[] => {
    const { event } = scope;
    const reservation = reservationOf(scope);
    if (event.type !== "settle" || reservation === undefined) return [];
    const { runId, taskId, provider, tier, estimate } = reservation;
    const receipt = { runId, taskId, provider, tier, estimate, usage: event.usage };
    return [{ to: actorId.receipt(runId), start: receipt satisfies ReceiptInput }];
  },
} as const;

/** The totals at a moment: with a new day the day's are none. */
export function totalsAt(
  { day, spentToday, spent }: Pick<BudgetContext, "day" | "spentToday" | "spent">,
  atMs: number,
): Pick<BudgetContext, "day" | "spentToday" | "spent"> {
  const today = Math.max(day, dayOf(atMs));
  return { day: today, spentToday: today > day ? NOTHING_SPENT : spentToday, spent };
}

const sumOf = (reservations: readonly Reservation[]): Spent =>
  reservations.map(({ estimate }) => heldBy(estimate)).reduce(plus, NOTHING_SPENT);

/**
 * What every scope has used, live reservations included, as a request for a run finds it. A task has
 * one run at a time, so that what else is reserved for it is a claim that will be refused.
 */
export function usedBy(
  context: BudgetContext,
  { spentOnTask }: Pick<Proposal, "spentOnTask">,
  atMs: number,
): Readonly<Record<Scope, Spent>> {
  const { spentToday, spent } = totalsAt(context, atMs);
  const reserved = sumOf(context.reservations);
  return {
    task: spentOnTask,
    day: plus(spentToday, reserved),
    roadmap: plus(spent, reserved),
  };
}

function withReservation({ context, event }: Scoped): Partial<BudgetContext> {
  if (event.type !== "reserve") return {};
  const { taskId, runId, agentId, provider, tier, rationale, estimate } = event;
  const reservedAtMs = stampOf(event);
  const dispatch = { agentId, provider, tier, rationale };
  const reservation = { runId, taskId, ...dispatch, estimate, reservedAtMs };
  return {
    ...totalsAt(context, reservedAtMs),
    reservations: [...context.reservations, reservation],
  };
}

const without = ({ context, event }: Scoped): readonly Reservation[] =>
  context.reservations.filter(({ runId }) => runId !== event.runId);

function withCharge(scope: Scoped): Partial<BudgetContext> {
  const { context, event } = scope;
  const reservation = reservationOf(scope);
  if (event.type !== "settle" || reservation === undefined) return {};
  const charge = chargeOf(reservation.estimate, event.usage);
  const { day, spentToday, spent } = totalsAt(context, stampOf(event));
  return {
    day,
    spentToday: plus(spentToday, charge),
    spent: plus(spent, charge),
    reservations: without(scope),
  };
}

/** The setup that `budget.ts` makes its chart with. */
export const budgetSetup = setup({
  types: {
    context: {} as BudgetContext,
    input: {} as BudgetInput,
    events: {} as BudgetEvent,
  },
  actions: {
    tell,
    reserve: assign(withReservation),
    settle: assign(withCharge),
    release: assign((scope) => ({ reservations: without(scope) })),
  },
  guards: {
    isReserved: (scope) => reservationOf(scope) !== undefined,
    fits: ({ context, event }) =>
      event.type === "reserve" &&
      shortageOf(event.estimate, usedBy(context, event, stampOf(event)), event.caps) === null,
  },
});
