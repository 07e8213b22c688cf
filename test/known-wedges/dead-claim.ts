/** A claim whose holder is gone: nothing turns it back into work that somebody may take. */
import { assign, setup } from "xstate";
import type { KnownWedge } from "./wedge.ts";

interface ClaimContext {
  readonly agent: string | null;
}

const task = setup({
  types: { context: {} as ClaimContext },
  actions: {
    takeClaim: assign({ agent: "agent-1" }),
    dropClaim: assign({ agent: null }),
  },
  delays: { lease: 90_000 },
});

const sentBy = {
  claim: ["spawner"],
  finished: ["agent process"],
  failed: ["agent process"],
} as const;
const facts = {
  sentBy,
  waits: { open: "spawner" },
  claims: [{ state: "claimed", owner: "agent", heldBy: "agent process" }],
};

const wedged = task.createMachine({
  id: "task",
  context: { agent: null },
  initial: "open",
  states: {
    open: { on: { claim: { target: "claimed", actions: "takeClaim" } } },
    claimed: { exit: "dropClaim", on: { finished: "done", failed: "open" } },
    done: { type: "final" },
  },
});

const mended = task.createMachine({
  id: "task",
  context: { agent: null },
  initial: "open",
  states: {
    open: { on: { claim: { target: "claimed", actions: "takeClaim" } } },
    claimed: {
      exit: "dropClaim",
      on: { finished: "done", failed: "open" },
      after: { lease: "open" },
    },
    done: { type: "final" },
  },
});

export const deadClaim: KnownWedge = {
  issue: "https://github.com/sipyourdrink-ltd/bernstein/issues/4453",
  story:
    "An agent died while its task was claimed; no pass ever released the claim, and the run sat " +
    "at one claimed and one open task without an agent until its wall clock ran out.",
  wedged: [{ name: "task", machine: wedged, facts }],
  mended: [{ name: "task", machine: mended, facts }],
  flags: ["no-demotion claimed", "unowned-claim claimed"],
};
