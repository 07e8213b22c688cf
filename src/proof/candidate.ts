/**
 * Somebody's own chart, from the file that exports it: `machine`, and where there are any `cases`,
 * `invariants` and `facts`. The file is code and is run, as any import is.
 */
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyStateMachine } from "xstate";
import { FaultError, faultData } from "../fault.ts";
import { chartNameOf } from "../host/charts.ts";
import type { Cases } from "./cases.ts";
import type { Facts } from "./checker/facts.ts";
import type { Invariant } from "./invariant.ts";
import type { Candidate } from "./plan.ts";

export interface OwnChart extends Candidate {
  readonly facts: Facts;
}

interface Exported {
  readonly machine?: unknown;
  readonly cases?: Cases;
  readonly invariants?: readonly Invariant[];
  readonly facts?: Facts;
}

/** Throws a fault where there is no such file, or no chart in it. */
export async function chartFrom(file: string): Promise<OwnChart> {
  const path = resolve(file);
  if (!existsSync(path)) throw missing(file);
  const { machine, cases = {}, invariants = [], facts = {} } = await load(file, path);
  if (!isMachine(machine)) throw chartless(file, machine);
  const name = cases.actor === undefined ? nameOf(path) : chartNameOf(cases.actor);
  return { name, machine, cases, invariants, facts: { ...facts, cases } };
}

/** The file's name without its ending: `machines/door.chart.ts` is the chart `door`. */
const nameOf = (path: string): string => basename(path).split(".", 1).join("");

/** By its face, since it may come from another copy of XState. */
const isMachine = (value: unknown): value is AnyStateMachine =>
  typeof value === "object" && value !== null && "implementations" in value && "root" in value;

async function load(file: string, path: string): Promise<Exported> {
  try {
    return (await import(pathToFileURL(path).href)) as Exported;
  } catch (cause) {
    throw new FaultError({
      code: "charts.broken",
      kind: "invalid",
      where: file,
      found: faultData(cause).message,
      expected: "a module that can be imported",
      next: "mend the file; what it imports, such as xstate, must be installed beside it",
      cause,
    });
  }
}

const missing = (file: string): FaultError =>
  new FaultError({
    code: "charts.missing",
    kind: "notFound",
    where: file,
    found: "no such file",
    expected: "a module that exports a chart as `machine`",
    next: "check the path",
  });

const chartless = (file: string, found: unknown): FaultError =>
  new FaultError({
    code: "charts.chartless",
    kind: "invalid",
    where: file,
    found:
      found === undefined ? "no export named `machine`" : "a `machine` that XState did not make",
    expected: "export const machine = setup({ ... }).createMachine({ ... })",
    next: "export the chart under that name",
  });
