/** Compares the rows people query with what the snapshots project to; they must be the same. */
import type { StoreReader } from "../store/port.ts";
import type { ViewSlice } from "../store/views/tables.ts";
import type { Charts } from "./charts.ts";
import type { SnapshotRecord } from "./record.ts";

const ACTORS_PAGE = 500;

/** Every row that the stored snapshots project to. */
export async function* projectAll(store: StoreReader, charts: Charts): AsyncGenerator<ViewSlice> {
  for (let page = await store.actors("", ACTORS_PAGE); page.length > 0;) {
    for (const { actor, snapshot, savedAtMs } of page) {
      const record = JSON.parse(snapshot) as SnapshotRecord;
      yield* charts.of(actor).chart.project?.({ actor, record, atMs: savedAtMs }) ?? [];
    }
    page = await store.actors(page.at(-1)?.actor ?? "", ACTORS_PAGE);
  }
}

/** The actors whose rows differ from their snapshot, by table and owner. */
export async function findDrift(store: StoreReader, charts: Charts): Promise<readonly string[]> {
  const drift: string[] = [];
  for await (const slice of projectAll(store, charts)) {
    const found = store.views.rowsOf(slice.table, slice.owner);
    if (!sameRows(found, slice.rows)) drift.push(`${slice.table} of ${slice.owner}`);
  }
  return drift;
}

function sameRows(found: readonly object[], expected: readonly object[]): boolean {
  const texts = new Set(expected.map(textOf));
  return found.length === expected.length && found.every((row) => texts.has(textOf(row)));
}

/** A row with its columns in one order, whatever order they came in. */
const textOf = (row: object): string => JSON.stringify(row, Object.keys(row).toSorted(byText));
const byText = (a: string, b: string): number => (a < b ? -1 : 1);
