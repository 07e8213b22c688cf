/**
 * Files of a run's worktree, for tools: by their real place within it, and nothing else. A path that
 * leads out of it, by `..`, by a link or from the root, is refused.
 */
import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync } from "node:fs";
import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import { isAbsolute, join, normalize, sep } from "node:path";
import { FaultError } from "../fault.ts";

/** The bytes of a file. Throws a fault where it is none of the worktree, or too large. */
export function readWorktreeFile(worktree: string, path: string, bytesMax: number): Buffer {
  const place = placeOf(worktree, path);
  const file = openSync(place, constants.O_RDONLY | NEVER_WAITS);
  try {
    const seen = fstatSync(file);
    refuseMoved(file, path, place);
    if (!seen.isFile()) throw refused(path, "no plain file", "a plain file");
    if (seen.size > bytesMax) throw tooLarge(path, seen.size, bytesMax);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** A named pipe would be waited for, and a link is followed by nobody. */
const NEVER_WAITS = constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Any link on the way gives a real place that differs from the one that was named. */
function placeOf(worktree: string, path: string): string {
  const within = normalize(path);
  if (isAbsolute(within) || within.split(sep).includes(".."))
    throw refused(path, "a path out of your worktree", "a path within it");
  if (lstatSync(worktree).isSymbolicLink())
    throw refused(path, "a link in place of your worktree", "the folder itself");
  const real = realpathSync(worktree);
  const place = join(real, within);
  if (realPathOf(place, path) !== place)
    throw refused(path, "a path over a link", "the file itself, in your worktree");
  return place;
}

/** A folder on the way may have become a link since we looked: what is open says where it lies. */
function refuseMoved(file: number, path: string, place: string): void {
  const link = `/proc/self/fd/${file}`;
  const now = existsSync("/proc/self/fd") ? readlinkSync(link) : realPathOf(place, path);
  if (now !== place) throw refused(path, "a path over a link", "the file itself, in your worktree");
}

function realPathOf(place: string, path: string): string {
  try {
    return realpathSync(place);
  } catch {
    throw refused(path, "no such file", "a file of your worktree");
  }
}

export const tooLarge = (where: string, bytes: number, bytesMax: number): FaultError =>
  refused(where, `${bytes} bytes`, `at most ${bytesMax}`);

const refused = (where: string, found: string, expected: string): FaultError =>
  new FaultError({
    code: "mcp.file",
    kind: "invalid",
    where,
    found,
    expected,
    next: "name a file in your worktree, or send its text",
  });
