/**
 * The artifacts of one task: what its runs have put by, each under a name. The bytes lie in files
 * that are called by their hash; here is what they are and whose.
 *
 * F1 A name stands for what was put by under it last, and each name is there once.
 * F2 There are never more names than places. In `full` they are all taken: a name that is there may
 *    still stand for something newer, another one is refused.
 */
import { assign, setup } from "xstate";
import { MICROSTEPS_MAX, stampOf } from "./chart.ts";
import type { Artifact, ArtifactsEvent, ArtifactsInput } from "./visits.ts";

export interface ArtifactsContext extends ArtifactsInput {
  readonly kept: readonly (Artifact & { readonly atMs: number })[];
}

/** Names that one task may use. */
export const ARTIFACTS_MAX = 50;

const artifacts = setup({
  types: {
    context: {} as ArtifactsContext,
    input: {} as ArtifactsInput,
    events: {} as ArtifactsEvent,
  },
  actions: {
    keep: assign(({ context: { kept }, event }) => {
      const { type: _type, name, sha256, bytes, mediaType, author, runId } = event;
      const artifact = { name, sha256, bytes, mediaType, author, runId, atMs: stampOf(event) };
      return { kept: [...kept.filter((each) => each.name !== name), artifact] };
    }),
  },
  guards: {
    isKnown: ({ context: { kept }, event: { name } }) => kept.some((each) => each.name === name),
    isLastPlace: ({ context: { kept, placesMax } }) => kept.length + 1 >= placesMax,
  },
});

export const machine = artifacts.createMachine({
  id: "artifacts",
  context: ({ input: { taskId, placesMax } }) => ({ taskId, placesMax, kept: [] }),
  initial: "open",
  options: { maxIterations: MICROSTEPS_MAX },
  states: {
    open: {
      on: {
        store: [
          { guard: "isKnown", actions: "keep" },
          { guard: "isLastPlace", target: "full", actions: "keep" },
          { actions: "keep" },
        ],
      },
    },
    full: { on: { store: { guard: "isKnown", actions: "keep" } } },
  },
});
