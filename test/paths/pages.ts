/** The pages docs/charts/NAME.md, as they must be. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pageOf } from "../../src/proof/drawing/page.ts";
import type { Branch } from "../../src/proof/drive.ts";
import { PATHS_MAX, planFor } from "../../src/proof/plan.ts";
import type { Plan } from "../../src/proof/plan.ts";
import { gapsOf, statesOf } from "../../src/proof/prove.ts";
import { chartsIn } from "./charts.ts";
import type { Found } from "./charts.ts";
import { commentOf } from "./comment.ts";

/** What brings the pages up to date. */
export const COMMAND = "npm run docs";

/** The pages of a checkout, as text by path. */
export async function chartPages(root: string): Promise<Readonly<Record<string, string>>> {
  const charts = await chartsIn(root);
  return Object.fromEntries(charts.map((found) => pageFor(root, found, planFor(found))));
}

/** One page: its path from the root, and its text. */
export function pageFor(root: string, found: Found, plan: Plan): readonly [string, string] {
  const { name, file, machine } = found;
  const { paragraphs, invariants } = commentOf(readFileSync(join(root, file), "utf8"));
  const coverage = coverageOf(plan, found.invariants.length);
  const facts = { name, file, command: COMMAND, paragraphs, invariants, coverage };
  return [`docs/charts/${name}.md`, pageOf(machine, facts)];
}

function coverageOf(plan: Plan, invariants: number): readonly string[] {
  const { definitions, graph, tours, paths, pathsCount, refused } = plan;
  const taken = new Set(tours.flatMap(takenIn));
  const count = definitions.filter(({ transition }) => taken.has(transition)).length;
  const places = new Set([...graph.nodes.values()].map(({ state }) => state)).size - 1;
  const steps = tours.reduce((sum, tour) => sum + stepsOf(tour), 0);
  const branches = paths.reduce((sum, path) => sum + stepsOf(path), 0);
  const simple =
    pathsCount === null
      ? `Simple paths are more than ${PATHS_MAX.toLocaleString("en")}, so they are not driven.`
      : `${plural(pathsCount, "simple path")}, driven as ${plural(branches, "step")}.`;
  return [
    `${plural(places, "place")} to be in, ${statesOf(graph)} with what is remembered there.`,
    `${count} of ${plural(definitions.length, "transition")} taken through the host.`,
    `${plural(tours.length, "tour")} of ${plural(steps, "step")}, with a restart around each.`,
    simple,
    `${plural(refused, "pair")} of a state and an event that is refused there.`,
    `${plural(invariants, "invariant")} checked in every state.`,
    ...gapsOf(plan, taken),
  ];
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
const takenIn = ({ step, next }: Branch): readonly object[] => [
  ...step.played.taken,
  ...next.flatMap(takenIn),
];
const stepsOf = ({ next }: Branch): number => next.reduce((sum, each) => sum + stepsOf(each), 1);
