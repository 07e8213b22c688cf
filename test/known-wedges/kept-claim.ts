/** A claim that outlives the state it was taken for: the work looks held, and nobody holds it. */
import { assign, setup } from "xstate";
import type { KnownWedge } from "./wedge.ts";

interface HookContext {
  readonly assignee: string | null;
}

const bead = setup({
  types: { context: {} as HookContext },
  actions: {
    hook: assign({ assignee: "polecat-1" }),
    unhook: assign({ assignee: null }),
  },
  delays: { heartbeat: 180_000 },
});

const facts = {
  sentBy: { sling: ["person"], done: ["polecat"] },
  waits: { open: "person" },
  claims: [{ state: "inProgress", owner: "assignee", heldBy: "polecat" }],
};

const wedged = bead.createMachine({
  id: "bead",
  context: { assignee: null },
  initial: "open",
  states: {
    open: { on: { sling: { target: "inProgress", actions: "hook" } } },
    inProgress: { on: { done: "closed" }, after: { heartbeat: "open" } },
    closed: { type: "final" },
  },
});

const mended = bead.createMachine({
  id: "bead",
  context: { assignee: null },
  initial: "open",
  states: {
    open: { on: { sling: { target: "inProgress", actions: "hook" } } },
    inProgress: { exit: "unhook", on: { done: "closed" }, after: { heartbeat: "open" } },
    closed: { type: "final" },
  },
});

export const keptClaim: KnownWedge = {
  issue: "https://github.com/gastownhall/gastown/issues/1380",
  story:
    "After a worker was removed its items stayed in progress with an assignee that no longer " +
    "existed, and no patrol compared the two.",
  wedged: [{ name: "bead", machine: wedged, facts }],
  mended: [{ name: "bead", machine: mended, facts }],
  flags: ["unowned-claim closed", "unowned-claim open"],
};
