/**
 * Lock files that a killed git left behind: they would stop every later git for ever. A lock whose
 * owner lives is waited for; whose lock it is, is told by the open file.
 */
import { existsSync, readdirSync, readlinkSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pause, stopwatch, systemClock } from "../clock.ts";
import { FaultError } from "../fault.ts";
import type { Repository } from "./repository.ts";

const LOOK_MS = 50;
/** Longer than any of our own git calls that hold a lock should take. */
const OWNER_LIMIT_MS = 60_000;
/** Without /proc nobody can be asked; git holds a lock for less than this. */
const ORPHAN_AGE_MS = 10_000;

const hasProc = existsSync("/proc/self/fd");

/** Removes the lock files of a worktree's git folder that nobody holds. */
export async function clearLocks(gitDir: string): Promise<void> {
  const names = readdirSync(gitDir).filter((name) => name.endsWith(".lock"));
  for (const name of names) await clearLock(join(gitDir, name));
}

/** The same for a branch that only we and our agents move. */
export function clearBranchLock({ commonDir }: Repository, branch: string): Promise<void> {
  return clearLock(join(commonDir, "refs", "heads", `${branch}.lock`));
}

/** The same for one lock file; the caller holds the turn of what it protects. */
async function clearLock(path: string): Promise<void> {
  const waitedMs = stopwatch();
  while (existsSync(path) && isHeld(path)) {
    if (waitedMs() > OWNER_LIMIT_MS) throw held(path);
    await pause(LOOK_MS);
  }
  rmSync(path, { force: true });
}

function isHeld(path: string): boolean {
  if (!hasProc) return systemClock.now() - modifiedMs(path) < ORPHAN_AGE_MS;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.some((pid) => openFiles(pid).includes(path));
}

const modifiedMs = (path: string): number =>
  statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function openFiles(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((file) => readlinkSync(`/proc/${pid}/fd/${file}`));
  } catch {
    return []; // ended meanwhile, or another user's
  }
}

function held(path: string): FaultError {
  return new FaultError({
    code: "git.locked",
    where: path,
    found: `a lock that a living process has held for ${OWNER_LIMIT_MS / 1_000} s`,
    expected: "a lock that is let go",
    next: `find the process: fuser ${path}`,
    retriable: true,
  });
}
