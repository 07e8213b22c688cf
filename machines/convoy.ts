/**
 * One convoy: tasks that belong together under a name, kept for good. How far it is follows from its
 * tasks, and is stored nowhere.
 *
 * Y1 What was bound together stays so; another set of tasks is another convoy.
 */
import { setup } from "xstate";
import { MICROSTEPS_MAX } from "./chart.ts";
import type { ConvoyInput } from "./wishes.ts";

export interface ConvoyContext extends ConvoyInput {
  readonly createdAtMs: number;
}

const convoy = setup({
  types: {
    context: {} as ConvoyContext,
    input: {} as ConvoyInput & { readonly at?: number },
  },
});

export const machine = convoy.createMachine({
  id: "convoy",
  context: ({ input: { at, name, taskIds, workerRole } }) => {
    return { name, taskIds, workerRole, createdAtMs: at ?? 0 };
  },
  initial: "kept",
  options: { maxIterations: MICROSTEPS_MAX },
  states: { kept: { type: "final" } },
});
