/**
 * Walks a chart by the kernel through every state it can get to, with each payload of its cases,
 * and keeps the graph: what was taken, what was refused, what broke an invariant.
 *
 * X1 A node is found by the shortest way, since the walk goes level by level.
 */
import { brokenIn } from "./invariant.ts";
import type { Invariant } from "./invariant.ts";
import { movesOf } from "./moves.ts";
import type { Subject } from "./moves.ts";
import { beforeStart, stateOf } from "./standing.ts";
import type { Move, Played, Player, Standing } from "./standing.ts";
import { visitAll } from "./walking.ts";

/** A state of the actor, memory included; before its start there is one as well. */
export interface Node {
  readonly key: string;
  readonly state: string;
  /** The first standing that was found here; others differ in what does not matter. */
  readonly standing: Standing;
  readonly cameBy: { readonly from: Node; readonly label: string } | null;
  readonly edges: readonly Edge[];
}

export interface Edge {
  readonly label: string;
  readonly to: Node;
  /** The transitions taken. */
  readonly taken: readonly object[];
}

export interface Graph {
  readonly root: Node;
  readonly nodes: ReadonlyMap<string, Node>;
  /** What went wrong on the way, each with the shortest way to it. */
  readonly problems: readonly string[];
  /** True where there were more states than the walk goes through. */
  readonly isCut: boolean;
}

export interface Exploration {
  readonly player: Player;
  readonly subject: Subject;
  readonly invariants: readonly Invariant[];
  readonly nodesMax: number;
}

interface GrowingNode extends Node {
  edges: readonly Edge[];
}

export function explore(exploration: Exploration): Graph {
  const walk = new Walk(exploration);
  visitAll<Node>(walk.root, (node) => walk.edgesOf(node));
  return walk;
}

class Walk implements Graph {
  readonly #exploration: Exploration;
  readonly nodes = new Map<string, GrowingNode>();
  readonly root: Node;
  /** By what went wrong: the first time is the one with the shortest way. */
  readonly #problems = new Map<string, string>();
  isCut = false;

  constructor(exploration: Exploration) {
    this.#exploration = exploration;
    this.root = this.#nodeOf(beforeStart(exploration.subject.actor), null);
  }

  get problems(): readonly string[] {
    return [...this.#problems].map(([problem, way]) => `${problem}\n  on the way: ${way}`);
  }

  edgesOf(node: Node): readonly Edge[] {
    const { player, subject, nodesMax } = this.#exploration;
    this.isCut ||= this.nodes.size > nodesMax;
    if (this.isCut) return [];
    const edges = movesOf(subject, node.standing).flatMap((move): readonly Edge[] => {
      const played = player.play(node.standing, move);
      this.#judge(node, move, played);
      if (played.kind === "refused" || played.kind === "threw") return [];
      const to = this.#nodeOf(played.after, { from: node, label: move.label });
      return [{ label: move.label, to, taken: played.taken }];
    });
    const growing = this.nodes.get(node.key);
    if (growing !== undefined) growing.edges = edges;
    return edges;
  }

  #judge(node: Node, { label }: Move, { kind, moments, detail }: Played): void {
    const broken = moments.flatMap((each) => brokenIn(this.#exploration.invariants, each));
    const wrong = broken.map((text) => `the invariant is broken: ${text}`);
    if (kind === "threw") wrong.push(`in ${node.state} the chart throws on ${label}: ${detail}`);
    for (const problem of wrong) {
      if (this.#problems.has(problem)) continue;
      this.#problems.set(problem, [...wayTo(node), label].join(", "));
    }
  }

  #nodeOf(standing: Standing, cameBy: Node["cameBy"]): Node {
    const key = keyOf(this.#exploration.subject, standing);
    const known = this.nodes.get(key);
    if (known !== undefined) return known;
    const node = { key, state: stateOf(standing), standing, cameBy, edges: [] };
    this.nodes.set(key, node);
    return node;
  }
}

/** The labels of the shortest way to a node. */
export function wayTo(node: Node): readonly string[] {
  const way: string[] = [];
  for (let { cameBy } = node; cameBy !== null; { cameBy } = cameBy.from) way.unshift(cameBy.label);
  return way;
}

/** Standings with the same key are the same to the walk. */
export function keyOf(
  { cases, waits }: Subject,
  { live, nowMs, dueMs, effects }: Standing,
): string {
  const { snapshot } = live;
  if (snapshot === null) return "nowhere";
  const { value, status, context } = snapshot;
  const essence = cases.essence === undefined ? context : cases.essence(context);
  const underWay = [...effects.values()].map(({ child }) => child).toSorted();
  const rings = [...dueMs.keys()].toSorted((a, b) => (dueMs.get(a) ?? 0) - (dueMs.get(b) ?? 0));
  const hasWaited = waits && dueMs.size > 0 && Math.min(...dueMs.values()) - 1 <= nowMs;
  return JSON.stringify([value, status, underWay, rings, hasWaited, essence], withoutMoments);
}

/** Numbers from here on are points in time, in milliseconds since 1970; they never repeat. */
const MOMENT_MIN = 1e11;
const withoutMoments = (_key: string, value: unknown): unknown =>
  typeof value === "number" && value >= MOMENT_MIN ? "a moment" : value;
