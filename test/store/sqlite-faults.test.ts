/** Files that cannot be used: each is refused with a fault that says why, and left as it was. */
import fs, { existsSync, readFileSync, readlinkSync, readdirSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { openForWriting } from "../../src/store/sqlite/database.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../src/store/sqlite/schema.ts";
import { openReader, openStore } from "../../src/store/sqlite/store.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { emptyFolder } from "../support/workbench.ts";
import { runUnwatched } from "./mounts.ts";
import { openAt, openTerm } from "./place.ts";
import { event, group, step } from "./samples.ts";
import { makeSqlitePlace } from "./sqlite-place.ts";
import type { SqlitePlace } from "./sqlite-place.ts";

const PAGE_BYTES = 4_096;
const fault = (code: string, found: RegExp = /./) =>
  expect.objectContaining({ name: "FaultError", code, message: expect.stringMatching(found) });

/** What the call throws. */
function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return "nothing was thrown";
}

/** A closed database with two thousand steps in it. */
async function makeFilled(): Promise<SqlitePlace> {
  const place = makeSqlitePlace();
  const { store, fence, commit } = await openTerm(place);
  const snapshot = JSON.stringify("x".repeat(400));
  await commit(...Array.from({ length: 2_000 }, (_, n) => step(`a:${n}`, 0, { snapshot })));
  await store.release(fence);
  await store.close();
  return place;
}

function onFile<Result>({ path }: SqlitePlace, act: (db: Database.Database) => Result): Result {
  const db = new Database(path);
  try {
    return act(db);
  } finally {
    db.close();
  }
}

/** Writes noise over some pages, counted from 1. */
function spoil({ path }: SqlitePlace, from: number, to: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, (from - 1) * PAGE_BYTES, Math.min(to * PAGE_BYTES, bytes.length));
  writeFileSync(path, bytes);
}

/** The first page of a table or an index. */
const rootOf = (place: SqlitePlace, name: string): number =>
  onFile(place, (db) => {
    const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck();
    return Number(root.get(name));
  });

/** Files of this workspace that the process holds open. */
const held = ({ path }: SqlitePlace): readonly string[] =>
  readdirSync("/proc/self/fd").flatMap((fd) => {
    const target = existsSync(`/proc/self/fd/${fd}`) ? readlinkSync(`/proc/self/fd/${fd}`) : "";
    return target.startsWith(path) ? [target] : [];
  });

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

interface Spoilt {
  readonly title: string;
  readonly code: string;
  readonly found: RegExp;
  readonly spoil: (place: SqlitePlace) => void;
}
const SPOILT: readonly Spoilt[] = [
  {
    title: "a database of a newer WeatherVane",
    code: "store.newer",
    found: /newer WeatherVane/,
    spoil: (place) => onFile(place, (db) => db.pragma(`user_version = ${MIGRATIONS.length + 1}`)),
  },
  {
    title: "an SQLite file of another program",
    code: "store.foreign",
    found: /another program/,
    spoil: (place) => onFile(place, (db) => db.pragma("application_id = 7")),
  },
  {
    title: "a file that is no database",
    code: "store.corrupt",
    found: /damaged/,
    spoil: ({ path }) => writeFileSync(path, "version: 1\ntasks: []\n".repeat(400)),
  },
  {
    title: "a database without its first page",
    code: "store.corrupt",
    found: /damaged/,
    spoil: (place) => spoil(place, 1, 1),
  },
  {
    title: "a database with nothing but its first page",
    code: "store.corrupt",
    found: /damaged/,
    spoil: (place) => spoil(place, 2, Infinity),
  },
];

test.each(SPOILT)("$title is refused and left as it was: $code", async (spoilt) => {
  const place = await makeFilled();
  spoilt.spoil(place);
  const before = readFileSync(place.path);
  const refused = fault(spoilt.code, spoilt.found);
  expect(thrownBy(() => openStore(place.path))).toEqual(refused);
  expect(thrownBy(() => openReader(place.path))).toEqual(refused);
  expect(readFileSync(place.path).equals(before)).toBe(true);
  expect(held(place)).toEqual([]);
});

test("damaged pages are found by a check, and reading them is a fault", async () => {
  const place = await makeFilled();
  const root = rootOf(place, "snapshots");
  spoil(place, root, root);
  const reader = place.openReader();
  expect(await reader.check()).not.toEqual([]);
  const damaged = fault("store.corrupt", /damaged/);
  await expect(reader.read("a:1")).rejects.toEqual(damaged);
  await expect(reader.actors("", 9)).rejects.toEqual(damaged);
  expect(await reader.fate("k")).toEqual({ kind: "unknown" });
  const { store, fence, commit } = await openTerm(place);
  await expect(store.load(fence, "a:1")).rejects.toEqual(damaged);
  await expect(commit(step("a:1", 1))).rejects.toEqual(damaged);
  expect(await store.journal({ limit: 5_000 })).toHaveLength(2_000);
});

test("a damaged table that people query is a fault to them", async () => {
  const place = await makeFilled();
  const root = rootOf(place, "sqlite_autoindex_tasks_1");
  spoil(place, root, root);
  const { views } = place.openReader();
  expect(thrownBy(() => views.tasks("", 9))).toEqual(fault("store.corrupt", /damaged/));
});

test.each([
  ["no file at all", () => {}, /no database/],
  ["an older schema", (db: Database.Database) => db.pragma("user_version = 0"), /version 0/],
])("a reader makes nothing and brings nothing forward: %s", async (title, change, found) => {
  const place = title === "no file at all" ? makeSqlitePlace() : await makeFilled();
  if (existsSync(place.path)) onFile(place, change);
  const missing = expect.objectContaining({ kind: "notFound" });
  const thrown = thrownBy(() => openReader(place.path));
  expect(thrown).toEqual(fault("store.missing", found));
  expect(thrown).toEqual(missing);
  expect(held(place)).toEqual([]);
});

test.each([
  ["NFS", 0x6969],
  ["CIFS", 0xff534d42],
  ["SMB2", 0xfe534d42],
  ["SMB", 0x517b],
])("a database on %s is refused before it is made", (name, type) => {
  const path = join(emptyFolder(), "state", "orchestrator.db");
  const stat = vi.spyOn(fs, "statfsSync");
  stat.mockReturnValue({ type } as fs.StatsFs);
  syncBuiltinESMExports();
  const found = new RegExp(`network file system \\(${name}\\)`);
  expect(thrownBy(() => openStore(path))).toEqual(fault("store.network", found));
  expect(existsSync(path)).toBe(false);
});

test("a workspace whose folder does not exist yet is made", async () => {
  const path = join(emptyFolder(), "state", "deep", "orchestrator.db");
  await openStore(path).close();
  await openReader(path).close();
  const marks = onFile({ path } as SqlitePlace, (db) => [
    db.pragma("application_id", { simple: true }),
    db.pragma("user_version", { simple: true }),
    db.pragma("journal_mode", { simple: true }),
  ]);
  expect(marks).toEqual([APPLICATION_ID, MIGRATIONS.length, "wal"]);
});

test("a file where the folder should be is a fault", () => {
  const file = join(emptyFolder(), "state");
  writeFileSync(file, "");
  for (const path of [join(file, "orchestrator.db"), join(file, "deep", "orchestrator.db")]) {
    expect(thrownBy(() => openStore(path))).toEqual(fault("store.read-only", /cannot be written/));
  }
});

test("an acknowledged commit is on the disk: the log is synced with every one", () => {
  const { db } = openForWriting(makeSqlitePlace().path);
  onTestFinished(() => void db.close());
  expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
  expect(db.pragma("synchronous", { simple: true })).toBe(2);
});

test("six processes may open a new store at the same moment", async () => {
  const place = makeSqlitePlace();
  const remotes = Array.from({ length: 6 }, () => place.startRemote());
  await Promise.all(remotes.map((each, n) => each.call("send", [event(`e${n}`)])));
  const { store, fence } = await openTerm(place);
  expect(await store.pull(fence, 9)).toHaveLength(6);
  expect(await store.check()).toEqual([]);
});

/** Opens a store that somebody else makes just before our question number `moment`. */
async function openMeddled({ path }: SqlitePlace, moment: number): Promise<boolean> {
  let asked = 0;
  for (const question of ["prepare", "pragma"] as const) {
    const ask = Database.prototype[question] as (...args: unknown[]) => never;
    const meddled = function (this: Database.Database, ...args: unknown[]): never {
      if (!this.inTransaction) asked += 1; // within one nobody comes between
      if (!this.inTransaction && asked === moment) void openStore(path).close();
      return ask.apply(this, args);
    };
    vi.spyOn(Database.prototype, question).mockImplementation(meddled);
  }
  await openStore(path).close();
  vi.restoreAllMocks();
  return asked >= moment;
}

test("a store may be made by another process between any two questions of ours", async () => {
  let moment = 1;
  while (moment < 40 && (await openMeddled(makeSqlitePlace(), moment))) moment += 1;
  expect(moment).toBeGreaterThan(8);
});

test("where the system has no file watches left, the slow look does alone", () => {
  const program = new URL("../fixtures/store/listener.ts", import.meta.url).pathname;
  const path = join(emptyFolder(), "orchestrator.db");
  expect(JSON.parse(runUnwatched(program, path))).toEqual({ wakes: 1 });
});

test("a bell that cannot be rung makes no failure of what is on disk already", async () => {
  const place = makeSqlitePlace();
  const sender = openAt(place);
  fs.mkdirSync(`${place.path}-bell`);
  await sender.send([event("e1")]);
  const { store, fence } = await openTerm(place, new ManualClock());
  expect(await store.pull(fence, 9)).toHaveLength(1);
  expect(await store.commit(fence, group([]))).toEqual([]);
});
