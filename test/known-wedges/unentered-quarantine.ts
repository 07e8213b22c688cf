/** A state that nobody can enter: what is quarantined is skipped, and never gets that state. */
import { setup } from "xstate";
import type { KnownWedge } from "./wedge.ts";

const task = setup({ delays: { lease: 90_000 } });

const claimed = { on: { finished: "done" }, after: { lease: "open" } } as const;
const done = { type: "final" } as const;
const quarantined = { type: "final" } as const;

const wedged = task.createMachine({
  id: "task",
  initial: "open",
  states: { open: { on: { claim: "claimed", quarantine: {} } }, claimed, done, quarantined },
});

const mended = task.createMachine({
  id: "task",
  initial: "open",
  states: {
    open: { on: { claim: "claimed", quarantine: "quarantined" } },
    claimed,
    done,
    quarantined,
  },
});

const facts = {
  sentBy: { claim: ["spawner"], quarantine: ["spawner"], finished: ["agent process"] },
  waits: { open: "spawner" },
} as const;

export const unenteredQuarantine: KnownWedge = {
  issue: "https://github.com/sipyourdrink-ltd/bernstein/issues/5967",
  story:
    "A quarantined task was passed over at every tick without a change of its status, so it " +
    "stayed open and the run, which ends when nothing is open, never ended.",
  wedged: [{ name: "task", machine: wedged, facts }],
  mended: [{ name: "task", machine: mended, facts }],
  flags: ["unenterable quarantined"],
};
