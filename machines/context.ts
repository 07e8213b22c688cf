/**
 * One thing that an agent or a person wrote down for the others: a decision, a constraint, a
 * hypothesis or a learning. Which of them concern a task is planning's matter.
 *
 * K1 What was written never changes; a better entry takes its place and says so.
 * K2 A superseded entry names the first one that took its place, and stays superseded.
 */
import { assign, setup } from "xstate";
import { message, MICROSTEPS_MAX, tell } from "./chart.ts";
import type { Message } from "./chart.ts";
import { actorId } from "./protocol.ts";
import type { EntryEvent, EntryInput } from "./visits.ts";

export interface EntryContext extends EntryInput {
  readonly atMs: number;
  readonly supersededBy: string | null;
}

function tellReplaced({ context }: { readonly context: EntryContext }): readonly Message[] {
  const { id, replaces } = context;
  if (replaces === null) return [];
  return [message<EntryEvent>(actorId.context(replaces), { type: "supersede", by: id })];
}

const entry = setup({
  types: {
    context: {} as EntryContext,
    input: {} as EntryInput & { readonly at?: number },
    events: {} as EntryEvent,
  },
  actions: {
    tell,
    recordSuccessor: assign(({ event }) => ({ supersededBy: event.by })),
  },
});

export const machine = entry.createMachine({
  id: "context",
  context: ({ input: { at, ...input } }) => ({ ...input, atMs: at ?? 0, supersededBy: null }),
  initial: "current",
  options: { maxIterations: MICROSTEPS_MAX },
  on: { supersede: {} },
  states: {
    current: {
      entry: { type: "tell", params: tellReplaced },
      on: { supersede: { target: "superseded", actions: "recordSuccessor" } },
    },
    superseded: {},
  },
});
