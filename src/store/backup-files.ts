/**
 * The shelf of backups: each a file, with a note beside it that says what it is. The notes are the
 * truth of what there is: a database that was restored from one backup does not know the later ones.
 *
 * H1 A backup of its name is there whole or not at all; its note is there before it.
 * H2 Nothing here is ever deleted: which backup is not wanted any more only people know.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { isoTime } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { FaultError } from "../fault.ts";
import { flush } from "./flushing.ts";

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
/** Backups that people may keep here; more belong where backups of everything else go. */
export const BACKUPS_MAX = 40;
/** Restores keep what was there before, also where the shelf is full: so many more. */
export const SAFETY_PLACES = 10;
const ID = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;
const FILE = /^(.+)\.(?:db|json)$/;

const noteShape = z.object({
  id: z.string().regex(ID),
  label: z.string().nullable(),
  at_ms: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  seq: z.number(),
  is_safety: z.boolean(),
});
/** What is known of a backup without opening it. */
export type BackupNote = z.output<typeof noteShape>;

export interface Shelved {
  readonly id: string;
  /** Null where it was lost, or cannot be read. */
  readonly note: BackupNote | null;
  /** By its size alone: its hash is looked at before a restore. */
  readonly file: "whole" | "damaged" | "missing";
}

export const backupsFolder = (stateRoot: string): string => join(stateRoot, "backups");
export const backupFile = (stateRoot: string, id: string): string =>
  join(backupsFolder(stateRoot), `${id}.db`);
const noteFile = (stateRoot: string, id: string): string =>
  join(backupsFolder(stateRoot), `${id}.json`);

/** Every backup, the newest first: ids begin with their second, notes know more. */
export function shelf(stateRoot: string): readonly Shelved[] {
  const ids = namesIn(backupsFolder(stateRoot)).flatMap((name) => FILE.exec(name)?.[1] ?? []);
  const own = [...new Set(ids)].filter((id) => ID.test(id)).toSorted();
  return own
    .map((id) => shelved(stateRoot, id))
    .toSorted((a, b) => secondOf(a).localeCompare(secondOf(b)) || atMsOf(a) - atMsOf(b))
    .toReversed();
}

const secondOf = ({ id }: Shelved): string => id.split("-", 1)[0] ?? "";
const atMsOf = ({ note }: Shelved): number => note?.at_ms ?? 0;

export function shelved(stateRoot: string, id: string): Shelved {
  const note = ID.test(id) ? readNote(noteFile(stateRoot, id)) : null;
  const bytes = statSync(backupFile(stateRoot, id), { throwIfNoEntry: false })?.size;
  if (bytes === undefined || !ID.test(id)) return { id, note, file: "missing" };
  return { id, note, file: bytes === note?.bytes ? "whole" : "damaged" };
}

function readNote(path: string): BackupNote | null {
  try {
    return noteShape.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null; // it is told as lost
  }
}

export interface Wanted {
  readonly id: string;
  readonly label: string | null;
  readonly atMs: number;
  readonly isSafety: boolean;
}

/**
 * Puts a copy on the shelf, which `copy` writes to the path it is given. One that is there already
 * is left: a copy asked for again after a crash, or by a restored database, would be another one.
 */
export async function shelve(
  stateRoot: string,
  { id, label, atMs, isSafety }: Wanted,
  copy: (path: string) => Promise<{ readonly seq: number }>,
): Promise<BackupNote> {
  const { note, file } = shelved(stateRoot, id);
  if (note !== null && file === "whole") return note;
  refuseFull(stateRoot, id, isSafety ? BACKUPS_MAX + SAFETY_PLACES : BACKUPS_MAX);
  const folder = backupsFolder(stateRoot);
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const draft = `${backupFile(stateRoot, id)}.draft`;
  const seq = await copyInto(draft, copy);
  const { size: bytes } = statSync(draft);
  const sha256 = await hashOf(draft);
  const made = { id, label, at_ms: atMs, bytes, sha256, seq, is_safety: isSafety };
  const noteDraft = `${noteFile(stateRoot, id)}.draft`;
  writeFileSync(noteDraft, JSON.stringify(made), { mode: OWNER_ONLY_FILE, flush: true });
  renameSync(noteDraft, noteFile(stateRoot, id));
  renameSync(draft, backupFile(stateRoot, id));
  flush(folder);
  return made;
}

/** A copy that failed takes no room: on a full disk it would keep it full. */
async function copyInto(
  draft: string,
  copy: (path: string) => Promise<{ readonly seq: number }>,
): Promise<number> {
  try {
    const { seq } = await copy(draft);
    flush(draft);
    return seq;
  } catch (thrown) {
    rmSync(draft, { force: true });
    throw thrown;
  }
}

/** Read in pieces: a database may be larger than what fits into memory. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Refuses one more where the shelf is full. */
export function refuseFull(stateRoot: string, id: string, placesMax = BACKUPS_MAX): void {
  const others = shelf(stateRoot).filter((each) => each.id !== id && each.file !== "missing");
  if (others.length < placesMax) return;
  throw new FaultError({
    code: "backup.full",
    kind: "notAccepted",
    where: backupsFolder(stateRoot),
    found: `${others.length} backups`,
    expected: `fewer than ${placesMax}`,
    next: "move the ones that are not wanted here away, each with its .json file",
  });
}

/** The time, for people and for the order, and something that two of one second do not share. */
export function newBackupId(clock: Clock): string {
  const time = isoTime(clock.now()).replaceAll(/[-:]|\.\d+/gu, "");
  return `${time}-${createHash("sha256").update(clock.newId()).digest("hex").slice(0, 6)}`;
}

const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder) : [];
