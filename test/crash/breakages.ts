/**
 * Ways to break a life on purpose, so that it is seen that the crash matrix can fail: charts that
 * promise too much, and stores that forget.
 */
import type { AnyStateMachine } from "xstate";
import type { Store } from "../../src/store/port.ts";

export type Breakage =
  /** The chart says that effects of this kind may be started again after a crash. */
  | { readonly kind: "retried"; readonly effect: string }
  /** The store loses effects of this kind when it commits. */
  | { readonly kind: "lost effect"; readonly effect: string }
  /** The store loses every timer when it commits. */
  | { readonly kind: "lost timers" }
  /** The store takes an effect off the outbox and loses its result. */
  | { readonly kind: "lost result"; readonly effect: string }
  /** The store forgets by which key a step came. */
  | { readonly kind: "forgotten keys" };

export function breakChart(machine: AnyStateMachine, breakage: Breakage | null): AnyStateMachine {
  const kind = breakage?.kind === "retried" ? breakage.effect : null;
  const logic = kind === null ? undefined : machine.implementations.actors[kind];
  if (kind === null || logic === undefined) return machine;
  return machine.provide({ actors: { [kind]: { ...logic, crash: "retry" } } } as never);
}

export function breakStore(store: Store, breakage: Breakage | null): Store {
  switch (breakage?.kind) {
    case "lost effect":
      return withSteps(store, (step) => ({
        ...step,
        effects: step.effects.filter(({ kind }) => kind !== breakage.effect),
      }));
    case "lost timers":
      return withSteps(store, (step) => ({ ...step, timers: [] }));
    case "forgotten keys":
      return withSteps(store, (step) => ({ ...step, key: null }));
    case "lost result":
      return {
        ...store,
        finish: (claim, result) =>
          store.finish(
            claim,
            claim.kind === breakage.effect ? { ...result, actor: "nobody" } : result,
          ),
      };
    case "retried":
    case undefined:
      return store;
    default:
      return breakage satisfies never;
  }
}

type Group = Parameters<Store["commit"]>[1];

const withSteps = (
  store: Store,
  change: (step: Group["steps"][number]) => Group["steps"][number],
) => ({
  ...store,
  commit: (fence: Parameters<Store["commit"]>[0], group: Group) =>
    store.commit(fence, { ...group, steps: group.steps.map(change) }),
});
