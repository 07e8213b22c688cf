/** What is looked at before a restore: the backup itself, what would be lost, and who is at work. */
import { join } from "node:path";
import { actorId } from "../../machines/protocol.ts";
import type { Config } from "../config/load.ts";
import { FaultError } from "../fault.ts";
import type { SnapshotRecord } from "../host/record.ts";
import { backupFile, backupsFolder, hashOf, shelved } from "../store/backup-files.ts";
import type { BackupNote } from "../store/backup-files.ts";
import type { StoreReader } from "../store/port.ts";
import { lookThrough } from "../store/sqlite/copy.ts";
import { lossOf } from "../store/sqlite/staging.ts";

export const databaseIn = (stateRoot: string): string => join(stateRoot, "orchestrator.db");

/** The backup, read whole. Throws a fault where it is not there or not what was written. */
export async function soundBackup(stateRoot: string, id: string): Promise<BackupNote> {
  const { note, file } = shelved(stateRoot, id);
  const path = backupFile(stateRoot, id);
  if (file === "missing") throw unknownBackup(stateRoot, id);
  if (note === null) throw unsound(path, "no note that says what it is");
  if (file === "damaged") throw unsound(path, `another size than the ${note.bytes} bytes written`);
  if ((await hashOf(path)) !== note.sha256) throw unsound(path, "other bytes than were written");
  lookThrough(path);
  return note;
}

/** What a restore would take back: the events since then, and the tasks they were about. */
export function lossBy({ state_root: stateRoot }: Pick<Config, "state_root">, id: string) {
  const prefix = actorId.task("");
  const { events, actors } = lossOf(databaseIn(stateRoot), backupFile(stateRoot, id), prefix);
  return { events, tasks: actors.map((actor) => actor.slice(prefix.length)) };
}

/** Tasks that are named in a refusal. */
const NAMED_MAX = 10;

/** Refuses where something is under way that would go on without the database knowing. */
export async function refuseBusy(store: StoreReader): Promise<void> {
  const { views } = store;
  const tasks = (["in_progress", "needs_review"] as const).flatMap((status) =>
    views.tasksIn(status, NAMED_MAX).map(({ id }) => `task ${id} ${status}`),
  );
  const agents = views.agents().filter(({ status }) => status === "busy");
  const merges = views.mergeRequests().filter(({ in_slot: isIn }) => isIn === 1);
  const found = [
    ...((await isStopped(store)) ? [] : ["the autopilot is not stopped"]),
    ...tasks.slice(0, NAMED_MAX),
    ...agents.map(({ agent_id: id }) => `agent ${id} at work`),
    ...merges.map(({ id }) => `${id} under way`),
  ];
  if (found.length > 0) throw busy(found.join(", "));
}

async function isStopped(store: StoreReader): Promise<boolean> {
  const stored = await store.read(actorId.coordinator);
  return stored === null || (JSON.parse(stored.snapshot) as SnapshotRecord).value === "stopped";
}

const busy = (found: string): FaultError =>
  new FaultError({
    code: "backup.busy",
    kind: "notAccepted",
    where: "the work",
    found,
    expected: "a stopped autopilot, and no run, gate or merge under way",
    next: "wvo down (or autopilot_control stop, or end wvo run); when it is quiet, ask again",
  });

const unknownBackup = (stateRoot: string, id: string): FaultError =>
  new FaultError({
    code: "backup.unknown",
    kind: "notFound",
    where: backupsFolder(stateRoot),
    found: `no backup ${id}`,
    expected: "a backup whose file is there",
    next: "backup_list, or wvo backup list, shows what there is",
  });

const unsound = (where: string, found: string): FaultError =>
  new FaultError({
    code: "backup.damaged",
    where,
    found,
    expected: "the copy as it was made",
    next: "restore another one; backup_list shows what there is",
  });

/** The id must be repeated: what is there now is replaced. */
export const wrongConfirm = (id: string, found: string): FaultError =>
  new FaultError({
    code: "backup.confirm",
    kind: "invalid",
    where: "confirm",
    found,
    expected: id,
    next: "repeat the id of the backup, or leave it out to hear what would be lost",
  });
