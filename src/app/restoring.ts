/**
 * Restores the database from a backup. What is there is put aside first, and nothing is replaced
 * while work is under way. The files change places when the database is opened next.
 *
 * Y1 From the safety copy on nothing more is committed, so whatever was accepted is in that copy; who
 *    calls later is answered by whoever opens the restored database.
 * Y2 That it was restored stands in the restored journal under the key of the call: repeated, the
 *    call is answered from there.
 * Y3 A restored database dispatches nothing before somebody says so.
 */
import { existsSync } from "node:fs";
import { actorId } from "../../machines/protocol.ts";
import { systemClock } from "../clock.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { FaultError } from "../fault.ts";
import type { Host } from "../host/host.ts";
import { ownerHere } from "../host/owner.ts";
import type { Happening, SnapshotRecord } from "../host/record.ts";
import { backupFile, backupsFolder, newBackupId, shelve } from "../store/backup-files.ts";
import type { BackupNote } from "../store/backup-files.ts";
import type { Store } from "../store/port.ts";
import { copyAsIs, isStaged, stage } from "../store/sqlite/staging.ts";
import { openStore } from "../store/sqlite/store.ts";
import { databaseIn, refuseBusy, soundBackup } from "./restore-checks.ts";

export interface RestoreRequest {
  readonly id: string;
  /** What makes a repetition of this call known, and whose it is, for the journal. */
  readonly key: string | null;
  readonly cause: string;
}

export interface RestoringApp {
  readonly config: Pick<Config, "state_root">;
  readonly store: Store;
  readonly host: Host;
  readonly restart?: (() => void) | null;
}

/** In the process that works: it ends after this, and the next one opens what was put back. */
export async function restoreAtWork(
  { config, store, host, restart = null }: RestoringApp,
  request: RestoreRequest,
): Promise<string> {
  const note = await soundBackup(config.state_root, request.id);
  if (restart === null) throw noSuccessor();
  const thaw = await host.freeze();
  if (thaw === null) throw underWay();
  try {
    await refuseBusy(store);
    const { id: safetyId } = await shelveSafety(config.state_root, request.id, store);
    await stageBackup(config.state_root, note, { ...request, safetyId });
    restart();
    return safetyId;
  } catch (thrown) {
    thaw();
    throw thrown;
  }
}

/** What is put aside: a backup, or, of a database that cannot be read, its files as they are. */
export interface Aside {
  readonly safetyId: string | null;
  readonly files: string | null;
}

/** Where nobody is at work: the files change places at once. */
export async function restoreAlone(
  { state_root: stateRoot }: Pick<Config, "state_root">,
  request: RestoreRequest,
): Promise<Aside> {
  const note = await soundBackup(stateRoot, request.id);
  const path = databaseIn(stateRoot);
  const aside = await putAside(stateRoot, request.id);
  await stageBackup(stateRoot, note, { ...request, safetyId: aside.safetyId });
  const restored = openStore(path, systemClock);
  await restored.close();
  if (isStaged(path)) throw taken();
  return aside;
}

async function putAside(stateRoot: string, id: string): Promise<Aside> {
  const path = databaseIn(stateRoot);
  if (!existsSync(path)) return { safetyId: null, files: null };
  try {
    const store = openStore(path, systemClock);
    try {
      const fence = await store.acquire(ownerHere("wvo backup restore"));
      try {
        await refuseBusy(store);
        return { safetyId: (await shelveSafety(stateRoot, id, store)).id, files: null };
      } finally {
        await store.release(fence);
      }
    } finally {
      await store.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof FaultError) || !UNREADABLE.has(thrown.code)) throw thrown;
    const files = `${backupsFolder(stateRoot)}/${newBackupId(systemClock)}-unreadable.db`;
    copyAsIs(path, files);
    return { safetyId: null, files };
  }
}

/** Codes of faults of a database from which no copy can be made that would be whole. */
const UNREADABLE = new Set(["store.corrupt", "store.copy-damaged", "store.newer"]);

function shelveSafety(stateRoot: string, id: string, store: Store): Promise<BackupNote> {
  const label = `before the restore of ${id}`;
  const atMs = systemClock.now();
  const wanted = { id: newBackupId(systemClock), label, atMs, isSafety: true };
  return shelve(stateRoot, wanted, (path) => store.copyTo(path));
}

interface Told extends RestoreRequest {
  readonly safetyId: string | null;
}

function stageBackup(stateRoot: string, note: BackupNote, told: Told): Promise<void> {
  const clock: Clock = systemClock;
  const from = backupFile(stateRoot, note.id);
  const prepare = (store: Store): Promise<void> => tellRestored(store, note, told);
  return stage(databaseIn(stateRoot), { from, clock, prepare });
}

/** Into the inbox of the copy, where it is found before anything else is done. */
async function tellRestored(
  store: Store,
  { id, label }: BackupNote,
  { key, cause, safetyId }: Told,
): Promise<void> {
  const actor = actorId.backup(id);
  const mark = `restore:${systemClock.newId()}`;
  const told = (to: string, name: string, happening: Happening) => {
    return { id: `${mark}:${name}`, actor: to, body: JSON.stringify(happening), cause };
  };
  const stop = { type: "stop", agents: [] };
  const restored = { type: "restored", safetyId };
  const record = told(actor, "restored", { kind: "event", event: restored });
  await store.send([
    ...((await isDispatching(store))
      ? [told(actorId.coordinator, "stop", { kind: "event", event: stop })]
      : []),
    // A copy that a restore has made does not hold an actor of its own.
    ...((await store.read(actor)) === null
      ? [told(actor, "start", { kind: "start", input: { id, label } })]
      : []),
    { ...record, id: key ?? record.id },
  ]);
}

async function isDispatching(store: Store): Promise<boolean> {
  const stored = await store.read(actorId.coordinator);
  if (stored === null) return false;
  const { value } = JSON.parse(stored.snapshot) as SnapshotRecord;
  return value !== "stopped" && value !== "draining";
}

export const noSuccessor = (): FaultError =>
  new FaultError({
    code: "backup.no-supervisor",
    kind: "notAccepted",
    where: "this wvo run",
    found: "no supervisor that would begin anew on the restored database",
    expected: "a supervisor, or nobody at work",
    next: "end wvo run, then wvo backup restore; or ask again after wvo up",
  });

const underWay = (): FaultError =>
  new FaultError({
    code: "backup.restoring",
    kind: "notAccepted",
    where: "the database",
    found: "another restore under way",
    expected: "one at a time",
    next: "look with backup_list what was put aside, then ask again",
    retriable: true,
  });

const taken = (): FaultError =>
  new FaultError({
    code: "backup.taken",
    where: "the database",
    found: "somebody who has begun to work on it meanwhile",
    expected: "nobody at work",
    next: "end it: the backup takes its place when the database is opened next",
  });
