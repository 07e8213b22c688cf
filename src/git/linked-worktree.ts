/**
 * One worktree of ours on disk: its folder, and its git folder among the repository's. It is made,
 * found again and repaired here; what is checked out in it is the business of others.
 *
 * P1 Git is always told both folders outright. Whatever became of the `.git` file, no call can
 *    reach a repository that lies above the worktree, or one that lies in it.
 * P2 The worktree is locked, so that no `git worktree prune` forgets it while its folder is gone.
 * P3 The folder is a real one: a link in its place would lead our cleaning into somebody's files.
 */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { FaultError, faultData } from "../fault.ts";
import { git, tryGit } from "./git.ts";
import type { GitCall } from "./git.ts";
import { clearLocks } from "./lock-files.ts";
import { inTurn } from "./turns.ts";
import type { Repository } from "./repository.ts";

export interface LinkedWorktree {
  readonly path: string;
  /** Its own git folder: HEAD, index, and notes of ours. */
  readonly gitDir: string;
  readonly call: GitCall;
}

export interface Opened {
  readonly worktree: LinkedWorktree;
  /** What had to be repaired, in words that follow "the agent". */
  readonly damage: readonly string[];
}

const LOCK_REASON = "a worktree of WeatherVane: wvo removes it";
const NAME = /^\w[\w.@+-]{0,99}$/;
/** Folders of our own; on many file systems upper and lower case are one. */
const RESERVED = /^(?:refinery|checks)$|\.(?:lock|draft|kept)$/i;

/** Makes a folder that worktrees lie in, and gives back its real path. */
export function openRoot(root: string): string {
  try {
    mkdirSync(root, { recursive: true });
    return realpathSync(root);
  } catch (cause) {
    throw new FaultError({
      code: "git.worktreeRoot",
      where: root,
      found: faultData(cause).message,
      expected: "a folder for worktrees that can be made and written",
      next: "make it writable, or name another one with WVO_WORKTREE_ROOT",
      cause,
    });
  }
}

/** The one worktree that rebases happen in; no agent can have its name. */
export const refineryPath = (root: string): string => join(root, "refinery");
/** The folder with the checkouts that checks run in; no agent can have its name. */
export const checksPath = (root: string): string => join(root, "checks");

/** The folder of a worktree, for a name that can be one. */
export function worktreePath(root: string, name: string): string {
  if (NAME.test(name) && !RESERVED.test(name)) return join(root, name);
  throw new FaultError({
    code: "git.worktreeName",
    kind: "invalid",
    where: "the name of a worktree",
    found: JSON.stringify(name),
    expected: `text that matches ${NAME.source} and not ${RESERVED.source}`,
    next: "choose another name",
  });
}

/** Opens a worktree, making or repairing it first; a new one has `start` checked out, detached. */
export async function openWorktree(
  repository: Repository,
  path: string,
  start: string,
): Promise<Opened> {
  mkdirSync(dirname(path), { recursive: true });
  const hasFolder = isRealFolder(path);
  if (!hasFolder) rmSync(path, { force: true }); // a link or a file: only itself is removed (P3)
  const known = findGitDir(repository, path);
  const isNew = known === null && !(hasFolder && readdirSync(path).length > 0);
  if (known === null) refuseForeign(path);
  const make = isNew ? add : adopt;
  const gitDir = known ?? (await make(repository, path, start));
  const cut = isNew ? null : mendGitFile(path, gitDir);
  const worktree = describe(path, gitDir);
  writeFileSync(join(gitDir, "locked"), LOCK_REASON);
  await clearLocks(gitDir);
  await mendIndex(worktree);
  if (isNew) await git(["reset", "--quiet", "--hard", start], worktree.call);
  if (isNew || hasFolder) return { worktree, damage: cut === null ? [] : [cut] };
  // Its files are gone; those that git has of them are what is left of the work.
  await tryGit(["checkout-index", "--quiet", "--all", "--force"], worktree.call);
  return { worktree, damage: ["deleted its worktree: only what git had of it is left"] };
}

/** A worktree as it stands, or null where git knows none at this path. Repairs nothing. */
export function findWorktree(repository: Repository, path: string): LinkedWorktree | null {
  const gitDir = findGitDir(repository, path);
  return gitDir === null ? null : describe(path, gitDir);
}

/** Removes folder and git folder, whatever they hold: the caller has seen to that. */
export async function removeWorktree(repository: Repository, path: string): Promise<void> {
  const worktree = findWorktree(repository, path);
  if (worktree !== null) rmSync(worktree.gitDir, { recursive: true, force: true });
  rmSync(path, { recursive: true, force: true });
  rmSync(draftOf(path), { recursive: true, force: true });
}

function describe(path: string, gitDir: string): LinkedWorktree {
  return { path, gitDir, call: { cwd: path, gitDir, workTree: path } };
}

/** Git names the folder after the worktree, or adds a number: so it is looked for by its path. */
export function findGitDir({ commonDir }: Repository, path: string): string | null {
  const folder = join(commonDir, "worktrees");
  if (!existsSync(folder)) return null;
  const places = readdirSync(folder).map((name) => join(folder, name));
  return places.find((place) => gitFileOf(place) === join(path, ".git")) ?? null;
}

/** Where a git folder says that its worktree's `.git` file lies. */
const gitFileOf = (gitDir: string): string =>
  resolve(gitDir, readText(join(gitDir, "gitdir")).trim());

/**
 * Git writes the files of a new worktree one by one, and fails where it reads another's half written:
 * so what makes a worktree and what reads all of them take turns.
 */
export const amongWorktrees = <Result>(
  { commonDir }: Repository,
  work: () => Promise<Result>,
): Promise<Result> => inTurn(join(commonDir, "worktrees"), work);

async function add(repository: Repository, path: string, start: string): Promise<string> {
  const how = ["--quiet", "--detach", "--no-checkout", "--lock", "--reason", LOCK_REASON];
  const make = () => git(["worktree", "add", ...how, path, start], repository.call);
  await amongWorktrees(repository, make);
  const gitDir = findGitDir(repository, path);
  if (gitDir === null) throw notFound(path);
  return gitDir;
}

/**
 * Gives a git folder to files that lost theirs. Git adds worktrees to empty folders only; so it is
 * made beside them and then moved over, as `git worktree repair` is meant for.
 */
async function adopt(repository: Repository, path: string, start: string): Promise<string> {
  const draft = draftOf(path);
  await removeWorktree(repository, draft);
  const gitDir = await add(repository, draft, start);
  setAside(join(path, ".git"), keptOf(path));
  renameSync(join(draft, ".git"), join(path, ".git"));
  await git(["worktree", "repair", path], repository.call);
  rmSync(draft, { recursive: true });
  return gitDir;
}

/** Where the histories lie that were found in a worktree and are not ours. */
export const keptOf = (path: string): string => `${path}.kept`;
const draftOf = (path: string): string => `${path}.draft`;

/** Two repositories with one worktree root would take each other's work for their own. */
function refuseForeign(path: string): void {
  const [, place = ""] = /^gitdir: (.*)\n$/.exec(readText(join(path, ".git"))) ?? [];
  if (place === "" || readText(join(resolve(path, place), "locked")) !== LOCK_REASON) return;
  throw new FaultError({
    code: "git.foreignWorktree",
    kind: "invalid",
    where: path,
    found: `a worktree of WeatherVane for another repository: ${place}`,
    expected: "a folder for worktrees that only this repository uses",
    next: "set another WVO_WORKTREE_ROOT or worktree_root for one of the two",
  });
}

/** Writes the `.git` file anew where it is not as it was; tells what had become of it, or null. */
function mendGitFile(path: string, gitDir: string): string | null {
  const file = join(path, ".git");
  const found = lstatSync(file, { throwIfNoEntry: false });
  const [, place = ""] =
    /^gitdir: (.*)\n$/.exec(found?.isFile() === true ? readText(file) : "") ?? [];
  if (resolve(path, place) === gitDir) return null;
  mkdirSync(path, { recursive: true });
  const kept = setAside(file, keptOf(path));
  writeFileSync(file, `gitdir: ${gitDir}\n`);
  if (kept !== null) return `made a repository of its worktree, whose history is kept in ${kept}`;
  return found === undefined ? "deleted the .git file" : "changed the .git file";
}

/**
 * Moves a `.git` that an agent made out of the way, history and all: it may be a repository, and
 * nobody but a person can say what it is worth. Gives back where it is kept.
 */
export function setAside(gitPath: string | Buffer, keepIn: string): string | null {
  if (lstatSync(gitPath, { throwIfNoEntry: false })?.isDirectory() !== true) {
    rmSync(gitPath, { force: true });
    return null;
  }
  mkdirSync(keepIn, { recursive: true });
  const place = mkdtempSync(join(keepIn, "repository-"));
  renameSync(gitPath, place);
  return place;
}

/** An index that git can't read is made anew from HEAD; the files are not touched. */
async function mendIndex({ gitDir, call }: LinkedWorktree): Promise<void> {
  const read = await tryGit(["ls-files", "--", "no-such-file"], call);
  if (read.exitCode === 0 && existsSync(join(gitDir, "index"))) return;
  rmSync(join(gitDir, "index"), { force: true });
  const head = await tryGit(["rev-parse", "--quiet", "--verify", "HEAD"], call);
  if (head.exitCode === 0) await git(["read-tree", "HEAD"], call);
}

function isRealFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function notFound(path: string): FaultError {
  return new FaultError({
    code: "git.worktreeLost",
    where: path,
    found: "no git folder after `git worktree add`",
    expected: `one for ${basename(path)}`,
    next: "git worktree list",
  });
}
