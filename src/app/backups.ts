/** Backups of the database: how one is made, and what is told of those that are there. */
import type { BackupContext } from "../../machines/backup.ts";
import type { BackupInput, Copied } from "../../machines/copies.ts";
import { actorId } from "../../machines/protocol.ts";
import { isoTime } from "../clock.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { FaultError } from "../fault.ts";
import type { SnapshotRecord } from "../host/record.ts";
import { shelf, shelve } from "../store/backup-files.ts";
import type { BackupNote } from "../store/backup-files.ts";
import type { Store, StoreReader } from "../store/port.ts";

/** What a person may call a backup. */
export const LABEL_CHARS_MAX = 200;

interface CopyingParts {
  readonly config: Pick<Config, "state_root">;
  readonly store: Pick<Store, "copyTo">;
  readonly clock: Clock;
}

/** The effect of a backup that was asked for. */
export const copyHandler =
  ({ config, store, clock }: CopyingParts) =>
  async ({ id, label }: BackupInput): Promise<Copied> => {
    const wanted = { id, label, atMs: clock.now(), isSafety: false };
    return copied(await shelve(config.state_root, wanted, (path) => store.copyTo(path)));
  };

const copied = ({ bytes, sha256, seq, at_ms: atMs }: BackupNote): Copied => ({
  bytes,
  sha256,
  seq,
  atMs,
});

/** The newest ones, as people and clients are told of them. */
export const backupsOf = ({ state_root: stateRoot }: Pick<Config, "state_root">, limit: number) =>
  shelf(stateRoot)
    .slice(0, limit)
    .map(({ id, note, file }) => ({
      backup_id: id,
      label: note?.label ?? null,
      at: note === null ? null : isoTime(note.at_ms),
      bytes: note?.bytes ?? null,
      sha256: note?.sha256 ?? null,
      is_safety: note?.is_safety ?? false,
      file,
    }));

/** What came of a backup that was asked for: throws the reason where there is none. */
export async function madeBackup(store: StoreReader, id: string) {
  const stored = await store.read(actorId.backup(id));
  const { value, context } = JSON.parse(stored?.snapshot ?? "{}") as Partial<SnapshotRecord>;
  const { copy = null, reason = null } = (context ?? {}) as Partial<BackupContext>;
  if (value === "failed") throw notMade(id, reason ?? "no reason");
  return {
    isUnderWay: value === "creating",
    bytes: copy?.bytes ?? null,
    sha256: copy?.sha256 ?? null,
  };
}

const notMade = (id: string, found: string): FaultError =>
  new FaultError({
    code: "backup.failed",
    where: `backup ${id}`,
    found,
    expected: "a copy that is whole",
    next: "see to the reason, then ask for another backup",
  });
