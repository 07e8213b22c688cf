/** A state `failed` that everybody shows and nobody brings about. */
import { setup } from "xstate";
import type { KnownWedge } from "./wedge.ts";

const task = setup({ delays: { stall: 180_000 } });

const wedged = task.createMachine({
  id: "task",
  initial: "open",
  states: {
    open: { on: { sessionStarted: "active" } },
    active: {
      on: { sessionEnded: "done", sessionError: {}, fail: "failed" },
      after: { stall: "open" },
    },
    done: { type: "final" },
    failed: { type: "final" },
  },
});

const mended = task.createMachine({
  id: "task",
  initial: "open",
  states: {
    open: { on: { sessionStarted: "active" } },
    active: {
      on: { sessionEnded: "done", sessionError: "failed" },
      after: { stall: "open" },
    },
    done: { type: "final" },
    failed: { type: "final" },
  },
});

const facts = {
  sentBy: {
    sessionStarted: ["router"],
    sessionEnded: ["session"],
    sessionError: ["session"],
  },
  waits: { open: "router" },
} as const;

export const failedWithoutProducer: KnownWedge = {
  issue: "https://github.com/elizaOS/eliza/issues/13771",
  story:
    "The status failed was defined and shown, but no code set it: when a sub-agent crashed, its " +
    "session was marked as errored and its task stayed active.",
  wedged: [{ name: "task", machine: wedged, facts }],
  mended: [{ name: "task", machine: mended, facts }],
  flags: ["no-sender failed", "no-sender fail"],
};
