/** Small charts for the tests of the walks: each shows one thing that a chart can do. */
import { assign, fromPromise, setup } from "xstate";
import type { AnyStateMachine } from "xstate";
import { outputOf, tell } from "../../machines/chart.ts";
import type { Messages } from "../../machines/chart.ts";
import type { Cases } from "../../src/proof/cases.ts";
import type { Invariant } from "../../src/proof/invariant.ts";
import { planFor } from "../../src/proof/plan.ts";
import type { Plan } from "../../src/proof/plan.ts";

const work = Object.assign(
  fromPromise<unknown, unknown>(() => Promise.reject(new Error("a chart runs nothing"))),
  { crash: "retry" },
);

const words = setup({
  types: { context: {} as { readonly count: number } },
  actors: { work },
  actions: {
    tell: (scope: unknown, messages: Messages) => tell(scope, messages),
    count: assign({ count: ({ context }) => context.count + 1 }),
  },
  guards: {
    isMany: ({ context }) => context.count >= 3,
    isBad: ({ event }) => (event as { readonly bad?: boolean }).bad === true,
    isBroken: ({ event }) => outputOf<string>(event).startsWith("broken"),
  },
  delays: { short: 1_000, long: 1_500, same: 1_000 },
});
type Config = Parameters<typeof words.createMachine>[0];

/** A chart of the words above. */
export function chart(states: Config["states"], more: Partial<Config> = {}): AnyStateMachine {
  const base = { id: "walk", initial: "first", context: { count: 0 } };
  return words.createMachine({
    ...base,
    options: { maxIterations: 20 },
    states,
    ...more,
  });
}

export interface Walked {
  readonly cases?: Cases;
  readonly invariants?: readonly Invariant[];
  readonly nodesMax?: number;
}

export function planOf(machine: AnyStateMachine, walked: Walked = {}): Plan {
  const { cases = {}, invariants = [], nodesMax } = walked;
  return planFor({ name: "walk", machine, cases, invariants }, nodesMax);
}
