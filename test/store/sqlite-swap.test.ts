/** A staged database takes the place of the present one, wherever a SIGKILL cuts that off. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ownerHere } from "../../src/host/owner.ts";
import { lossOf, stage } from "../../src/store/sqlite/staging.ts";
import { openReader, openStore } from "../../src/store/sqlite/store.ts";
import { oldBeside, stagedBeside } from "../../src/store/sqlite/swap.ts";
import type { OnStep } from "../../src/store/sqlite/swap.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { emptyFolder } from "../support/workbench.ts";
import { event, group, step } from "./samples.ts";
import { makeSqlitePlace } from "./sqlite-place.ts";

const PROGRAM = new URL("../fixtures/store/swap.ts", import.meta.url).pathname;
const STEPS: readonly Parameters<OnStep>[0][] = [
  "lock",
  "epoch",
  "aside",
  "beside",
  "place",
  "flush",
];
const clock = new ManualClock();

/**
 * A backup of one task, then a second one, in terms that went on; the last owner was killed, so its
 * commits lie in the log alone. The backup is staged, and knows an event more.
 */
async function openScene() {
  const place = makeSqlitePlace();
  const { path } = place;
  const store = openStore(path, clock);
  await store.commit(await store.acquire(ownerHere("first")), group([step("task:old", 0)]));
  const backup = join(emptyFolder(), "backup.db");
  await store.copyTo(backup);
  const remote = place.startRemote();
  const fence = await remote.acquire(true);
  await remote.call("commit", fence, group([step("task:new", 0)]));
  await remote.kill();
  await store.close();
  const prepare = (staged: typeof store) => staged.send([event("restored")]);
  await stage(path, { from: backup, clock, prepare });
  return { path, backup, fence };
}

const actorsIn = async (path: string): Promise<readonly string[]> => {
  const reader = openReader(path);
  const actors = (await reader.actors("", 10)).map(({ actor }) => actor);
  expect(await reader.check()).toEqual([]);
  await reader.close();
  return actors;
};

test.each([...STEPS, "never"])(
  "killed before the step %s, it is gone on with",
  async (killedAt) => {
    const { path, fence } = await openScene();
    const { signal } = spawnSync(process.execPath, [PROGRAM, path, killedAt]);
    expect(signal).toBe(killedAt === "never" ? null : "SIGKILL");
    // Whatever a kill has left, there is always one of the two whole, and who opens it sees the new.
    expect(await actorsIn(path)).toEqual(["task:old"]);
    const store = openStore(path, clock);
    expect(await store.fate("restored")).toEqual({ kind: "waiting" });
    const next = await store.acquire(ownerHere("next"));
    expect(next.epoch).toBeGreaterThan(fence.epoch);
    await expect(store.commit(fence, group([step("task:late", 0)]))).rejects.toThrow("epoch");
    await store.close();
    expect(await actorsIn(oldBeside(path))).toEqual(["task:new", "task:old"]);
    expect(existsSync(stagedBeside(path))).toBe(false);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  },
);

test("a log of the old database never meets the new one", async () => {
  const { path } = await openScene();
  const log = `${path}-wal`;
  spawnSync(process.execPath, [PROGRAM, path, "beside"]);
  cpSync(oldBeside(path), `${path}-journal`);
  writeFileSync(log, "the log of another database");
  expect(await actorsIn(path)).toEqual(["task:old"]);
});

test("while the owner of the old database lives, it stays", async () => {
  const { path } = await openScene();
  const other = openStore(path, clock);
  await other.close();
  const store = openStore(path, clock);
  const fence = await store.acquire(ownerHere("worker"));
  await stage(path, { from: oldBeside(path), clock, prepare: async () => {} });
  expect(await actorsIn(path)).toEqual(["task:old"]);
  await store.commit(fence, group([step("task:present", 0)]));
  expect(await actorsIn(path)).toEqual(["task:old", "task:present"]);
  await store.release(fence);
  await store.close();
  expect(await actorsIn(path)).toEqual(["task:new", "task:old"]);
});

test("a database that cannot be read, and one that is not there, give way", async () => {
  const { path, backup } = await openScene();
  writeFileSync(path, "no database at all, and long enough to be looked at as one");
  expect(await actorsIn(path)).toEqual(["task:old"]);
  const nowhere = join(emptyFolder(), "orchestrator.db");
  await stage(nowhere, { from: backup, clock, prepare: async () => {} });
  expect(await actorsIn(nowhere)).toEqual(["task:old"]);
});

test("what would be lost is what the backup does not have", async () => {
  const { path, backup } = await openScene();
  spawnSync(process.execPath, [PROGRAM, path, "never"]);
  expect(lossOf(oldBeside(path), backup, "task:")).toEqual({ events: 1, actors: ["task:new"] });
  expect(lossOf(oldBeside(path), backup, "agent:")).toEqual({ events: 1, actors: [] });
  expect(lossOf(path, backup, "task:")).toEqual({ events: 0, actors: [] });
});

test("a staging that fails leaves nothing, and the present database as it is", async () => {
  const { path } = makeSqlitePlace();
  const store = openStore(path, clock);
  const backup = join(emptyFolder(), "backup.db");
  await store.copyTo(backup);
  const before = readdirSync(dirname(path)).toSorted();
  const prepare = (): Promise<void> => Promise.reject(new Error("no space"));
  await expect(stage(path, { from: backup, clock, prepare })).rejects.toThrow("no space");
  expect(readdirSync(dirname(path)).toSorted()).toEqual(before);
  await store.close();
});
