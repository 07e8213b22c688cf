/**
 * The roadmap files as they were imported last, so that export can give them back. The tasks
 * themselves are actors of their own.
 *
 * O1 A path is kept once, with its newest text.
 */
import { assign, setup } from "xstate";
import { MICROSTEPS_MAX } from "./chart.ts";

/** A roadmap file as it was imported last: the text is kept so that export can give it back. */
export interface RoadmapSource {
  readonly path: string;
  readonly text: string;
  readonly constraints: readonly string[];
}

export type RoadmapEvent = { readonly type: "imported" } & RoadmapSource;

export interface RoadmapContext {
  /** Newest last. */
  readonly sources: readonly RoadmapSource[];
}

const roadmap = setup({
  types: {
    context: {} as RoadmapContext,
    events: {} as RoadmapEvent,
  },
});

export const machine = roadmap.createMachine({
  id: "roadmap",
  context: { sources: [] },
  initial: "known",
  options: { maxIterations: MICROSTEPS_MAX },
  states: {
    known: {
      on: {
        imported: {
          actions: assign({
            sources: ({ context, event: { path, text, constraints } }) => [
              ...context.sources.filter((source) => source.path !== path),
              { path, text, constraints },
            ],
          }),
        },
      },
    },
  },
});
