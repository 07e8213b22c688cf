/** The chart that the throughput benchmark drives: two states, a counter, nothing else. */
import { assign, setup } from "xstate";
import type { Chart } from "../../src/host/charts.ts";

export const lampMachine = setup({
  types: { context: {} as { readonly switched: number }, events: {} as { type: "switch" } },
}).createMachine({
  id: "lamp",
  context: { switched: 0 },
  initial: "off",
  options: { maxIterations: 10 },
  states: {
    off: {
      on: {
        switch: {
          target: "on",
          actions: assign({ switched: ({ context }) => context.switched + 1 }),
        },
      },
    },
    on: { on: { switch: "off" } },
  },
});

export const lampChart: Chart = { name: "lamp", version: 1, machine: lampMachine };
