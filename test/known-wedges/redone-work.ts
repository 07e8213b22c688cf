/** A restart that re-runs finished work: a worker is revived on an item that is closed. */
import { setup } from "xstate";
import { deed } from "./wedge.ts";
import type { KnownWedge } from "./wedge.ts";

const polecat = (crash: "interrupted" | "retry") =>
  setup({ actors: { work: deed(crash) }, delays: { patrol: 60_000 } });

const facts = {
  sentBy: { sling: ["person"], sessionDead: ["patrol"] },
  waits: { idle: "person" },
  once: [{ effect: "work", renewedBy: ["sling"] }],
};
const idle = { on: { sling: "working" } } as const;

const wedged = polecat("retry").createMachine({
  id: "polecat",
  initial: "idle",
  states: {
    idle,
    working: { invoke: { id: "work", src: "work", onDone: "closed", onError: "idle" } },
    closed: { on: { sling: "working", sessionDead: "working" } },
  },
});

const mended = polecat("interrupted").createMachine({
  id: "polecat",
  initial: "idle",
  states: {
    idle,
    working: { invoke: { id: "work", src: "work", onDone: "closed", onError: "idle" } },
    closed: { on: { sling: "working", sessionDead: "idle" } },
  },
});

export const redoneWork: KnownWedge = {
  issue: "https://github.com/gastownhall/gastown/issues/4698",
  story:
    "A patrol restarted a dead worker from its hook without asking whether the item on it was " +
    "still open; it did work again that had been merged days before, on an old base, and handed " +
    "in a conflicting duplicate.",
  wedged: [{ name: "polecat", machine: wedged, facts }],
  mended: [{ name: "polecat", machine: mended, facts }],
  flags: ["repeated-work work", "repeated-work work"],
};
