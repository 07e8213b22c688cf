/** A signal that nobody handles: one side nudges, the other waits for something else. */
import { setup } from "xstate";
import { message, tell } from "../../machines/chart.ts";
import { deed } from "./wedge.ts";
import type { KnownWedge } from "./wedge.ts";

/** A worker's end is seen by a patrol, and told to the queue in front of the target. */
const witnessTelling = (type: string) =>
  setup({
    actions: { tell },
    actors: { patrol: deed("retry") },
    delays: { pause: 60_000 },
  }).createMachine({
    id: "witness",
    initial: "patrolling",
    states: {
      patrolling: {
        invoke: {
          id: "patrol",
          src: "patrol",
          onDone: {
            target: "resting",
            actions: { type: "tell", params: message("refinery", { type }) },
          },
          onError: "resting",
        },
      },
      resting: { after: { pause: "patrolling" } },
    },
  });

const refinery = setup({ actors: { merge: deed("retry") } }).createMachine({
  id: "refinery",
  initial: "waiting",
  states: {
    waiting: { on: { mergeReady: "merging" } },
    merging: { invoke: { id: "merge", src: "merge", onDone: "waiting", onError: "waiting" } },
  },
});

export const unheardSignal: KnownWedge = {
  issue: "https://github.com/gastownhall/gastown/issues/2659",
  story:
    "The witness announced finished work by a nudge into a terminal, while the refinery waited " +
    "for an event file that only another path wrote; merges stood still for 15 to 70 minutes.",
  wedged: [
    { name: "witness", machine: witnessTelling("nudge") },
    { name: "refinery", machine: refinery },
  ],
  mended: [
    { name: "witness", machine: witnessTelling("mergeReady") },
    { name: "refinery", machine: refinery },
  ],
  flags: ["unhandled nudge", "no-sender merging", "no-sender mergeReady"],
};
