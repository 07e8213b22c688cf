/** What every chart has in common, by tables of names: its id, its bound, its ends, its effects. */
import { globSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import type { AnyStateMachine, AnyStateNode } from "xstate";
import { MICROSTEPS_MAX } from "../../machines/chart.ts";

/** The states in which an actor takes no event more. A chart that is not here has none. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  backup: ["failed"],
  convoy: ["kept"],
  errand: ["done", "failed"],
  gate: ["cancelled", "failed", "failedDeep", "inconclusive", "passed"],
  message: ["dead", "done"],
  receipt: ["kept"],
  "merge-request": ["conflicted", "inconclusive", "merged", "rejected", "withdrawn"],
};

/** What a crash of ours means for each effect: begun again, or never begun twice. */
const EFFECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  agent: {
    prepareWorktree: "retry",
    runAgent: "interrupted",
    adoptRun: "retry",
    stopRun: "retry",
    collectWork: "retry",
  },
  backup: { copyDatabase: "retry" },
  coordinator: { rank: "retry" },
  errand: { runErrand: "retry" },
  gate: { runChecks: "retry" },
  "merge-request": {
    rebase: "retry",
    land: "interrupted",
    observeTarget: "retry",
    retireBranch: "retry",
  },
  provider: { probeProvider: "retry" },
  visitor: { collectVisit: "retry" },
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

const policiesOf = ({ implementations }: AnyStateMachine) =>
  Object.fromEntries(
    Object.entries(implementations.actors).map(([effect, logic]) => [
      effect,
      (logic as { readonly crash?: unknown }).crash,
    ]),
  );
const endsUnder = (node: AnyStateNode): readonly string[] => [
  ...(node.type === "final" ? [node.path.join(".")] : []),
  ...Object.values(node.states).flatMap(endsUnder),
];

test("there are charts", () => {
  expect(charts.length).toBeGreaterThanOrEqual(8);
});

test.each(charts)("%s says what a crash means for each of its effects", (name, machine) => {
  expect(policiesOf(machine)).toEqual(EFFECTS[name] ?? {});
});

test.each(charts)("%s has the id of its file, a bound, and its ends", (name, machine) => {
  expect(machine.id).toBe(name);
  expect(machine.options.maxIterations).toBe(MICROSTEPS_MAX);
  expect(endsUnder(machine.root).toSorted()).toEqual(ENDS[name] ?? []);
});

test("nothing is claimed of a chart that is not there", () => {
  const names = charts.map(([name]) => name);
  expect(Object.keys({ ...ENDS, ...EFFECTS }).filter((name) => !names.includes(name))).toEqual([]);
});
