/**
 * The dependency graph of tasks: is there a cycle, and which order puts dependencies first? Which
 * task then runs is left to ranking.
 */
import { FaultError } from "../fault.ts";

/** Task id to the ids that it depends on; an id without an entry of its own is taken as done. */
export type Edges = ReadonlyMap<string, readonly string[]>;

type Walk =
  | { readonly kind: "cycle"; readonly cycle: readonly string[] }
  | { readonly kind: "order"; readonly order: readonly string[] };

/** Ids of a cycle that a message names, so that a huge one stays readable. */
const CYCLE_NAMED_MAX = 20;

/** The first cycle found, its first id repeated at the end, or null. Same edges, same cycle. */
export function findCycle(edges: Edges): readonly string[] | null {
  const walk = walkDepthFirst(edges);
  return walk.kind === "cycle" ? walk.cycle : null;
}

/**
 * The ids of `edges`, dependencies first; otherwise they keep their order of insertion. Throws
 * the fault `roadmap.cycle` where no such order exists.
 */
export function topologicalOrder(edges: Edges): readonly string[] {
  const walk = walkDepthFirst(edges);
  if (walk.kind === "order") return walk.order;
  throw new FaultError({
    code: "roadmap.cycle",
    kind: "invalid",
    where: "task dependencies",
    found: `the cycle ${describeCycle(walk.cycle)}`,
    expected: "no task that waits for itself",
    next: "remove one of these dependencies",
  });
}

/** Keeps its own stack: a chain of dependencies may be longer than the call stack allows. */
function walkDepthFirst(edges: Edges): Walk {
  const finished = new Set<string>();
  const path = new Map<string, Iterator<string>>();
  const stack: string[] = [];
  const enter = (id: string): void => {
    path.set(id, (edges.get(id) ?? []).values());
    stack.push(id);
  };
  for (const root of edges.keys()) {
    if (!finished.has(root)) enter(root);
    for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
      const next = path.get(id)?.next();
      if (next === undefined || next.done === true) {
        path.delete(id);
        finished.add(id);
        stack.pop();
      } else if (path.has(next.value)) {
        return { kind: "cycle", cycle: [...stack.slice(stack.indexOf(next.value)), next.value] };
      } else if (edges.has(next.value) && !finished.has(next.value)) {
        enter(next.value);
      }
    }
  }
  return { kind: "order", order: [...finished] };
}

function describeCycle(cycle: readonly string[]): string {
  const left = cycle.length - CYCLE_NAMED_MAX;
  if (left <= 0) return cycle.join(" -> ");
  const named = cycle.slice(0, CYCLE_NAMED_MAX - 1);
  return [...named, `(${left} more)`, ...cycle.slice(-1)].join(" -> ");
}
