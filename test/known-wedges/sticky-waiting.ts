/** A session that is taken to wait for a person, and that nothing but the person can free. */
import { setup } from "xstate";
import type { KnownWedge } from "./wedge.ts";

const session = setup({ delays: { quiet: 60_000 } });

const sentBy = {
  prompt: ["person"],
  toolUsed: ["agent session"],
  turnEnded: ["agent session"],
  needsInput: ["agent session"],
  processGone: ["reaper"],
} as const;
const facts = { sentBy, waits: { idle: "person" } };

const ended = { type: "final" } as const;
const active = {
  on: { toolUsed: {}, turnEnded: "idle", needsInput: "waitingInput", processGone: "ended" },
} as const;
const idle = { on: { prompt: "active", needsInput: "waitingInput" } } as const;

const wedged = session.createMachine({
  id: "session",
  initial: "idle",
  states: { idle, active, waitingInput: { on: { prompt: "active" } }, ended },
});

const mended = session.createMachine({
  id: "session",
  initial: "idle",
  states: {
    idle,
    active,
    waitingInput: {
      on: { prompt: "active", toolUsed: "active", turnEnded: "idle", processGone: "ended" },
      after: { quiet: "idle" },
    },
    ended,
  },
});

export const stickyWaiting: KnownWedge = {
  issue: "https://github.com/Untrivial-ai/agent-orchestrator/issues/3738",
  story:
    "A notification that came after the end of a turn marked the session as waiting for input; " +
    "later work of the session did not unmark it, so it stood still until a person noticed.",
  wedged: [{ name: "session", machine: wedged, facts }],
  mended: [{ name: "session", machine: mended, facts }],
  flags: ["no-demotion waitingInput"],
};
