/**
 * Tours: few long walks that together take every transition from every state in which it can be
 * taken. Each goes to the nearest thing not yet done, until nothing new can be got at from there.
 * They are played move by move, so that what they expect is what the kernel says.
 */
import { keyOf } from "./explore.ts";
import type { Edge, Exploration, Graph, Node } from "./explore.ts";
import { movesOf } from "./moves.ts";
import { beforeStart } from "./standing.ts";
import type { Move, Played, Standing } from "./standing.ts";

/** One step of a walk, as the pure kernel sees it. */
export interface Step {
  readonly move: Move;
  readonly before: Standing;
  readonly played: Played;
}
export type Tour = readonly Step[];

/** Steps of all tours of a chart: one that needs more has too many cases. */
const STEPS_MAX = 20_000;
/** A goal that was not come to so often is given up; the coverage then says what is missing. */
const TRIES_MAX = 3;

export class Tours {
  readonly #exploration: Exploration;
  readonly #graph: Graph;
  /** Goals that were come to, and how often one was set out for. */
  readonly #done = new Set<string>();
  readonly #tries = new Map<string, number>();

  constructor(exploration: Exploration, graph: Graph) {
    this.#exploration = exploration;
    this.#graph = graph;
  }

  plan(): readonly Tour[] {
    const tours: Tour[] = [];
    let steps = 0;
    for (let tour = this.#tour(); tour.length > 0 && steps < STEPS_MAX; tour = this.#tour()) {
      tours.push(tour);
      steps += tour.length;
    }
    return tours;
  }

  #tour(): Tour {
    const tour: Step[] = [];
    let node = this.#graph.root;
    let standing = beforeStart(this.#exploration.subject.actor);
    for (let way = this.#nearest(node); way.length > 0; way = this.#nearest(node)) {
      for (const edge of way) {
        const step = stepBy(this.#exploration, standing, edge.label);
        if (step === null) break;
        tour.push(step);
        this.#done.add(goalOf(node, { ...edge, taken: step.played.taken }));
        standing = step.played.after;
        const key = keyOf(this.#exploration.subject, standing);
        const found = this.#graph.nodes.get(key);
        if (found === undefined) return tour;
        node = found;
        if (found !== edge.to) break;
      }
    }
    return tour;
  }

  /** The shortest way to an edge that was not taken yet; empty where there is none. */
  #nearest(from: Node): readonly Edge[] {
    const cameBy = new Map<Node, { readonly node: Node; readonly edge: Edge } | null>([
      [from, null],
    ]);
    for (const node of cameBy.keys()) {
      for (const edge of node.edges) {
        if (this.#isOpen(goalOf(node, edge))) return [...trace(cameBy, node), edge];
        if (!cameBy.has(edge.to)) cameBy.set(edge.to, { node, edge });
      }
    }
    return [];
  }

  #isOpen(goal: string): boolean {
    if (this.#done.has(goal)) return false;
    const tries = (this.#tries.get(goal) ?? 0) + 1;
    this.#tries.set(goal, tries);
    return tries <= TRIES_MAX;
  }
}

/** The same move from the same state by the same transitions is done once, whatever is remembered. */
function goalOf({ state }: Node, { label, taken }: Edge): string {
  return [state, label, ...taken.map(numberOf)].join("|");
}
const numbers = new WeakMap<object, number>();
let count = 0;
function numberOf(taken: object): number {
  const number = numbers.get(taken) ?? (count += 1);
  numbers.set(taken, number);
  return number;
}

function trace(
  cameBy: ReadonlyMap<Node, { readonly node: Node; readonly edge: Edge } | null>,
  to: Node,
): readonly Edge[] {
  const edges: Edge[] = [];
  for (let last = cameBy.get(to); last; last = cameBy.get(last.node)) edges.unshift(last.edge);
  return edges;
}

/** Plays the move of that label where the actor stands; null where there is none. */
export function stepBy(
  { subject, player }: Exploration,
  before: Standing,
  label: string,
): Step | null {
  const move = movesOf(subject, before).find((each) => each.label === label);
  return move === undefined ? null : { move, before, played: player.play(before, move) };
}
