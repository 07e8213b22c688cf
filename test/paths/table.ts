/**
 * The table of `npm run prove`, and the array of `npm run -s prove -- --json`. What takes too long
 * to be measured each time is read from where its own command left it.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Proof } from "../../src/proof/prove.ts";

/** What other commands measured of one chart; null where they did not. */
export interface Measured {
  readonly crashPoints: number | null;
  readonly mutants: { readonly killed: number; readonly mutants: number } | null;
}

/** Crash points by chart, as the crash matrix leaves them: `{"task": 12}`. */
const CRASH_POINTS = "docs/crash-points.json";
/** Mutants by area, as `npm run mutation` leaves them; a chart is an area of its own. */
const MUTATION = "docs/mutation.json";

interface Areas {
  readonly areas: readonly {
    readonly name: string;
    readonly killed: number;
    readonly mutants: number;
  }[];
}

export function measuredIn(root: string): (chart: string) => Measured {
  const points = read<Readonly<Record<string, number>>>(join(root, CRASH_POINTS)) ?? {};
  const { areas } = read<Areas>(join(root, MUTATION)) ?? { areas: [] };
  return (chart) => ({
    crashPoints: points[chart] ?? null,
    mutants: areas.find(({ name }) => name === chart) ?? null,
  });
}

const read = <Content>(path: string): Content | null =>
  existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Content) : null;

type Row = Proof & Measured;
const COLUMNS: readonly (readonly [head: string, cell: (row: Row) => string])[] = [
  ["CHART", ({ chart }) => chart],
  ["STATES", ({ states }) => `${states}`],
  ["TRANSITIONS", ({ declared, taken }) => `${taken}/${declared}`],
  ["PATHS", ({ paths }) => `${paths}`],
  ["REFUSED", ({ refused }) => `${refused}`],
  ["INVARIANTS", ({ invariants }) => `${invariants}`],
  ["CRASH POINTS", ({ crashPoints }) => `${crashPoints ?? "-"}`],
  ["MUTANTS KILLED", ({ mutants }) => (mutants === null ? "-" : killedText(mutants))],
];

function killedText({ killed, mutants }: Exclude<Measured["mutants"], null>): string {
  return `${killed}/${mutants} (${Math.floor((killed / mutants) * 100)} %)`;
}

export function tableOf(proofs: readonly Proof[], measured: (chart: string) => Measured): string {
  const rows = proofs.map((proof) => ({ ...proof, ...measured(proof.chart) }));
  const cells = [
    COLUMNS.map(([head]) => head),
    ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row))),
  ];
  const widths = COLUMNS.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells
    .map((line) => line.map((cell, at) => pad(cell, widths[at] ?? 0, at === 0)).join("  "))
    .join("\n");
}

const pad = (cell: string, width: number, isFirst: boolean): string =>
  isFirst ? cell.padEnd(width) : cell.padStart(width);

/** One object a chart; crash points are 0 until they are measured. */
export function jsonOf(proofs: readonly Proof[], measured: (chart: string) => Measured): string {
  const rows = proofs.map(({ chart, states, declared, taken, paths, refused, invariants }) => {
    const crashPoints = measured(chart).crashPoints ?? 0;
    return { chart, states, declared, taken, paths, refused, invariants, crashPoints };
  });
  return JSON.stringify(rows, null, 2);
}
