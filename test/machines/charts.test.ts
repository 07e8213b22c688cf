/** What every chart has in common, by a table of names: its id, its bound, and where it ends. */
import { globSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import type { AnyStateMachine, AnyStateNode } from "xstate";
import { MICROSTEPS_MAX } from "../../machines/chart.ts";

/** The states in which an actor takes no event more. A chart that is not here has none. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  gate: ["cancelled", "failed", "failedDeep", "inconclusive", "passed"],
  "merge-request": ["conflicted", "inconclusive", "merged", "rejected", "withdrawn"],
};

const ROOT = new URL("../../", import.meta.url).pathname;
const modules = globSync("machines/*.ts", { cwd: ROOT }).toSorted();
const loaded = await Promise.all(
  modules.map(async (path) => {
    const { machine } = (await import(`${ROOT}${path}`)) as { machine?: AnyStateMachine };
    return machine === undefined ? [] : [[basename(path, ".ts"), machine] as const];
  }),
);
const charts = loaded.flat();

const endsUnder = (node: AnyStateNode): readonly string[] => [
  ...(node.type === "final" ? [node.path.join(".")] : []),
  ...Object.values(node.states).flatMap(endsUnder),
];

test("there are charts", () => {
  expect(charts.length).toBeGreaterThanOrEqual(8);
});

test.each(charts)("%s has the id of its file, a bound, and its ends", (name, machine) => {
  expect(machine.id).toBe(name);
  expect(machine.options.maxIterations).toBe(MICROSTEPS_MAX);
  expect(endsUnder(machine.root).toSorted()).toEqual(ENDS[name] ?? []);
});

test("no end is claimed of a chart that is not there", () => {
  const names = charts.map(([name]) => name);
  expect(Object.keys(ENDS).filter((name) => !names.includes(name))).toEqual([]);
});
