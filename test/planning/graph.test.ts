import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FaultError } from "../../src/fault.ts";
import { findCycle, topologicalOrder } from "../../src/planning/graph.ts";
import type { Edges } from "../../src/planning/graph.ts";

const edgesOf = (table: Record<string, readonly string[]>): Edges => new Map(Object.entries(table));

test.each<[string, Record<string, readonly string[]>, readonly string[] | null]>([
  ["no tasks have no cycle", {}, null],
  ["a task alone has none", { A: [] }, null],
  ["a chain has none", { A: ["B"], B: ["C"], C: [] }, null],
  ["two ways to one task are no cycle", { A: ["B", "C"], B: ["D"], C: ["D"], D: [] }, null],
  ["a task with no entry ends the search", { A: ["elsewhere"] }, null],
  ["a task that waits for itself", { A: ["A"] }, ["A", "A"]],
  ["two tasks that wait for each other", { A: ["B"], B: ["A"] }, ["A", "B", "A"]],
  ["the way into a cycle is no part of it", { A: ["B"], B: ["C"], C: ["B"] }, ["B", "C", "B"]],
  ["a finished branch is no part of it", { A: ["D", "B"], B: ["A"], D: [] }, ["A", "B", "A"]],
  ["a cycle that a later task is in", { A: [], B: ["A", "C"], C: ["B"] }, ["B", "C", "B"]],
  ["the first of two cycles", { A: ["A"], B: ["B"] }, ["A", "A"]],
])("cycle: %s", (_title, table, cycle) => {
  expect(findCycle(edgesOf(table))).toEqual(cycle);
});

test.each<[string, Record<string, readonly string[]>, readonly string[]]>([
  ["tasks without dependencies keep their order", { C: [], A: [], B: [] }, ["C", "A", "B"]],
  ["a good order is kept", { A: [], B: ["A"], C: [], D: ["B"] }, ["A", "B", "C", "D"]],
  ["a dependency is pulled before its task", { A: ["C"], B: [], C: [] }, ["C", "A", "B"]],
  [
    "dependencies keep the order they are listed in",
    { A: ["C", "B"], B: [], C: [] },
    ["C", "B", "A"],
  ],
  ["a task with no entry is not in the order", { A: ["elsewhere"] }, ["A"]],
  [
    "the waves of requirement C-10",
    { T4: ["T2", "T3", "T6"], T5: ["T4"], T1: [], T2: ["T1"], T3: ["T1"], T6: ["T1"] },
    ["T1", "T2", "T3", "T6", "T4", "T5"],
  ],
])("order: %s", (_title, table, order) => {
  expect(topologicalOrder(edgesOf(table))).toEqual(order);
});

const faultOf = (edges: Edges): unknown => {
  try {
    return topologicalOrder(edges);
  } catch (error) {
    return error;
  }
};

test("a cycle is a fault that names it", () => {
  const fault = faultOf(edgesOf({ A: ["B"], B: ["C"], C: ["A"] }));
  expect(fault).toBeInstanceOf(FaultError);
  expect(fault).toMatchObject({ code: "roadmap.cycle", kind: "invalid", retriable: false });
  expect(fault).toMatchObject({
    details: {
      where: "task dependencies",
      found: "the cycle A -> B -> C -> A",
      expected: "no task that waits for itself",
      next: "remove one of these dependencies",
    },
  });
});

const DEPTH = 100_000;
const nameOf = (index: number): string => `T${index}`;
/** T0 waits for T1, which waits for T2 and so on; the last one for `last`. */
const chain = (length: number, last: readonly string[]): Edges =>
  new Map(
    Array.from({ length }, (_, index) => [
      nameOf(index),
      index === length - 1 ? last : [nameOf(index + 1)],
    ]),
  );

test("a chain of 100,000 tasks is no cycle and is ordered from its end", () => {
  const edges = chain(DEPTH, []);
  expect(findCycle(edges)).toBeNull();
  const order = topologicalOrder(edges);
  expect(order).toHaveLength(DEPTH);
  expect([order[0], order.at(-1)]).toEqual(["T99999", "T0"]);
});

test("each task is visited once, also where 2^64 ways lead to the last", () => {
  const rungs = Array.from({ length: 64 }, (_, index) => index);
  const edges = new Map(
    rungs.flatMap((index) =>
      ["left", "right"].map((side) => [
        `${side}-${index}`,
        [`left-${index + 1}`, `right-${index + 1}`],
      ]),
    ),
  );
  expect(findCycle(edges)).toBeNull();
});

test("a cycle of 100,000 tasks is found whole", () => {
  const cycle = findCycle(chain(DEPTH, ["T0"]));
  expect(cycle).toHaveLength(DEPTH + 1);
  expect([cycle?.[0], cycle?.at(-1)]).toEqual(["T0", "T0"]);
});

test.each([
  ["of 20 ids is named whole", 19, /T17 -> T18 -> T0;/],
  ["of 21 ids is shortened", 20, /T17 -> T18 -> \(1 more\) -> T0;/],
  ["of 100,001 ids is shortened", DEPTH, /T18 -> \(99981 more\) -> T0;/],
])("a message about a cycle %s", (_title, length, message) => {
  expect(() => topologicalOrder(chain(length, ["T0"]))).toThrow(message);
});

const SIZE_MAX = 7;
const graphs = fc
  .array(fc.array(fc.nat({ max: SIZE_MAX }), { maxLength: 3 }), { maxLength: SIZE_MAX })
  .map((rows): Edges => new Map(rows.map((row, index) => [nameOf(index), row.map(nameOf)])));

/** Slow and plain: everything that can be reached in at most SIZE_MAX + 1 steps. */
function reachesItself(edges: Edges, id: string): boolean {
  let reached = edges.get(id) ?? [];
  for (let step = 0; step <= SIZE_MAX; step += 1) {
    reached = [...new Set([...reached, ...reached.flatMap((each) => edges.get(each) ?? [])])];
  }
  return reached.includes(id);
}

test("a cycle is found exactly where a task reaches itself, and each of its steps exists", () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      const cycle = findCycle(edges);
      expect(cycle !== null).toBe([...edges.keys()].some((id) => reachesItself(edges, id)));
      const steps = cycle?.slice(1).map((to, index) => edges.get(cycle[index] ?? "")?.includes(to));
      expect(steps?.every(Boolean) ?? true).toBe(true);
      expect(cycle?.[0]).toBe(cycle?.at(-1));
    }),
    { numRuns: 2_000 },
  );
});

test("an order has every task once, after its dependencies", () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      fc.pre(findCycle(edges) === null);
      const order = topologicalOrder(edges);
      expect(order.toSorted()).toEqual([...edges.keys()].toSorted());
      for (const [id, dependencies] of edges) {
        const places = dependencies.map((each) => order.indexOf(each));
        expect(Math.max(-1, ...places)).toBeLessThan(order.indexOf(id));
      }
    }),
    { numRuns: 2_000 },
  );
});
