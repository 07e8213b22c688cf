/**
 * What is mutated together, and which tests must notice. A chart's own words are run with its own
 * tests alone: nearly all of a chart is built when it is loaded, so every mutant of it runs them all.
 */
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Part } from "./report.ts";

export interface Area {
  readonly name: string;
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
  /** The part of the code whose score is promised. */
  readonly part: Part;
  /**
   * Leaves out what is done when a file is loaded: tables, patterns, texts. No test alone covers that,
   * so that each such mutant would run all of them, nine tenths of the time for a third of the mutants.
   */
  readonly leavesOutStatic?: boolean;
}
/** A chart's file; with it goes its setup. */
const isChart = (path: string): boolean =>
  readFileSync(path, "utf8").includes("\nexport const machine =");
const isSetup = (path: string): boolean => path.endsWith("-setup.ts");
const files: readonly string[] = globSync("machines/*.ts").toSorted();

const tableOf = (name: string): string => `test/machines/${name}.test.ts`;

/** What every chart has in common. */
const COMMON = "test/machines/charts.test.ts";

const charts: readonly Area[] = files
  .filter(isChart)
  .map((path) => basename(path, ".ts"))
  .map((name) => ({
    name,
    mutate: globSync([`machines/${name}.ts`, `machines/${name}-setup.ts`]),
    tests: [COMMON, tableOf(name), `test/machines/${name}-*.test.ts`],
    part: "machines",
  }));

/** In the order of the report. */
export const areas: readonly Area[] = [
  ...charts,
  {
    name: "shared words",
    // Whatever is neither a chart nor its setup is tested with all of them.
    mutate: files.filter((path) => !isChart(path) && !isSetup(path)),
    tests: ["test/machines/*.test.ts"],
    part: "machines",
    leavesOutStatic: true,
  },
  {
    name: "planning",
    mutate: ["src/planning/*.ts"],
    tests: ["test/planning/*.test.ts"],
    part: "planning",
    leavesOutStatic: true,
  },
  {
    name: "host",
    mutate: ["src/host/*.ts"],
    // The tables of some charts step the kernel as the host does: timers, effects, what is cancelled.
    tests: ["test/host/*.test.ts", ...["agent", "coordinator", "gate", "visitor"].map(tableOf)],
    part: "host",
    leavesOutStatic: true,
  },
];
