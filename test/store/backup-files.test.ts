/** The shelf of backups: whole or not there, never a second one under a name, never too many. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { BACKUPS_MAX, backupFile, hashOf, newBackupId } from "../../src/store/backup-files.ts";
import { SAFETY_PLACES, shelf, shelve } from "../../src/store/backup-files.ts";
import { emptyFolder } from "../support/workbench.ts";

const idOf = (number: number): string => `20261121T2130${String(number).padStart(2, "0")}Z-00c0de`;
const wanted = (number: number, isSafety = false) => {
  return { id: idOf(number), label: null, atMs: number, isSafety };
};
const write = (text: string) => async (path: string) => {
  writeFileSync(path, text, { mode: 0o600 });
  return { seq: 7 };
};

test("a copy is there with its note, readable by its owner alone", async () => {
  const root = emptyFolder();
  const note = await shelve(root, { ...wanted(1), label: "first" }, write("copy"));
  const file = backupFile(root, idOf(1));
  const told = { id: idOf(1), label: "first", at_ms: 1, bytes: 4, seq: 7, is_safety: false };
  expect(note).toEqual({ ...told, sha256: await hashOf(file) });
  expect(shelf(root)).toEqual([{ id: idOf(1), note, file: "whole" }]);
  expect(readdirSync(join(root, "backups")).toSorted()).toEqual([
    `${idOf(1)}.db`,
    `${idOf(1)}.json`,
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(root, "backups", `${idOf(1)}.json`)).mode & 0o777).toBe(0o600);
  expect(statSync(join(root, "backups")).mode & 0o777).toBe(0o700);
});

test("one that is there is not copied again; one that was cut off is", async () => {
  const root = emptyFolder();
  const note = await shelve(root, wanted(1), write("copy"));
  expect(await shelve(root, wanted(1), write("another"))).toEqual(note);
  expect(readFileSync(backupFile(root, idOf(1)), "utf8")).toBe("copy");
  rmSync(backupFile(root, idOf(1)));
  expect(shelf(root)).toMatchObject([{ file: "missing" }]);
  expect(await shelve(root, wanted(1), write("another"))).toMatchObject({ bytes: 7 });
});

test("the newest come first, and what is damaged, lost or of others is told apart", async () => {
  const root = emptyFolder();
  expect(shelf(root)).toEqual([]);
  for (const number of [2, 1, 3]) await shelve(root, wanted(number), write("copy"));
  writeFileSync(backupFile(root, idOf(1)), "cop");
  rmSync(join(root, "backups", `${idOf(2)}.json`));
  writeFileSync(join(root, "backups", "notes.json"), "{}");
  writeFileSync(join(root, "backups", `${idOf(4)}.db.draft`), "half");
  const seen = shelf(root).map(({ id, note, file }) => [id, note !== null, file]);
  expect(seen).toEqual([
    [idOf(3), true, "whole"],
    [idOf(2), false, "damaged"],
    [idOf(1), true, "damaged"],
  ]);
});

test("a copy that fails leaves no backup", async () => {
  const root = emptyFolder();
  const copying = shelve(root, wanted(1), () => Promise.reject(new Error("no space")));
  await expect(copying).rejects.toThrow("no space");
  expect(shelf(root)).toEqual([]);
});

test("a full shelf takes no more, but for what a restore puts aside", async () => {
  const root = emptyFolder();
  for (let number = 0; number < BACKUPS_MAX; number += 1) {
    await shelve(root, wanted(number), write("copy"));
  }
  const late = shelve(root, wanted(BACKUPS_MAX), write("copy"));
  await expect(late).rejects.toMatchObject({ code: "backup.full" });
  expect(existsSync(backupFile(root, idOf(BACKUPS_MAX)))).toBe(false);
  for (let place = 0; place < SAFETY_PLACES; place += 1) {
    await shelve(root, wanted(BACKUPS_MAX + place, true), write("copy"));
  }
  const last = shelve(root, wanted(BACKUPS_MAX + SAFETY_PLACES, true), write("copy"));
  await expect(last).rejects.toMatchObject({ code: "backup.full" });
});

test("an id is its time and something of its own", () => {
  const clock = { ...systemClock, now: () => 1_795_296_600_123 };
  const ids = [newBackupId(clock), newBackupId(clock)];
  for (const id of ids) expect(id).toMatch(/^20261121T213000Z-[0-9a-f]{6}$/);
  expect(ids[0]).not.toBe(ids[1]);
});
