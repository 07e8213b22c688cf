/**
 * One message between agents: it waits, is claimed for a while, and is gone when its holder says
 * so. What it means is between the agents.
 *
 * Q1 A claimed message has one holder, and nobody else's word ends or returns it.
 * Q2 Every claim ends: by its holder's word, or by its lease, which runs as long as it is claimed.
 * Q3 After CLAIMS_MAX claims that came to nothing it is `dead`: it is kept, and never claimed again.
 * Q4 `done` is reached from `claimed` alone, by its holder's word.
 */
import { assign, setup } from "xstate";
import { MICROSTEPS_MAX, stampOf } from "./chart.ts";
import type { MessageEvent, MessageInput } from "./visits.ts";

export interface MessageContext extends MessageInput {
  readonly sentAtMs: number;
  readonly claims: number;
  readonly holder: string | null;
  readonly leaseMs: number;
  readonly leaseUntilMs: number | null;
  /** What went wrong with the last claim. */
  readonly error: string | null;
}

/** Claims of one message: it is not the agents' fault any more. */
export const CLAIMS_MAX = 5;

const message = setup({
  types: {
    context: {} as MessageContext,
    input: {} as MessageInput & { readonly at?: number },
    events: {} as MessageEvent,
  },
  actions: {
    take: assign(({ context, event }) =>
      event.type === "claim"
        ? {
            holder: event.agentId,
            claims: context.claims + 1,
            leaseMs: event.leaseMs,
            leaseUntilMs: stampOf(event) + event.leaseMs,
          }
        : {},
    ),
    letGo: assign({ holder: null, leaseUntilMs: null }),
    recordError: assign(({ event }) => (event.type === "giveBack" ? { error: event.error } : {})),
    blameLease: assign({ error: "its lease ended without a word of its holder" }),
    clearError: assign({ error: null }),
  },
  guards: {
    isFor: ({ context, event }) =>
      event.type === "claim" && (context.to === "*" || context.to === event.agentId),
    isHolder: ({ context, event }) => "agentId" in event && event.agentId === context.holder,
    isLastGiveBack: ({ context, event }) =>
      event.type === "giveBack" && event.agentId === context.holder && context.claims >= CLAIMS_MAX,
    isSpent: ({ context }) => context.claims >= CLAIMS_MAX,
  },
  delays: { lease: ({ context }) => context.leaseMs },
});

export const machine = message.createMachine({
  id: "message",
  context: ({ input: { at, ...input } }) => ({
    ...input,
    sentAtMs: at ?? 0,
    claims: 0,
    holder: null,
    leaseMs: 0,
    leaseUntilMs: null,
    error: null,
  }),
  initial: "waiting",
  options: { maxIterations: MICROSTEPS_MAX },
  states: {
    waiting: { on: { claim: { guard: "isFor", target: "claimed", actions: "take" } } },
    claimed: {
      exit: "letGo",
      on: {
        acknowledge: { guard: "isHolder", target: "done", actions: "clearError" },
        giveBack: [
          { guard: "isLastGiveBack", target: "dead", actions: "recordError" },
          { guard: "isHolder", target: "waiting", actions: "recordError" },
        ],
      },
      after: {
        lease: [
          { guard: "isSpent", target: "dead", actions: "blameLease" },
          { target: "waiting", actions: "blameLease" },
        ],
      },
    },
    done: { type: "final" },
    dead: { type: "final" },
  },
});
