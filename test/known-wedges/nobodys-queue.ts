/** An item in nobody's queue: it is open, and no query of any worker finds it. */
import { assign, setup } from "xstate";
import type { Resting } from "../../src/proof/checker/facts.ts";
import type { KnownWedge } from "./wedge.ts";

interface BeadContext {
  readonly route: "polecat" | "refinery";
  readonly assignee: "polecat" | "refinery" | null;
}

const bead = setup({
  types: { context: {} as BeadContext },
  actions: {
    takeUp: assign({ assignee: "polecat" }),
    handOver: assign({ route: "refinery", assignee: "refinery" }),
    unassign: assign({ assignee: null }),
    putBack: assign({ assignee: null, route: "polecat" }),
  },
  delays: { lease: 90_000 },
});

const waits = { open: "polecat", merging: "refinery" };
const sentBy = {
  claim: ["polecat"],
  submitted: ["polecat"],
  merged: ["refinery"],
  rejected: ["refinery"],
};
/** Each looks for its own: the pool for what is routed to it and free, others by their name. */
const queues = {
  pool: ({ context }: Resting): boolean =>
    context["route"] === "polecat" && context["assignee"] === null,
  polecat: ({ context }: Resting): boolean => context["assignee"] === "polecat",
  refinery: ({ context }: Resting): boolean => context["assignee"] === "refinery",
};
const facts = { waits, sentBy, queues };

const chartRejecting = (actions: "unassign" | "putBack") =>
  bead.createMachine({
    id: "bead",
    context: { route: "polecat", assignee: null },
    initial: "open",
    states: {
      open: { on: { claim: { target: "inProgress", actions: "takeUp" } } },
      inProgress: {
        on: { submitted: { target: "merging", actions: "handOver" } },
        after: { lease: { target: "open", actions: "putBack" } },
      },
      merging: { on: { merged: "closed", rejected: { target: "open", actions } } },
      closed: { type: "final" },
    },
  });

export const nobodysQueue: KnownWedge = {
  issue: "https://github.com/gastownhall/gascity-packs/pull/93",
  story:
    "A rejected item was opened again and unassigned, but kept its route to the refinery: the " +
    "refinery looks by assignee, the workers by route, the sweep for dead assignees, so none of " +
    "them found it, and the rig went idle with work to do.",
  wedged: [{ name: "bead", machine: chartRejecting("unassign"), facts }],
  mended: [{ name: "bead", machine: chartRejecting("putBack"), facts }],
  flags: ["unqueued open"],
};
