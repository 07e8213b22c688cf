/**
 * One errand in a visitor's worktree: a file written, a program run or a commit made, and what came
 * of it. How it is carried out, and that a crash does not do it twice, is the effect's matter.
 *
 * E1 It is asked for once, on coming into being, and what was asked for never changes.
 * E2 `done` knows what came of it, `failed` why nothing did, and neither knows the other.
 */
import { assign, setup } from "xstate";
import { faultOf, MICROSTEPS_MAX, outputOf } from "./chart.ts";
import type { Fault } from "./chart.ts";
import { effect } from "./effects.ts";
import type { ErrandInput, ErrandResult } from "./visits.ts";

export interface ErrandContext extends ErrandInput {
  readonly result: ErrandResult | null;
  readonly fault: Fault | null;
}

const errand = setup({
  types: { context: {} as ErrandContext, input: {} as ErrandInput },
  actors: {
    // Every kind of errand finds its own traces after a crash, so that it is gone on with.
    runErrand: effect<"runErrand">("retry"),
  },
  actions: {
    recordResult: assign(({ event }) => ({ result: outputOf<ErrandResult>(event) })),
    recordFault: assign(({ event }) => ({ fault: faultOf(event) })),
  },
});

export const machine = errand.createMachine({
  id: "errand",
  context: ({ input: { id, visitor, taskId, runId, what } }) => {
    return { id, visitor, taskId, runId, what, result: null, fault: null };
  },
  initial: "doing",
  options: { maxIterations: MICROSTEPS_MAX },
  states: {
    doing: {
      invoke: {
        id: "runErrand",
        src: "runErrand",
        input: ({ context: { id, visitor, taskId, runId, what } }) => {
          return { id, visitor, taskId, runId, what };
        },
        onDone: { target: "done", actions: "recordResult" },
        onError: { target: "failed", actions: "recordFault" },
      },
    },
    done: { type: "final" },
    failed: { type: "final" },
  },
});
