/**
 * The charts of a checkout, found by looking: every file of machines/ that exports a `machine`,
 * with its cases from test/paths/cases/ and its invariants from test/invariants/.
 */
import { existsSync, globSync } from "node:fs";
import { basename, join } from "node:path";
import type { AnyStateMachine } from "xstate";
import { catalog } from "../../src/catalog/catalog.ts";
import type { Chart } from "../../src/host/charts.ts";
import type { Cases } from "../../src/proof/cases.ts";
import type { Invariant } from "../../src/proof/invariant.ts";
import type { Candidate } from "../../src/proof/plan.ts";

/** This checkout; tests give another folder of the same layout. */
export const ROOT = join(import.meta.dirname, "../..");

export interface Found extends Candidate {
  /** The chart's file, from the root. */
  readonly file: string;
}

export async function chartsIn(root: string): Promise<readonly Found[]> {
  const files = globSync("machines/*.ts", { cwd: root }).toSorted();
  const found = await Promise.all(files.map((file) => chartIn(root, file)));
  return found.flat();
}

async function chartIn(root: string, file: string): Promise<readonly Found[]> {
  const { machine } = await load<{ machine: AnyStateMachine }>(join(root, file));
  if (machine === undefined) return [];
  const name = basename(file, ".ts");
  const beside = (folder: string) => join(root, "test", folder, `${name}.ts`);
  const { cases = {} } = await load<{ cases: Cases }>(beside("paths/cases"));
  const { invariants = [] } = await load<{ invariants: readonly Invariant[] }>(
    beside("invariants"),
  );
  return [{ name, file, machine, cases, invariants }];
}

async function load<Module>(path: string): Promise<Partial<Module>> {
  return existsSync(path) ? ((await import(path)) as Partial<Module>) : {};
}

/** What the host knows of a chart; one of another checkout is not in the catalog. */
export const inCatalog = ({ machine }: Candidate): Chart | undefined =>
  catalog.find((chart) => chart.machine === machine);
