/**
 * A chart as a Mermaid state diagram. Mermaid lays out less than a chart can say, so a few things
 * are drawn in other words:
 *
 * - regions of a parallel state are states within it, since no arrow may leave a second `--` part;
 * - an arrow from a state into itself is drawn from its inner states, where it would be hidden;
 * - a transition that stays where it is is not drawn at all: the tables have it.
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";
import { definitionsOf } from "../definitions.ts";
import type { Definition } from "../definitions.ts";

export function mermaidOf(machine: AnyStateMachine): string {
  const { root } = machine;
  return ["stateDiagram-v2", ...insideOf(root, 1), ...arrowsOf(machine)].join("\n");
}

const idOf = ({ path }: AnyStateNode): string => path.join("_").replaceAll(/\W/g, "_");
const indent = (depth: number): string => "  ".repeat(depth);

function insideOf(node: AnyStateNode, depth: number): readonly string[] {
  const inner = Object.values(node.states);
  const first = node.type === "parallel" ? inner : (node.initial.target ?? []);
  return [
    ...inner.flatMap((each) => blockOf(each, depth)),
    ...first.map((each) => `${indent(depth)}[*] --> ${idOf(each)}`),
    ...inner
      .filter(({ type }) => type === "final")
      .map((each) => `${indent(depth)}${idOf(each)} --> [*]`),
  ];
}

function blockOf(node: AnyStateNode, depth: number): readonly string[] {
  const name = node.type === "parallel" ? `${node.key} (all at once)` : node.key;
  const head = `${indent(depth)}state "${name}" as ${idOf(node)}`;
  if (Object.keys(node.states).length === 0) return [head];
  return [`${head} {`, ...insideOf(node, depth + 1), `${indent(depth)}}`];
}

/** Arrows between the same two states are one arrow with several words. */
function arrowsOf(machine: AnyStateMachine): readonly string[] {
  const arrows = new Map<string, Definition[]>();
  for (const definition of definitionsOf(machine)) {
    for (const target of definition.targets) {
      for (const source of sourcesOf(definition, target)) {
        const arrow = `${idOf(source)} --> ${idOf(endOf(target, source))}`;
        arrows.set(arrow, [...(arrows.get(arrow) ?? []), definition]);
      }
    }
  }
  return [...arrows].map(([arrow, definitions]) => `  ${arrow} : ${wordsOf(definitions)}`);
}

/** `claim, done rank [hasPick / else]`: each trigger once, with the guards on this way. */
function wordsOf(definitions: readonly Definition[]): string {
  const byTrigger = Map.groupBy(definitions, ({ trigger }) => trigger);
  const words = [...byTrigger].map(([trigger, list]) => {
    const guards = new Set(list.map(({ guard }) => guard?.replaceAll('"', "") ?? "else"));
    const isPlain = guards.size === 1 && guards.has("else");
    return isPlain ? trigger : `${trigger} [${[...guards].join(" / ")}]`;
  });
  return words.join(", ");
}

const isWithin = (node: AnyStateNode, outer: AnyStateNode): boolean =>
  node === outer || (node.parent !== undefined && isWithin(node.parent, outer));

/** Where an arrow begins: at its source, or at the inner states where it ends within that. */
function sourcesOf({ source }: Definition, target: AnyStateNode): readonly AnyStateNode[] {
  return isWithin(target, source) ? leavesOf(source) : [source];
}

const leavesOf = (node: AnyStateNode): readonly AnyStateNode[] => {
  const inner = Object.values(node.states);
  return inner.length === 0 ? [node] : inner.flatMap(leavesOf);
};

/** An arrow out of a state's inside to the state itself ends where that begins. */
function endOf(target: AnyStateNode, source: AnyStateNode): AnyStateNode {
  const [first] = target.type === "compound" ? (target.initial.target ?? []) : [];
  return first !== undefined && isWithin(source, target) ? endOf(first, source) : target;
}
