/**
 * A chart as states and arrows, guards left aside: what can at most happen. Each rule of the
 * checker asks this view; what really happens with payloads is the survey's part.
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";

export type Cause =
  | { readonly kind: "event"; readonly type: string }
  | { readonly kind: "always" }
  | { readonly kind: "timer"; readonly delay: string }
  | { readonly kind: "done" | "failed"; readonly child: string }
  /** A compound state whose inner final state was entered. */
  | { readonly kind: "final" };

export interface Arrow {
  readonly source: AnyStateNode;
  readonly cause: Cause;
  /** Empty where the transition stays where it is. */
  readonly targets: readonly AnyStateNode[];
}

/** What a search leaves out. */
export interface Without {
  readonly node?: (node: AnyStateNode) => boolean;
  readonly arrow?: (arrow: Arrow) => boolean;
}

/** A state that is entered, and from where; null for the start. */
export interface Entry {
  readonly target: AnyStateNode;
  readonly source: AnyStateNode | null;
}

export const entriesOf = ({ source, targets }: Arrow): readonly Entry[] =>
  targets.map((target) => ({ target, source }));

export const pathOf = ({ path }: AnyStateNode): string => path.join(".");

/** The node and all above it, the root last. */
export const lineOf = (node: AnyStateNode): readonly AnyStateNode[] =>
  node.parent === undefined ? [node] : [node, ...lineOf(node.parent)];

const isWithin = (node: AnyStateNode, outer: AnyStateNode): boolean => lineOf(node).includes(outer);

export class Anatomy {
  readonly machine: AnyStateMachine;
  readonly nodes: readonly AnyStateNode[];
  readonly arrows: readonly Arrow[];

  constructor(machine: AnyStateMachine) {
    this.machine = machine;
    this.nodes = nodesUnder(machine.root);
    this.arrows = this.nodes.flatMap(arrowsFrom);
  }

  /** The states in which a chart rests: those without inner states. */
  get leaves(): readonly AnyStateNode[] {
    return this.nodes.filter(({ type }) => type === "atomic" || type === "final");
  }

  at(path: string): AnyStateNode | undefined {
    return this.nodes.find((node) => pathOf(node) === path);
  }

  /** The states that some path of arrows enters from the start, or from where it is said. */
  reached(without: Without = {}, from?: readonly Entry[]): ReadonlySet<AnyStateNode> {
    const reached = new Set<AnyStateNode>();
    const waiting = [...(from ?? [{ target: this.machine.root, source: null }])];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const entered = enteredBy(next).filter((node) => !reached.has(node));
      if (entered.some((node) => without.node?.(node) === true)) continue;
      entered.forEach((node) => reached.add(node));
      const leaving = this.arrows.filter(
        (arrow) => entered.includes(arrow.source) && without.arrow?.(arrow) !== true,
      );
      waiting.push(...leaving.flatMap(entriesOf));
    }
    return reached;
  }

  /** The types of the events that the chart raises in itself. */
  get raised(): readonly string[] {
    const actions = this.nodes.flatMap((node) => [
      ...node.entry,
      ...node.exit,
      ...[...node.transitions.values(), node.always ?? []].flat().flatMap((each) => each.actions),
    ]);
    return actions.flatMap(raisedBy);
  }

  /** The arrows that lead out of a state in which the chart rests. */
  exitsOf(leaf: AnyStateNode): readonly Arrow[] {
    return this.arrows.filter((arrow) => leadsOut(arrow, leaf));
  }
}

const nodesUnder = (node: AnyStateNode): readonly AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesUnder),
];

function arrowsFrom(source: AnyStateNode): readonly Arrow[] {
  const events = [...source.transitions].flatMap(([type, list]) =>
    list.map(({ target }) => ({ source, cause: causeOf(type), targets: target ?? [] })),
  );
  const always = (source.always ?? []).map(({ target }) => {
    return { source, cause: { kind: "always" } as const, targets: target ?? [] };
  });
  return [...events, ...always];
}

/** What stands behind XState's name of an event. */
export function causeOf(type: string): Cause {
  const [, kind = "", name = ""] =
    /^xstate\.(after|done\.actor|error\.actor)\.(.*)$/.exec(type) ?? [];
  if (kind === "after") return { kind: "timer", delay: name.split(".")[0] ?? name };
  if (kind === "done.actor") return { kind: "done", child: name };
  if (kind === "error.actor") return { kind: "failed", child: name };
  return type.startsWith("xstate.done.state.") ? { kind: "final" } : { kind: "event", type };
}

/** `raise` keeps its event beside the function; a computed one is not known before it runs. */
function raisedBy(action: unknown): readonly string[] {
  const { type, event } = action as { readonly type?: string; readonly event?: { type?: string } };
  const isOwn = event?.type?.startsWith("xstate.") === false;
  return type === "xstate.raise" && isOwn && event.type !== undefined ? [event.type] : [];
}

/**
 * The nodes that become active: those above the target, those it begins with, and the regions
 * beside it, but for those of a parallel state that was active already.
 */
function enteredBy({ target, source }: Entry): readonly AnyStateNode[] {
  const above = lineOf(target).slice(1);
  const isNew = (node: AnyStateNode): boolean =>
    source === null || source === node || !isWithin(source, node);
  const beside = above
    .filter((node) => node.type === "parallel" && isNew(node))
    .flatMap(({ states }) => Object.values(states))
    .filter((region) => !isWithin(target, region));
  return [...new Set([...above, ...begunBy(target), ...beside.flatMap(begunBy)])];
}

function begunBy(node: AnyStateNode): readonly AnyStateNode[] {
  if (node.type === "parallel") return [node, ...Object.values(node.states).flatMap(begunBy)];
  if (node.type !== "compound") return [node];
  return [node, ...(node.initial.target ?? []).flatMap(begunBy)];
}

/** What happens in one region of a parallel state leaves the other regions alone. */
const staysIn = (targets: readonly AnyStateNode[], parallel: AnyStateNode): boolean =>
  targets.every((each) => each !== parallel && isWithin(each, parallel));

/** An arrow leaves a leaf if both can be active at once, and it ends somewhere else. */
function leadsOut({ source, targets }: Arrow, leaf: AnyStateNode): boolean {
  if (targets.length === 0) return false;
  const meeting = lineOf(source).find((node) => isWithin(leaf, node));
  const isAbove = meeting === source;
  if (!isAbove && (meeting?.type !== "parallel" || staysIn(targets, meeting))) return false;
  const ends = targets.flatMap(begunBy).filter(({ type }) => type === "atomic" || type === "final");
  return ends.some((each) => each !== leaf);
}
