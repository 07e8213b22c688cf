/**
 * Writes one file of a worktree, whole or not at all, and nothing else: no link is followed, neither
 * at the end of the path nor on the way, also where somebody swaps a folder for one meanwhile.
 *
 * P1 Each folder is opened from the one around it, by what is open and not by a path; the file is
 *    written beside its place and takes it by a rename, which follows no link.
 * P2 No `.git` is written into, at any depth.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, existsSync, fchmodSync, fsyncSync, lstatSync } from "node:fs";
import { mkdirSync, openSync, readlinkSync, realpathSync, renameSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { isAbsolute, join, normalize, sep } from "node:path";
import { FaultError } from "../fault.ts";

/** Folders in one another; a deeper path is somebody's mistake. */
const DEPTH_MAX = 64;
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const MODE = 0o666;
const PERMISSIONS = 0o777;

/** What is open, as a path: the system leads to the very folder, wherever that lies now. */
const OPEN_FILES = "/proc/self/fd";
const within = (folder: number, name: string): string => join(OPEN_FILES, String(folder), name);

export function writeWorktreeFile(worktree: string, path: string, bytes: Buffer): void {
  if (!existsSync(OPEN_FILES)) throw refused(path, "a system without /proc", "Linux");
  const names = namesIn(path);
  const [name = ""] = names.slice(-1);
  if (lstatSync(worktree).isSymbolicLink())
    throw refused(path, "a link in place of your worktree", "the folder itself");
  const real = realpathSync(worktree);
  let folder = openSync(real, FOLDER);
  try {
    for (const each of names.slice(0, -1)) folder = enter(folder, each, path);
    const place = join(real, ...names.slice(0, -1));
    replace(folder, { name, path, bytes, place });
  } finally {
    closeSync(folder);
  }
}

function namesIn(path: string): readonly string[] {
  const plain = normalize(path);
  const names = plain.split(sep);
  if (isAbsolute(plain) || names.includes(".."))
    throw refused(path, "a path out of your worktree", "a path within it");
  const isFile = plain !== "." && !plain.endsWith(sep) && !plain.includes("\0");
  if (!isFile || names.length > DEPTH_MAX)
    throw refused(path, "no name of a file", `one, in at most ${DEPTH_MAX} folders`);
  if (names.some((name) => name.toLowerCase() === ".git"))
    throw refused(path, "a path into .git", "a file of your work");
  return names;
}

/** Opens a folder of an open one, making it first where there is none, and closes that. */
function enter(folder: number, name: string, path: string): number {
  try {
    const inner = within(folder, name);
    if (lstatSync(inner, { throwIfNoEntry: false }) === undefined) mkdirSync(inner);
    const opened = openSync(inner, FOLDER);
    closeSync(folder);
    return opened;
  } catch {
    throw refused(path, `${name} on the way, which is no folder`, "folders, and no links");
  }
}

interface Replacement {
  readonly name: string;
  readonly path: string;
  readonly bytes: Buffer;
  /** Where the folder must still lie. */
  readonly place: string;
}

function replace(folder: number, { name, path, bytes, place }: Replacement): void {
  const target = within(folder, name);
  // The same name for the same write: one that was cut off before is found, and goes first.
  const draft = within(folder, `.wvo-${draftName(path, bytes)}`);
  try {
    rmSync(draft, { force: true });
    const found = lstatSync(target, { throwIfNoEntry: false });
    if (found !== undefined && !found.isFile())
      throw refused(path, "a link, a folder or no plain file", "a plain file");
    const file = openSync(draft, NEW_FILE, MODE);
    try {
      writeFileSync(file, bytes);
      if (found !== undefined) fchmodSync(file, found.mode & PERMISSIONS);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (readlinkSync(join(OPEN_FILES, String(folder))) !== place)
      throw refused(path, "a folder that was moved away", "one that stays where it is");
    renameSync(draft, target);
  } catch (thrown) {
    rmSync(draft, { force: true });
    if (thrown instanceof FaultError) throw thrown;
    throw refused(path, String(thrown), "a file that can be written");
  }
}

const draftName = (path: string, bytes: Buffer): string =>
  createHash("sha256").update(path).update("\0").update(bytes).digest("hex").slice(0, NAME_DIGITS);
const NAME_DIGITS = 16;

const refused = (where: string, found: string, expected: string): FaultError =>
  new FaultError({
    code: "git.write-file",
    kind: "invalid",
    where,
    found,
    expected,
    next: "name a file in your worktree, by a path from its root",
  });
