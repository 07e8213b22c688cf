/** Rows and snapshots are compared: what differs is named, on however many pages the actors stand. */
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { setup } from "xstate";
import { Charts } from "../../src/host/charts.ts";
import type { Chart } from "../../src/host/charts.ts";
import { findDrift } from "../../src/host/parity.ts";
import { openReader } from "../../src/store/sqlite/store.ts";
import { openBench } from "../support/workbench.ts";

/** Two windows of one provider for each actor, and a chart that nobody asks about. */
const gauge: Chart = {
  name: "gauge",
  version: 1,
  machine: setup({}).createMachine({
    id: "gauge",
    initial: "kept",
    options: { maxIterations: 9 },
    states: { kept: { type: "final" } },
  }),
  project: ({ actor, atMs }) => {
    // The columns of a row stand in no order that anybody may rely on.
    const row = (name: string) => ({ used: 0.5, name, resets_at: atMs, provider: actor });
    return [{ table: "provider_windows", owner: actor, rows: [row("day"), row("hour")] }];
  },
};
const silent: Chart = {
  name: "silent",
  version: 1,
  machine: setup({}).createMachine({
    id: "silent",
    initial: "kept",
    options: { maxIterations: 9 },
    states: { kept: { type: "final" } },
  }),
};

async function madeWith(count: number) {
  const charts = [gauge, silent];
  const { host, path } = await openBench({ charts });
  const names = Array.from({ length: count }, (_, at) => `gauge:${String(at).padStart(4, "0")}`);
  await Promise.all([...names, "silent:1"].map((name) => host.start(name, {})));
  await host.close();
  const drift = async () => {
    const reader = openReader(path);
    const found = await findDrift(reader, new Charts(charts));
    await reader.close();
    return found;
  };
  const change = (sql: string): void => {
    const db = new Database(path);
    db.function("wvo_writing", () => 1);
    db.exec(sql);
    db.close();
  };
  return { drift, change };
}

test.each([
  ["a row that says something else", "UPDATE provider_windows SET used = 1 WHERE name = 'day'"],
  ["a row too few", "DELETE FROM provider_windows WHERE name = 'day'"],
  ["a row too many", "INSERT INTO provider_windows VALUES ('gauge:0000', 'week', 0, 0)"],
  [
    "one row twice in the place of another",
    "UPDATE provider_windows SET used = 0.25 WHERE name = 'hour'",
  ],
])("%s is found", async (_title, sql) => {
  const { drift, change } = await madeWith(1);
  expect(await drift()).toEqual([]);
  change(sql);
  expect(await drift()).toEqual(["provider_windows of gauge:0000"]);
});

test("all pages are looked at", async () => {
  const { drift, change } = await madeWith(501);
  change("DELETE FROM provider_windows WHERE provider IN ('gauge:0000', 'gauge:0500')");
  expect(await drift()).toEqual([
    "provider_windows of gauge:0000",
    "provider_windows of gauge:0500",
  ]);
});
