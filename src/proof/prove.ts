/**
 * Proves one chart: every transition is taken through the real host, what is not accepted is
 * refused without a trace, and every invariant holds in every state. Whatever is missing or wrong
 * is a sentence.
 */
import type { AnyMachineSnapshot } from "xstate";
import type { Chart } from "../host/charts.ts";
import { lintChart } from "../host/lint.ts";
import { definitionText, nodesUnder } from "./definitions.ts";
import { Drive } from "./drive.ts";
import type { Graph } from "./explore.ts";
import { planFor } from "./plan.ts";
import type { Candidate, Plan } from "./plan.ts";

/** What a proof counted, as `npm run prove -- --json` prints it, and what it found. */
export interface Proof {
  readonly chart: string;
  /** States that can be reached, each with what the actor remembers there. */
  readonly states: number;
  readonly declared: number;
  /** Transitions taken through the host. */
  readonly taken: number;
  /** Tours and simple paths driven. */
  readonly paths: number;
  readonly refused: number;
  readonly invariants: number;
  /** What is missing or wrong; nothing is good. */
  readonly problems: readonly string[];
  /** What was driven; null where the host would not open the chart. */
  readonly plan: Plan | null;
}

export interface ProofSetting {
  /** Where the databases are put; whoever gives it removes it. */
  readonly folder: string;
  /** What the host knows of the chart; by default no more than that it is there. */
  readonly chart?: Chart;
}

/** Problems told of one kind; where there are more, they have a common cause. */
const PROBLEMS_MAX = 20;

export async function prove(candidate: Candidate, setting: ProofSetting): Promise<Proof> {
  const { name, machine, invariants } = candidate;
  const faults = lintChart(machine);
  if (faults.length > 0) return unproven(candidate, faults);
  const plan = planFor(candidate);
  const taken = new Set<object>();
  const observe = (all: readonly object[]): void => all.forEach((each) => taken.add(each));
  const chart = setting.chart ?? { name, version: 1, machine };
  const drive = new Drive({ folder: setting.folder, chart, observe });
  for (const walk of [...plan.tours, ...plan.paths]) await drive.go(walk);
  const { definitions, graph, refused } = plan;
  return {
    chart: name,
    states: statesOf(graph),
    declared: definitions.length,
    taken: definitions.filter(({ transition }) => taken.has(transition)).length,
    paths: pathsOf(plan),
    refused,
    invariants: invariants.length,
    problems: [
      ...graph.problems.slice(0, PROBLEMS_MAX),
      ...drive.problems.slice(0, PROBLEMS_MAX),
      ...gapsOf(plan, taken),
    ],
    plan,
  };
}

/** Tours, and simple paths where they are few enough to be driven. */
export const pathsOf = ({ tours, pathsCount }: Plan): number => tours.length + (pathsCount ?? 0);

/** The states of the graph, but for the one before the start. */
export const statesOf = ({ nodes }: Graph): number => nodes.size - 1;

/** Transitions that nothing took, states that nothing entered, and a walk that found no end. */
export function gapsOf(plan: Plan, taken: ReadonlySet<object>): readonly string[] {
  const { definitions, graph, candidate } = plan;
  const untaken = definitions.filter(({ transition }) => !taken.has(transition));
  const used = definitions.filter(({ transition }) => taken.has(transition));
  const standings = [...graph.nodes.values()].map(({ standing }) => standing.live.snapshot);
  const entered = new Set<object>([
    ...used.map(({ source }) => source),
    ...standings.flatMap((snapshot) => enteredIn(snapshot)),
  ]);
  const unentered = nodesUnder(candidate.machine.root).filter((node) => !entered.has(node));
  const more = `${statesOf(graph)} states and no end: cases.essence must leave out what only grows`;
  return [
    ...untaken.map((each) => `the transition was never taken: ${definitionText(each)}`),
    ...unentered.map(({ id }) => `the state was never entered: #${id}`),
    ...(graph.isCut ? [more] : []),
  ];
}

function enteredIn(snapshot: AnyMachineSnapshot | null): readonly object[] {
  if (snapshot === null) return [];
  return nodesUnder(snapshot.machine.root).filter(({ path }) => isIn(snapshot.value, path));
}

function isIn(value: unknown, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  if (typeof value !== "object") return value === first && rest.length === 0;
  const inner = (value as Readonly<Record<string, unknown>>)[first];
  return inner !== undefined && isIn(inner, rest);
}

/** A chart that the host would not open has nothing to be proven. */
function unproven({ name, invariants }: Candidate, problems: readonly string[]): Proof {
  const none = { states: 0, declared: 0, taken: 0, paths: 0, refused: 0 };
  return { chart: name, ...none, invariants: invariants.length, problems, plan: null };
}
