/** Projections asked by hand: a chart, a state and a context give the rows that people see. */
import type { AnyStateNode } from "xstate";
import { catalog } from "../../src/catalog/catalog.ts";
import type { StateValue } from "../../src/host/record.ts";
import type { TableName, Tables, ViewSlice } from "../../src/store/views/tables.ts";

export const AT_MS = 1_700_000_000_000;

/** `gate.checking` as XState writes it. */
export function valueOf(path: string): StateValue {
  const [first = "", ...rest] = path.split(".");
  return rest.length === 0 ? first : { [first]: valueOf(rest.join(".")) };
}

export function project(chart: string, value: StateValue, context: object): readonly ViewSlice[] {
  const entry = catalog.find(({ name }) => name === chart);
  const record = { status: "active", value, context, children: {}, timers: {} } as const;
  return entry?.project?.({ actor: `${chart}:x`, record, atMs: AT_MS }) ?? [];
}

/** The rows that the projection has for a table. */
export function rowsOf<Table extends TableName>(slices: readonly ViewSlice[], table: Table) {
  const slice = slices.find((each) => each.table === table);
  return (slice?.rows ?? []) as readonly Tables[Table][];
}

/** Every state of a chart that has none below it, as a path. */
export function leavesOf(chart: string): readonly string[] {
  const walk = (node: AnyStateNode): readonly string[] =>
    Object.values(node.states).length === 0
      ? [node.path.join(".")]
      : Object.values(node.states).flatMap(walk);
  const entry = catalog.find(({ name }) => name === chart);
  return entry === undefined ? [] : walk(entry.machine.root);
}
