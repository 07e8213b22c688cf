/**
 * The transitions that a chart declares, each with a name that a person finds again in the chart.
 * They are told apart by identity: the kernel reports the same objects when it takes them.
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";

export interface Definition {
  /** What the kernel reports. */
  readonly transition: object;
  readonly source: AnyStateNode;
  /** What it reacts to: `claim`, `done rank`, `failed rank`, `after lease`, `always`. */
  readonly trigger: string;
  /** The guard's name, with its parameter where it has one. */
  readonly guard: string | null;
  /** Empty where it stays where it is. */
  readonly targets: readonly AnyStateNode[];
}

interface TransitionLike {
  readonly guard?: unknown;
  readonly target?: readonly AnyStateNode[] | undefined;
}

export const nodesUnder = (node: AnyStateNode): readonly AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesUnder),
];

/** Every transition of a chart in the order of its states. */
export function definitionsOf(machine: AnyStateMachine): readonly Definition[] {
  return nodesUnder(machine.root).flatMap((source) =>
    [...source.transitions, ["always", source.always ?? []] as const].flatMap(([type, list]) =>
      (list as readonly TransitionLike[]).map((transition) => {
        const { guard, target } = transition;
        const named = { trigger: triggerText(type), guard: guardText(guard) };
        return { transition, source, ...named, targets: target ?? [] };
      }),
    ),
  );
}

/** One line: `#task.active: claim [isCurrent] -> #task.blocked`. */
export function definitionText({ source, trigger, guard, targets }: Definition): string {
  const condition = guard === null ? "" : ` [${guard}]`;
  const goal = targets.length === 0 ? "" : ` -> ${targets.map(({ id }) => `#${id}`).join(", ")}`;
  return `#${source.id}: ${trigger}${condition}${goal}`;
}

/** XState's own event names in words. */
export function triggerText(type: string): string {
  for (const [prefix, words] of TRIGGERS) {
    if (type.startsWith(prefix)) return words(type.slice(prefix.length));
  }
  return type;
}
const TRIGGERS: readonly (readonly [prefix: string, words: (rest: string) => string])[] = [
  ["xstate.done.actor.", (child) => `done ${child}`],
  ["xstate.error.actor.", (child) => `failed ${child}`],
  ["xstate.done.state.", () => "completed"],
  ["xstate.after.", (timer) => `after ${timer.split(".", 1).join("")}`],
];

function guardText(guard: unknown): string | null {
  if (guard === undefined) return null;
  if (typeof guard === "string") return guard;
  if (typeof guard === "function") return guard.name || "a guard without a name";
  const { type, params } = guard as { readonly type: string; readonly params?: unknown };
  return params === undefined ? type : `${type} ${JSON.stringify(params)}`;
}
