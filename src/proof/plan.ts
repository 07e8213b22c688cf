/**
 * What is to be driven for one chart: the tours, the simple paths where they are few, and what is
 * to be refused on the way. All of it is pure, and the same every time.
 */
import type { AnyStateMachine } from "xstate";
import type { Cases } from "./cases.ts";
import { definitionsOf } from "./definitions.ts";
import type { Definition } from "./definitions.ts";
import type { Branch } from "./drive.ts";
import { explore, keyOf } from "./explore.ts";
import type { Exploration, Graph, Node } from "./explore.ts";
import type { Invariant } from "./invariant.ts";
import { eventTypesOf, movesOf } from "./moves.ts";
import type { Move } from "./standing.ts";
import { beforeStart, Player } from "./standing.ts";
import { stepBy, Tours } from "./tours.ts";
import type { Step } from "./tours.ts";
import { simplePathsFrom } from "./walking.ts";

/** A chart to be proven, with what the proof must know besides it. */
export interface Candidate {
  /** The part of an actor's id before the colon. */
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly cases: Cases;
  readonly invariants: readonly Invariant[];
}

export interface Plan {
  readonly candidate: Candidate;
  readonly graph: Graph;
  readonly definitions: readonly Definition[];
  readonly tours: readonly Branch[];
  /** The simple paths, joined where they begin alike; none where there are too many. */
  readonly paths: readonly Branch[];
  /** How many simple paths there are, or null where they are more than PATHS_MAX. */
  readonly pathsCount: number | null;
  /** Pairs of a state and an event that is refused there. */
  readonly refused: number;
}

/** A chart with more states than this has something endless in its memory. */
const NODES_MAX = 5_000;
/** Simple paths explode; more are not driven. */
export const PATHS_MAX = 2_000;

export function planFor(candidate: Candidate, nodesMax = NODES_MAX): Plan {
  const { machine, invariants, name } = candidate;
  const actor = candidate.cases.actor ?? name;
  const base = { actor, eventTypes: eventTypesOf(machine), cases: candidate.cases };
  const player = new Player(machine);
  const walk = (waits: boolean): Exploration => {
    return { player, subject: { ...base, waits }, invariants, nodesMax };
  };
  const first = explore(walk(false));
  const waits = [...first.nodes.values()].some(({ standing }) => standing.dueMs.size > 1);
  const exploration = walk(waits);
  const graph = waits ? explore(exploration) : first;
  const refusals = new Refusals(exploration);
  const tours = new Tours(exploration, graph).plan().map((tour) => refusals.chain(tour));
  const pathsCount = countPaths(graph.root);
  const paths = pathsCount === null ? [] : refusals.tree(joinedPaths(exploration, graph.root));
  const definitions = definitionsOf(machine);
  return { candidate, graph, definitions, tours, paths, pathsCount, refused: refusals.count };
}

/** Adds to each step what is refused where it leads, once a state. */
class Refusals {
  readonly #exploration: Exploration;
  readonly #asked = new Set<string>();
  count = 0;

  constructor(exploration: Exploration) {
    this.#exploration = exploration;
  }

  chain([step, ...rest]: readonly Step[]): Branch {
    if (step === undefined) throw new Error("a tour has at least one step");
    const refusals = this.#after(step);
    return { step, refusals, next: rest.length === 0 ? [] : [this.chain(rest)] };
  }

  tree(joined: Joined): readonly Branch[] {
    return [...joined.values()].map(({ step, next }) => {
      return { step, refusals: this.#after(step), next: this.tree(next) };
    });
  }

  #after({ played: { after } }: Step): readonly Move[] {
    const { subject, player } = this.#exploration;
    const key = keyOf(subject, after);
    if (this.#asked.has(key)) return [];
    this.#asked.add(key);
    const refused = movesOf(subject, after).filter(
      (move) => player.play(after, move).kind === "refused",
    );
    this.count += refused.length;
    return refused;
  }
}

/** Simple paths by their first steps. */
type Joined = Map<string, { readonly step: Step; readonly next: Joined }>;

function joinedPaths(exploration: Exploration, root: Node): Joined {
  const joined: Joined = new Map();
  const start = beforeStart(exploration.subject.actor);
  for (const labels of simplePathsFrom<Node>(root, ({ edges }) => edges)) {
    let [at, standing] = [joined, start];
    for (const label of labels) {
      const known = at.get(label);
      const step = known?.step ?? stepBy(exploration, standing, label);
      if (step === null) break;
      const entry = known ?? { step, next: new Map() };
      at.set(label, entry);
      [at, standing] = [entry.next, step.played.after];
    }
  }
  return joined;
}

/** Stops counting above the limit: the number itself may be beyond counting. */
function countPaths(root: Node): number | null {
  const onWay = new Set<Node>();
  // To stay where one is, is no path.
  let count = -1;
  const visit = (node: Node): void => {
    count += 1;
    if (count > PATHS_MAX) return;
    onWay.add(node);
    for (const { to } of node.edges) if (!onWay.has(to)) visit(to);
    onWay.delete(node);
  };
  visit(root);
  return count > PATHS_MAX ? null : count;
}
