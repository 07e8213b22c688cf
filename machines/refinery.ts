/**
 * The queue before the target: one merge request has the turn, the others wait in order. A task
 * that keeps colliding may reserve the target, so that its next try meets no competition.
 *
 * R1 In `busy` exactly one request has the turn, the first of the queue; elsewhere none has.
 * R2 First come, first served, but that the task with the oldest reservation comes before all.
 * R3 In `reserved` nothing is merged; it ends with the reserving task's request, with its release,
 *    or after RESERVE_MAX_MS, so that nobody waits for ever.
 * R4 A request that withdraws leaves the queue.
 *
 * Differs from the design sketch: it needs no reconciling state, because the request that has the
 * turn finds out itself what became of its landing; nothing here can turn the target red.
 */
import { assign, setup } from "xstate";
import { including, message, MICROSTEPS_MAX, tell, without } from "./chart.ts";
import type { Message } from "./chart.ts";
import type { MergeRequestEvent, RefineryEvent } from "./protocol.ts";

interface Place {
  readonly mergeId: string;
  readonly taskId: string;
}

export interface RefineryContext {
  readonly queue: readonly Place[];
  /** Tasks that reserved the target, the oldest first. */
  readonly reservations: readonly string[];
}

/** A reserving task has this long for its next try; then the others go on. */
export const RESERVE_MAX_MS = 60 * 60_000;

type Memory = { readonly context: RefineryContext };

const turn = ({ context: { queue } }: Memory): readonly Message[] =>
  queue.slice(0, 1).map(({ mergeId }) => message<MergeRequestEvent>(mergeId, { type: "takeTurn" }));

/** The queue with the reserving task's request in front. */
function inOrder({ queue, reservations }: RefineryContext): readonly Place[] {
  const [first] = reservations;
  const reserved = queue.filter(({ taskId }) => taskId === first);
  return [...reserved, ...queue.filter(({ taskId }) => taskId !== first)];
}

const refinery = setup({
  types: { context: {} as RefineryContext, events: {} as RefineryEvent },
  actions: {
    tell,
    join: assign(({ context, event }) => {
      if (event.type !== "enqueue") return {};
      const { mergeId, taskId } = event;
      const isThere = context.queue.some((each) => each.mergeId === mergeId);
      return isThere ? {} : { queue: [...context.queue, { mergeId, taskId }] };
    }),
    leave: assign(({ context, event }) =>
      "mergeId" in event
        ? { queue: context.queue.filter(({ mergeId }) => mergeId !== event.mergeId) }
        : {},
    ),
    reserve: assign(({ context, event }) =>
      event.type === "reserve"
        ? { reservations: including(context.reservations, event.taskId) }
        : {},
    ),
    release: assign(({ context, event }) =>
      event.type === "release" ? { reservations: without(context.reservations, event.taskId) } : {},
    ),
    forgetOldest: assign({ reservations: ({ context }) => context.reservations.slice(1) }),
    putInOrder: assign({ queue: ({ context }) => inOrder(context) }),
  },
  guards: {
    hasTurn: ({ context, event }) =>
      "mergeId" in event && context.queue[0]?.mergeId === event.mergeId,
    isReserved: ({ context: { queue, reservations } }) =>
      reservations.length > 0 && !queue.some(({ taskId }) => taskId === reservations[0]),
    isAwaited: ({ context, event }) =>
      "taskId" in event && event.taskId === context.reservations[0],
    isEmpty: ({ context }) => context.queue.length === 0,
  },
  delays: { reserveLimit: RESERVE_MAX_MS },
});

export const machine = refinery.createMachine({
  id: "refinery",
  context: { queue: [], reservations: [] },
  initial: "choosing",
  options: { maxIterations: MICROSTEPS_MAX },
  on: {
    enqueue: { actions: "join" },
    settled: { actions: "leave" },
    reserve: { actions: "reserve" },
    release: { actions: "release" },
  },
  states: {
    choosing: {
      always: [
        { guard: "isReserved", target: "reserved" },
        { guard: "isEmpty", target: "empty" },
        { target: "busy" },
      ],
    },
    empty: {
      on: {
        enqueue: { target: "choosing", actions: "join" },
        reserve: { target: "choosing", actions: "reserve" },
      },
    },
    busy: {
      entry: ["putInOrder", { type: "tell", params: turn }],
      on: { settled: { guard: "hasTurn", target: "choosing", actions: "leave" } },
    },
    reserved: {
      on: {
        enqueue: { guard: "isAwaited", target: "choosing", actions: "join" },
        release: { guard: "isAwaited", target: "choosing", actions: "release" },
      },
      after: { reserveLimit: { target: "choosing", actions: "forgetOldest" } },
    },
  },
});
