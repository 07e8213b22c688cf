/** What runs have cost, added up by what people ask for; and databases from before it was counted. */
import Database from "better-sqlite3";
import { join } from "node:path";
import { expect, test } from "vitest";
import { APPLICATION_ID, MIGRATIONS } from "../../src/store/sqlite/schema.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { emptyFolder } from "../support/workbench.ts";
import { moneySlices, receipt } from "./money-samples.ts";
import { openTerm } from "./place.ts";
import { step, taskRow } from "./samples.ts";
import { makeSqlitePlace } from "./sqlite-place.ts";

const unknown = { actual_input: null, actual_output: null, actual_micro_usd: null } as const;
const second = { run_id: "T1.2", day: "2026-02-01", tier: "high", ...unknown } as const;
const third = { run_id: "T2.1", task_id: "T2", provider: "claude" } as const;

test("receipts are added up by task, provider, tier and day", async () => {
  const { store, commit } = await openTerm(makeSqlitePlace());
  const views = [receipt(), receipt(second), receipt(third)];
  await commit(step("receipt:all", 0, { views }));
  const one = {
    runs: 1,
    estimated_tokens: 1_100,
    estimated_micro_usd: 2_000,
    actual_tokens: 950,
    actual_micro_usd: 1_500,
    counted_tokens: 950,
    counted_micro_usd: 1_500,
    runs_without_estimate: 0,
    runs_without_tokens: 0,
    runs_without_cost: 0,
  };
  const both = {
    runs: 2,
    estimated_tokens: 2_200,
    estimated_micro_usd: 4_000,
    counted_tokens: 1_900,
    counted_micro_usd: 3_000,
  };
  expect(store.views.costs("task_id")).toEqual([
    { ...one, ...both, name: "T1", runs_without_tokens: 1, runs_without_cost: 1 },
    { ...one, name: "T2" },
  ]);
  const namesBy = (by: "provider" | "tier" | "day") =>
    store.views.costs(by).map(({ name, runs }) => `${name} ${runs}`);
  expect(namesBy("provider")).toEqual(["claude 1", "local 2"]);
  expect(namesBy("tier")).toEqual(["high 1", "low 2"]);
  expect(namesBy("day")).toEqual(["2026-01-31 2", "2026-02-01 1"]);
});

test("the budget's row and what it holds back are read as they were written", async () => {
  const { store, commit } = await openTerm(makeSqlitePlace());
  expect([store.views.budget(), store.views.reservations()]).toEqual([null, []]);
  await commit(step("budget", 0, { views: moneySlices() }));
  expect(store.views.budget()).toMatchObject({ id: "budget", today_tokens: 1, reserved_tokens: 5 });
  expect(store.views.reservations()).toMatchObject([{ run_id: "T1.2", estimated_input: 1_000 }]);
});

test("a database of the first version is brought forward with all that it holds", async () => {
  const path = join(emptyFolder(), "orchestrator.db");
  const old = new Database(path);
  old.function("wvo_writing", () => 1);
  old.exec(MIGRATIONS[0] ?? "");
  const { spent_tokens: _tokens, spent_micro_usd: _money, ...row } = taskRow("T1");
  const names = Object.keys(row);
  const places = names.map((name) => `@${name}`).join(", ");
  old.prepare(`INSERT INTO tasks (${names.join(", ")}) VALUES (${places})`).run(row);
  old.pragma(`application_id = ${APPLICATION_ID}`);
  old.pragma("user_version = 1");
  old.close();
  const store = openStore(path);
  expect(store.views.task("T1")).toEqual({ ...row, spent_tokens: 0, spent_micro_usd: 0 });
  expect([store.views.budget(), store.views.costs("task_id")]).toEqual([null, []]);
  expect(await store.check()).toEqual([]);
  await store.close();
});
