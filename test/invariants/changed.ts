/** A chart with one thing changed, so that a test can see its invariant break. */
import { createMachine } from "xstate";
import type { AnyStateMachine } from "xstate";

type Tree = Record<string, unknown>;

/** The parts of a chart that are not in its configuration. */
const PARTS = ["guards", "actions", "actors", "delays"];

/**
 * The same chart, but for the value at a dotted path: `states.active.exit`, or `guards.isCurrent`
 * for a part by name. The path must exist, so that a test cannot break nothing unseen.
 */
export function changed(machine: AnyStateMachine, path: string, value: unknown): AnyStateMachine {
  const steps = path.split(".");
  const isPart = PARTS.includes(steps[0] ?? "");
  const config = isPart ? machine.config : replaced(machine.config as Tree, steps, value);
  const parts = isPart
    ? replaced(machine.implementations as unknown as Tree, steps, value)
    : machine.implementations;
  return createMachine(config as never, parts as never) as AnyStateMachine;
}

function replaced(tree: Tree, [step = "", ...rest]: readonly string[], value: unknown): Tree {
  if (!(step in tree))
    throw new Error(`there is no ${step}; there are ${Object.keys(tree).join(", ")}`);
  const inner = rest.length === 0 ? value : replaced(tree[step] as Tree, rest, value);
  if (!Array.isArray(tree)) return { ...tree, [step]: inner };
  const list: unknown[] = [...(tree as readonly unknown[])];
  list[Number(step)] = inner;
  return list as unknown as Tree;
}
