/** A judgement that is put off once and never taken up again: the waiting has no demotion. */
import { setup } from "xstate";
import type { KnownWedge } from "./wedge.ts";

const watch = setup({ delays: { graceOver: 90_000 } });

const sentBy = {
  exited: ["agent process"],
  gone: ["reaper"],
  logGrew: ["agent process"],
} as const;

const wedged = watch.createMachine({
  id: "watch",
  initial: "alive",
  states: {
    alive: { on: { exited: "ended", gone: "deferred" } },
    deferred: { on: { logGrew: "alive" } },
    ended: { type: "final" },
  },
});

const mended = watch.createMachine({
  id: "watch",
  initial: "alive",
  states: {
    alive: { on: { exited: "ended", gone: "deferred" } },
    deferred: { on: { logGrew: "alive" }, after: { graceOver: "ended" } },
    ended: { type: "final" },
  },
});

export const deferredJudgement: KnownWedge = {
  issue: "https://github.com/sipyourdrink-ltd/bernstein/issues/4222",
  story:
    "A process that crashed within seconds had just written to its log, so its death was judged " +
    "later; it was then cleaned away and never judged again, and its task stayed claimed.",
  wedged: [{ name: "watch", machine: wedged, facts: { sentBy } }],
  mended: [{ name: "watch", machine: mended, facts: { sentBy } }],
  flags: ["no-demotion deferred"],
};
