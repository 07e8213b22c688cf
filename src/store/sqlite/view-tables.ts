/** Writes the tables that people query: all rows of an actor are replaced by its new ones. */
import { TABLES } from "../views/shapes.ts";
import type { TableName, ViewSlice } from "../views/tables.ts";
import type { Connection } from "./database.ts";

type Value = string | number | null;

export function openViewTables(db: Connection) {
  const tables = Object.keys(TABLES) as TableName[];
  const removes = new Map(
    tables.map((table) => [
      table,
      db.prepare(`DELETE FROM ${table} WHERE ${TABLES[table].owner} = ?`),
    ]),
  );
  const inserts = new Map(tables.map((table) => [table, db.prepare(insertSql(table))]));
  const clears = tables.map((table) => db.prepare(`DELETE FROM ${table}`));
  return {
    /** All rows go before any comes, so that a unique place can change hands within one commit. */
    replace(slices: readonly ViewSlice[]): void {
      for (const { table, owner } of slices) removes.get(table)?.run(owner);
      for (const { table, rows } of slices) {
        for (const row of rows) inserts.get(table)?.run(valuesOf(table, row));
      }
    },
    clear(): void {
      for (const clear of clears) clear.run();
    },
  };
}
export type ViewTables = ReturnType<typeof openViewTables>;

const columnsOf = (table: TableName): readonly string[] => Object.keys(TABLES[table].columns);

function insertSql(table: TableName): string {
  const columns = columnsOf(table);
  const names = columns.map((column) => `"${column}"`).join(", ");
  return `INSERT INTO ${table} (${names}) VALUES (${columns.map(() => "?").join(", ")})`;
}

const valuesOf = (table: TableName, row: object): readonly Value[] =>
  columnsOf(table).map((column) => (row as Record<string, Value>)[column] ?? null);
