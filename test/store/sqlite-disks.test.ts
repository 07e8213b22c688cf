/** Disks that take nothing more, or nothing at all: real ones, mounted for the test. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FaultError } from "../../src/fault.ts";
import { ownerHere } from "../../src/host/owner.ts";
import type { Fence, Store } from "../../src/store/port.ts";
import { openReader, openStore } from "../../src/store/sqlite/store.ts";
import { churnedGroup } from "../fixtures/store/churn.ts";
import { freeze, makeReadOnly, mountMemory, stuff } from "./mounts.ts";
import { only, openAt, openTerm } from "./place.ts";
import { effect, event, step } from "./samples.ts";
import { makeSqlitePlace } from "./sqlite-place.ts";
import { proveEffects, proveWhole } from "./wholeness.ts";

const DISK_KIB = 1_024;
const COMMITS_MAX = 1_000;
const fault = (code: RegExp) =>
  expect.objectContaining({ name: "FaultError", code: expect.stringMatching(code) });
const readOnly = fault(/^store\.read-only$/);
const FULL = /^store\.(full|io)$/;
const full = fault(FULL);

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return "nothing was thrown";
}

/** Commits until the disk is full; gives back the last version that was acknowledged. */
async function fill(store: Store, fence: Fence): Promise<number> {
  for (let version = 0; version < COMMITS_MAX; version += 2) {
    const thrown: unknown = await store.commit(fence, churnedGroup(version)).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (thrown instanceof FaultError && FULL.test(thrown.code)) return version;
    if (thrown !== null) throw thrown;
  }
  throw new Error("the disk did not fill");
}

/** A file that takes up space until it is removed. */
function ballast(folder: string, kib: number): () => void {
  const path = join(folder, "ballast");
  writeFileSync(path, Buffer.alloc(kib * 1_024));
  return () => rmSync(path);
}

test.each([350, 367, 384, 401])(
  "a full disk is a fault; what was acknowledged stays and nothing is half there (%i KiB less)",
  async (kib) => {
    const folder = mountMemory(DISK_KIB);
    const free = ballast(folder, kib);
    const { store, fence, place } = await openTerm(makeSqlitePlace(folder));
    const acknowledged = await fill(store, fence);
    expect(acknowledged).toBeGreaterThan(0);
    expect(await proveWhole(store, fence)).toBe(acknowledged);
    await expect(store.commit(fence, churnedGroup(acknowledged))).rejects.toEqual(full);
    free();
    expect(await store.commit(fence, churnedGroup(acknowledged))).toHaveLength(40);
    expect(await proveWhole(store, fence)).toBe(acknowledged + 2);
    await store.release(fence);
    await store.close();
    const again = await openTerm(place);
    expect(await proveWhole(again.store, again.fence)).toBe(acknowledged + 2);
    await proveEffects(again.store, acknowledged + 2);
  },
);

test("an owner that ends on a full disk finds everything acknowledged when there is space", async () => {
  const folder = mountMemory(DISK_KIB);
  const free = ballast(folder, 250);
  const place = makeSqlitePlace(folder);
  const first = await openTerm(place);
  const acknowledged = await fill(first.store, first.fence);
  await first.store.close();
  free();
  const store = openAt(place);
  const fence = await store.acquire(ownerHere("test"), true);
  expect(await proveWhole(store, fence)).toBe(acknowledged);
});

test("a result and an event that find the disk full change nothing, and arrive later", async () => {
  const folder = mountMemory(DISK_KIB);
  const { store, fence, commit } = await openTerm(makeSqlitePlace(folder));
  await commit(step("a:1", 0, { effects: [effect("e1")] }));
  const claim = only(await store.claim({ worker: "w", kinds: ["work"], limit: 1, leaseMs: 9 }));
  const free = stuff(folder);
  const body = JSON.stringify("x".repeat(64 * 1_024));
  await expect(store.finish(claim, event("e1!", { body }))).rejects.toEqual(full);
  await expect(store.send([event("e2", { body })])).rejects.toEqual(full);
  expect(await store.pull(fence, 9)).toEqual([]);
  free();
  await store.finish(claim, event("e1!", { body }));
  await store.send([event("e2", { body })]);
  expect(await store.pull(fence, 9)).toHaveLength(2);
});

test("no store can be made on a full disk, and one can when there is space", async () => {
  const folder = mountMemory(DISK_KIB);
  const free = stuff(folder);
  const place = makeSqlitePlace(folder);
  expect(thrownBy(() => openAt(place))).toEqual(full);
  free();
  const { store, commit } = await openTerm(place);
  expect(await commit(step("a:1", 0))).toEqual([{ ok: true, version: 1 }]);
  expect(await store.check()).toEqual([]);
});

test("a store on a read-only file system is refused, and so is making one", async () => {
  const folder = mountMemory(DISK_KIB);
  const place = makeSqlitePlace(folder);
  const { path } = place;
  const { store, fence } = await openTerm(place);
  await store.release(fence);
  await store.close();
  const before = readFileSync(path);
  makeReadOnly(folder);
  expect(thrownBy(() => openAt(place))).toEqual(readOnly);
  expect(thrownBy(() => openReader(path))).toEqual(readOnly);
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(thrownBy(() => openStore(join(folder, "another.db")))).toEqual(readOnly);
  expect(thrownBy(() => openStore(join(folder, "deep/another.db")))).toEqual(readOnly);
});

test("a file that nobody may change is refused, whoever we are", async () => {
  const place = makeSqlitePlace();
  const { store, fence } = await openTerm(place);
  await store.release(fence);
  await store.close();
  freeze(place.path);
  const again = openAt(place);
  await expect(again.acquire(ownerHere("test"))).rejects.toEqual(readOnly);
  await expect(again.send([event("e1")])).rejects.toEqual(readOnly);
});
