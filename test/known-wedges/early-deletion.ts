/** A destructive effect before its precondition: the branch goes before it was merged. */
import { setup } from "xstate";
import { deed } from "./wedge.ts";
import type { KnownWedge } from "./wedge.ts";

const polecat = setup({
  actors: { work: deed(), submit: deed("retry"), deleteBranch: deed("retry") },
  delays: { retry: 60_000 },
});

const working = {
  invoke: { id: "work", src: "work", onDone: "submitting", onError: "resting" },
} as const;
const resting = { after: { retry: "working" } } as const;
const deleting = {
  invoke: { id: "deleteBranch", src: "deleteBranch", onDone: "gone", onError: "gone" },
} as const;
const gone = { type: "final" } as const;

const wedged = polecat.createMachine({
  id: "polecat",
  initial: "working",
  states: {
    working,
    resting,
    submitting: {
      invoke: { id: "submit", src: "submit", onDone: "deleting", onError: "resting" },
    },
    deleting,
    gone,
  },
});

const mended = polecat.createMachine({
  id: "polecat",
  initial: "working",
  states: {
    working,
    resting,
    submitting: {
      invoke: { id: "submit", src: "submit", onDone: "submitted", onError: "resting" },
    },
    submitted: { on: { merged: "deleting", rejected: "working" } },
    deleting,
    gone,
  },
});

const destructive = [{ effect: "deleteBranch", after: "merged" }];
const sentBy = { merged: ["refinery"], rejected: ["refinery"] };

export const earlyDeletion: KnownWedge = {
  issue: "https://github.com/gastownhall/gastown/issues/2028",
  story:
    "A worker that had submitted its branch was cleaned up at once, and its branch was deleted " +
    "here and on the server before the merge queue had come to it; the work was lost and its " +
    "item was closed.",
  wedged: [{ name: "polecat", machine: wedged, facts: { destructive } }],
  mended: [
    {
      name: "polecat",
      machine: mended,
      facts: { destructive, sentBy, waits: { submitted: "refinery" } },
    },
  ],
  flags: ["premature deleteBranch"],
};
