/** What the file itself refuses, whoever writes to it, and what its queries read. */
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { nextTurn } from "../../src/clock.ts";
import { openForWriting, whileWriting } from "../../src/store/sqlite/database.ts";
import type { Connection } from "../../src/store/sqlite/database.ts";
import { openViewQueries } from "../../src/store/sqlite/view-queries.ts";
import { TABLES } from "../../src/store/views/shapes.ts";
import { TASK_STATUSES } from "../../src/store/views/tables.ts";
import type { TableName, ViewSlice } from "../../src/store/views/tables.ts";
import { openTerm } from "./place.ts";
import { moneySlices } from "./money-samples.ts";
import { agent, entry, entryRow, mergeRequest, sentMessage, step } from "./samples.ts";
import { taskRow, tasks, visitor } from "./samples.ts";
import { makeSqlitePlace } from "./sqlite-place.ts";

const NAMES = Object.keys(TABLES) as TableName[];
const WRITES = NAMES.flatMap((table) => [
  ["INSERT", table, `INSERT INTO ${table} SELECT * FROM ${table}`] as const,
  ["REPLACE", table, `INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`] as const,
  ["UPDATE", table, `UPDATE ${table} SET ${TABLES[table].owner} = 'x'`] as const,
  ["DELETE", table, `DELETE FROM ${table}`] as const,
]);

/** One row in each table. */
const SLICES: readonly ViewSlice[] = [
  tasks("T1", taskRow("T1")),
  {
    table: "task_dependencies",
    owner: "T1",
    rows: [{ task_id: "T1", depends_on: "T0", dependency_type: "blocks", is_open: 0 }],
  },
  agent("agent:1", "T1"),
  {
    table: "providers",
    owner: "p",
    rows: [{ name: "p", status: "usable", level: "normal", reason: null, until: null }],
  },
  {
    table: "provider_windows",
    owner: "p",
    rows: [{ provider: "p", name: "five_hour", used: 0.5, resets_at: 7 }],
  },
  { table: "coordinators", owner: "c", rows: [{ id: "c", wip_limit: null, wishes: "[]" }] },
  mergeRequest("m1", 1),
  gate(0.5),
  quality(0.5),
  visitor("v", "T1"),
  sentMessage("m1"),
  entry(entryRow(1)),
  ...moneySlices(),
];

function gate(score: number | null): ViewSlice {
  const row = { id: "g1", task_id: "T1", commit_id: "c", status: "passed", score, reason: null };
  return { table: "gates", owner: "g1", rows: [row] };
}

function quality(score: number | null): ViewSlice {
  const row = {
    gate_id: "g1",
    task_id: "T1",
    dimension: "tests",
    passed: 1,
    score,
    evidence_path: null,
    evidence_sha256: null,
    at: 1,
  } as const;
  return { table: "quality_metrics", owner: "g1", rows: [row] };
}

/** A store with a journal of two rows and a row in every table, and its file. */
async function makeFilled() {
  const place = makeSqlitePlace();
  const { commit, store } = await openTerm(place);
  await commit(step("a:1", 0, { key: "k1", views: SLICES }), step("a:1", 1, { key: "k2" }));
  return { commit, store, path: place.path };
}

/** A connection of another program. */
function openForeign(path: string): Connection {
  const db = new Database(path);
  onTestFinished(() => void db.close());
  return db;
}

/** A connection as ours are. */
function openOurs(path: string) {
  const ours = openForWriting(path);
  onTestFinished(() => void ours.db.close());
  return ours;
}

const contentOf = (db: Connection): readonly unknown[] =>
  ["events", ...NAMES].map((table) => db.prepare(`SELECT * FROM ${table}`).all());

test.each([
  ["UPDATE", "UPDATE events SET to_state = 'done'"],
  ["UPDATE of a key", "UPDATE events SET event_key = NULL"],
  ["DELETE", "DELETE FROM events"],
  ["DELETE of the last row", "DELETE FROM events WHERE seq = 2"],
])("the journal is append-only for everyone: %s", async (_title, sql) => {
  const { path } = await makeFilled();
  for (const db of [openForeign(path), openOurs(path).db]) {
    const before = contentOf(db);
    expect(() => db.exec(sql)).toThrow("events is append-only");
    expect(contentOf(db)).toEqual(before);
  }
  const { db, flag } = openOurs(path);
  expect(() => whileWriting(flag, () => db.exec(sql))).toThrow("events is append-only");
});

test("our own connections cannot replace a row of the journal either", async () => {
  const { db } = openOurs((await makeFilled()).path);
  const columns =
    "SELECT seq, previous, actor, version, event_key, cause, at, from_state, 'x', 'x'";
  const replace = `INSERT OR REPLACE INTO events ${columns} FROM events`;
  expect(() => db.exec(replace)).toThrow("events is append-only");
});

test.each(WRITES)("another program's %s on %s is refused", async (_verb, _table, sql) => {
  const db = openForeign((await makeFilled()).path);
  const before = contentOf(db);
  expect(before.every((rows) => (rows as unknown[]).length > 0)).toBe(true);
  expect(() => db.exec(sql)).toThrow(/wvo_writing|is a projection/);
  expect(contentOf(db)).toEqual(before);
});

test.each(WRITES)("our own %s on %s is refused outside a commit", async (_verb, table, sql) => {
  const { db } = openOurs((await makeFilled()).path);
  const before = contentOf(db);
  expect(() => db.exec(sql)).toThrow(
    `${table} is a projection; send an event to the actor instead`,
  );
  expect(contentOf(db)).toEqual(before);
});

test("a write that failed leaves no door open", async () => {
  const { db, flag } = openOurs((await makeFilled()).path);
  const failing = () => db.exec("INSERT INTO providers SELECT * FROM providers");
  expect(() => whileWriting(flag, failing)).toThrow(/unique/i);
  expect(() => db.exec("DELETE FROM providers")).toThrow("is a projection");
  whileWriting(flag, () => db.exec("DELETE FROM providers"));
});

test.each(TASK_STATUSES)("a task may be %s", async (status) => {
  const { commit, store } = await makeFilled();
  await commit(step("b:1", 0, { views: [tasks("T2", taskRow("T2", { status }))] }));
  expect(store.views.task("T2")?.status).toBe(status);
});

test.each(["", "Done", "ready", "nearly"])("no task may be %j", async (status) => {
  const { commit } = await makeFilled();
  const row = taskRow("T2", { status: status as "done" });
  const wrong = step("b:1", 0, { views: [tasks("T2", row)] });
  await expect(commit(wrong)).rejects.toThrow("CHECK constraint failed");
});

test.each([0, 0.5, 1, null])("a score may be %s", async (score) => {
  const { commit, store } = await makeFilled();
  await commit(step("a:1", 2, { views: [gate(score), quality(score)] }));
  expect(store.views.gatesOf("T1")).toMatchObject([{ score }]);
  expect(store.views.qualityOf("T1")).toMatchObject([{ score }]);
});

test.each([-0.01, 1.01, 100])("no score may be %s", async (score) => {
  const { commit } = await makeFilled();
  for (const slice of [gate(score), quality(score)]) {
    const wrong = step("a:1", 2, { views: [slice] });
    await expect(commit(wrong)).rejects.toThrow("CHECK constraint failed");
  }
});

/** How SQLite answers each question of the views: the SQL itself, and its plan. */
async function plansOfViews(): Promise<ReadonlyMap<string, readonly string[]>> {
  const db = openForeign((await makeFilled()).path);
  const plans = new Map<string, readonly string[]>();
  const prepare = (sql: string) => {
    const values = [...sql.matchAll(/\?/g)].map(() => null);
    const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
    plans.set(
      sql,
      rows.map(({ detail }) => detail),
    );
    return db.prepare(sql);
  };
  openViewQueries({ prepare } as Connection);
  return plans;
}

test("the ready tasks are read in order from their own partial index", async () => {
  const plans = [...(await plansOfViews())].filter(([sql]) => sql.includes("lane IS NOT NULL"));
  expect(plans.map(([, plan]) => plan)).toEqual([
    ["SEARCH tasks USING INDEX tasks_ready (lane>?)"],
  ]);
});

test("no question reads a whole table past its indexes, but the one for the merge queue", async () => {
  const reading = [...(await plansOfViews())].filter(([, plan]) =>
    plan.some((line) => /^SCAN (?!.*INDEX)/.test(line)),
  );
  // The rows of past merges are read along: an index on the status would spare that.
  expect(reading.map(([sql]) => sql)).toEqual([
    "SELECT * FROM merge_requests WHERE in_slot = 1 OR status = 'queued' ORDER BY rowid",
  ]);
});

test("a reader sees whole commits, one after the other, while the owner writes", async () => {
  const place = makeSqlitePlace();
  const remote = place.startRemote();
  const churning = remote.churn(await remote.acquire(), 30);
  const isOver = { yet: false };
  void churning.finally(() => (isOver.yet = true));
  const reader = place.openReader();
  const seen = new Set<number>();
  while (!isOver.yet) {
    const versions = new Set((await reader.actors("", 99)).map(({ version }) => version));
    expect(versions.size).toBeLessThan(2);
    seen.add(versions.values().next().value ?? 0);
    await nextTurn();
  }
  await churning;
  expect([...seen]).toEqual([...seen].toSorted((a, b) => a - b));
  expect(seen.size).toBeGreaterThan(1);
  expect(await reader.owner()).toMatchObject({ name: "remote", alive: true });
  expect(await reader.check()).toEqual([]);
});
