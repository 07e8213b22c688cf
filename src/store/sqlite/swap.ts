/**
 * Puts a staged database in the place of the present one. Whoever opens the database does it first,
 * so that a restore which was cut off is gone on with.
 *
 * X1 While somebody lives who owns the present database, nothing is moved.
 * X2 The staged file is there until it has taken the place, and nothing of the old database lies
 *    beside it then: SQLite would take an old log for its own.
 * X3 The epoch only grows: an owner from before is fenced also in the database that was put back.
 */
import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { isAlive } from "../../processes/identity.ts";
import type { ProcessIdentity } from "../../processes/identity.ts";
import { flush } from "../flushing.ts";

/** What SQLite lays beside a file while it is open, or was killed. */
export const BESIDE = ["-wal", "-shm", "-journal"] as const;
/** How long one who opens waits for another one who does the same. */
const LOCK_LIMIT_MS = 10_000;
const UNREADABLE = ["SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR"];

export const stagedBeside = (path: string): string => `${path}.restore`;
/** Where the database lies that was there before; the next restore writes over it. */
export const oldBeside = (path: string): string => `${path}.old`;

/** Called before each step that a kill could cut off: tests kill there. */
export type OnStep = (step: "lock" | "epoch" | "aside" | "beside" | "place" | "flush") => void;

export function finishRestore(path: string, onStep: OnStep = () => {}): void {
  if (!existsSync(stagedBeside(path))) return;
  onStep("lock");
  // A lock of SQLite's: it is gone with its process, however that ends.
  const lock = new Database(`${path}.restore-lock`, { timeout: LOCK_LIMIT_MS });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    if (existsSync(stagedBeside(path))) swap(path, onStep);
  } finally {
    lock.close();
  }
}

function swap(path: string, onStep: OnStep): void {
  const staged = stagedBeside(path);
  const old = oldBeside(path);
  const term = termOf(path);
  if (term.isLiving) return;
  onStep("epoch");
  carryEpoch(staged, term.epoch);
  onStep("aside");
  if (existsSync(path)) {
    for (const end of ["", ...BESIDE]) rmSync(`${old}${end}`, { force: true });
    renameSync(path, old);
  }
  onStep("beside");
  for (const end of BESIDE) if (existsSync(`${path}${end}`)) renameSync(`${path}${end}`, old + end);
  flush(dirname(path));
  onStep("place");
  renameSync(staged, path);
  onStep("flush");
  flush(dirname(path));
}

interface Term {
  readonly epoch: number;
  readonly isLiving: boolean;
}

/** Of a database that cannot be read nothing is known, and nobody can be at work on it. */
function termOf(path: string): Term {
  if (!existsSync(path)) return { epoch: 0, isLiving: false };
  const db = new Database(path, { timeout: LOCK_LIMIT_MS });
  try {
    const row = db.prepare("SELECT epoch, process FROM owner").get() as
      | { readonly epoch: number; readonly process: string | null }
      | undefined;
    if (row === undefined) return { epoch: 0, isLiving: false };
    const { epoch, process } = row;
    const isLiving = process !== null && isAlive(JSON.parse(process) as ProcessIdentity);
    // What is only in the log comes into the file that is put aside.
    if (!isLiving) db.pragma("wal_checkpoint(TRUNCATE)");
    return { epoch, isLiving };
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    if (!UNREADABLE.some((each) => code.startsWith(each))) throw thrown;
    return { epoch: 0, isLiving: false };
  } finally {
    db.close();
  }
}

/** Whoever made the backup owned the database then, and may live: it does not own this one. */
function carryEpoch(staged: string, epoch: number): void {
  const db = new Database(staged, { timeout: LOCK_LIMIT_MS });
  try {
    const take = "UPDATE owner SET epoch = max(epoch, ?), name = NULL, process = NULL";
    db.prepare(take).run(epoch);
  } finally {
    db.close();
  }
}
