/** Copies of a database that is written meanwhile, by this process and by another one. */
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { nextTurn } from "../../src/clock.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { lookThrough } from "../../src/store/sqlite/copy.ts";
import { openReader } from "../../src/store/sqlite/store.ts";
import type { Store } from "../../src/store/port.ts";
import { CHURNED_ACTORS, churnedGroup } from "../fixtures/store/churn.ts";
import { emptyFolder } from "../support/workbench.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { group, step } from "./samples.ts";
import { makeSqlitePlace } from "./sqlite-place.ts";

const HEAVY = "x".repeat(200_000);
/** A copy that waits for the database to stand still is given up after so many commits. */
const GROWN_MAX = 100;

/** Some 40 MB, so that a copy takes many steps. */
async function fill(store: Store): Promise<void> {
  const fence = await store.acquire(ownerHere("filler"));
  for (let number = 0; number < 200; number += 1) {
    const snapshot = JSON.stringify(HEAVY);
    await store.commit(fence, group([step(`heavy:${number}`, 0, { snapshot })]));
  }
  await store.release(fence);
}

/** The version of every actor in a copy: a group is in it whole or not at all. */
async function versionsIn(path: string): Promise<readonly number[]> {
  const reader = openReader(path);
  const stored = await Promise.all(CHURNED_ACTORS.map((actor) => reader.read(actor)));
  await reader.close();
  return [...new Set(stored.map((each) => each?.version ?? 0))];
}

test("a copy made while this process commits is whole, and of one moment", async () => {
  const place = makeSqlitePlace();
  const store = place.open(new ManualClock());
  await fill(store);
  const fence = await store.acquire(ownerHere("writer"));
  const path = join(emptyFolder(), "copy.db");
  const ended = new AbortController();
  const copying = store.copyTo(path).finally(() => ended.abort());
  let version = 0;
  while (!ended.signal.aborted) {
    await store.commit(fence, churnedGroup(version));
    version += 2;
    await nextTurn();
  }
  const { seq } = await copying;
  expect(version).toBeGreaterThan(10);
  expect(lookThrough(path)).toEqual({ seq });
  expect(seq).toBeGreaterThan(200);
  expect(await versionsIn(path)).toHaveLength(1);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(path))).toEqual([basename(path)]);
  await store.close();
});

test("a copy comes to an end while another process commits without end", async () => {
  const place = makeSqlitePlace();
  const store = place.open(new ManualClock());
  await fill(store);
  const remote = place.startRemote();
  await remote.churn(await remote.acquire(), 5);
  const path = join(emptyFolder(), "copy.db");
  const { seq } = await store.copyTo(path);
  await remote.kill();
  expect(lookThrough(path)).toEqual({ seq });
  expect(await versionsIn(path)).toHaveLength(1);
  await store.close();
});

test("a copy comes to an end while the database grows before every step of it", async () => {
  const place = makeSqlitePlace();
  const store = place.open(new ManualClock());
  await fill(store);
  const other = new Database(place.path);
  other.exec("CREATE TABLE growth (text TEXT)");
  const grow = other.prepare("INSERT INTO growth VALUES (?)");
  const path = join(emptyFolder(), "copy.db");
  const ended = new AbortController();
  const copying = store.copyTo(path).finally(() => ended.abort());
  let grown = 0;
  while (!ended.signal.aborted && grown < GROWN_MAX) {
    grow.run(HEAVY);
    grown += 1;
    await nextTurn();
  }
  other.close();
  const { seq } = await copying;
  expect(grown).toBeLessThan(GROWN_MAX);
  expect(lookThrough(path)).toEqual({ seq });
  await store.close();
});

test("what an earlier attempt has left is written over", async () => {
  const store = makeSqlitePlace().open(new ManualClock());
  const path = join(emptyFolder(), "copy.db");
  for (const end of ["", "-wal", "-shm", "-journal"]) writeFileSync(`${path}${end}`, HEAVY);
  expect(await store.copyTo(path)).toEqual({ seq: 0 });
  expect(readdirSync(dirname(path))).toEqual([basename(path)]);
  await store.close();
});

test("a copy that is damaged, cut off, no database or another program's is refused", async () => {
  const store = makeSqlitePlace().open(new ManualClock());
  await fill(store);
  const path = join(emptyFolder(), "copy.db");
  await store.copyTo(path);
  await store.close();
  const codeOf = (act: () => void): unknown => {
    act();
    try {
      lookThrough(path);
      return null;
    } catch (thrown) {
      return (thrown as { code?: string }).code;
    }
  };
  expect(codeOf(() => {})).toBeNull();
  const whole = new Database(path);
  expect(codeOf(() => void whole.pragma("application_id = 7"))).toBe("store.foreign");
  whole.pragma("application_id = 0x5756414e");
  whole.close();
  expect(codeOf(() => writeFileSync(path, HEAVY))).toBe("store.corrupt");
  expect(codeOf(() => writeFileSync(path, ""))).toBe("store.copy-damaged");
});
