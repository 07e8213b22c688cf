/**
 * Cycles among dependencies as problems that name every task of the cycle and its line. How a
 * cycle is found is left to planning.
 */
import { findCycle } from "../planning/graph.ts";
import { problemAt } from "./problems.ts";
import type { Place, RoadmapProblem } from "./problems.ts";

/** Cycles that are looked for in one file. */
const CYCLES_MAX = 20;
/** Tasks of one cycle that a message names. */
const TASKS_NAMED_MAX = 20;

export interface DependencyGraph {
  readonly path: string;
  /** Task to its dependencies. */
  readonly edges: ReadonlyMap<string, readonly string[]>;
  /** Where the tasks of the file stand; the others are in the database. */
  readonly places: ReadonlyMap<string, Place>;
}

/** One problem for each cycle, at its first task in the file. */
export function cyclesIn({ path, edges, places }: DependencyGraph): readonly RoadmapProblem[] {
  const left = new Map(edges);
  const problems: RoadmapProblem[] = [];
  for (let cycle = findCycle(left); cycle !== null; cycle = findCycle(left)) {
    const place = cycle.map((id) => places.get(id)).find((each) => each !== undefined);
    problems.push(problemAt(path, place ?? { line: 1, column: 1 }, complaintOf(cycle, places)));
    if (problems.length === CYCLES_MAX) break;
    const [last = "", first = ""] = cycle.slice(-2);
    left.set(
      last,
      (left.get(last) ?? []).filter((id) => id !== first),
    );
  }
  return problems;
}

function complaintOf(cycle: readonly string[], places: DependencyGraph["places"]) {
  const named = cycle
    .slice(0, -1)
    .slice(0, TASKS_NAMED_MAX)
    .map((id) => {
      const place = places.get(id);
      return place === undefined ? `${id} in the database` : `${id} in line ${place.line}`;
    });
  const way = cycle.length > TASKS_NAMED_MAX ? `${cycle.length - 1} tasks` : cycle.join(" -> ");
  return {
    code: "roadmap.cycle",
    found: `the cycle ${way} (${named.join(", ")})`,
    expected: "no task that waits for itself",
    next: "remove one of these dependencies",
  };
}
