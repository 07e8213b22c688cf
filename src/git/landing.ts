/**
 * Moving the target to a commit that passed. Where somebody has the target checked out, their files
 * have to move with it, and are moved only where nothing of theirs is touched.
 *
 * P1 The target moves by fast-forward from `onto` or not at all.
 * P2 A user's worktree is changed by one command, `git merge --ff-only`, and only where it holds no
 *    change, no unfinished operation, and no untracked file in the way, ignored ones included.
 */
import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import type { Landing } from "../../machines/protocol.ts";
import { FaultError } from "../fault.ts";
import { gitNames, tryGit } from "./git.ts";
import type { GitCall } from "./git.ts";
import { holdersOf } from "./holders.ts";
import type { Holder } from "./holders.ts";
import { operationIn } from "./operations.ts";
import { isContained } from "./repository.ts";
import type { Repository } from "./repository.ts";

export interface LandRequest {
  readonly target: string;
  readonly commit: string;
  /** The target's tip that the commit was rebased onto and checked on. */
  readonly onto: string;
}

const FILES_NAMED_MAX = 5;

/** The caller holds the turn of landing. */
export async function land(repository: Repository, request: LandRequest): Promise<Landing> {
  const { target, commit, onto } = request;
  const tip = await repository.tipOf(target);
  if (await isContained(repository.call, commit, tip)) return { kind: "landed" };
  if (tip !== onto) return { kind: "moved" };
  if (!(await isContained(repository.call, onto, commit))) throw notForward(request);
  const holders = await holdersOf(repository, target);
  const [holder] = holders;
  if (holder === undefined) return moveBranch(repository, request);
  const reason =
    holders.length > 1
      ? `${target} is checked out more than once: ${holders.map(({ path }) => path).join(", ")}`
      : await obstacle(holder, request);
  return reason === null ? fastForward(repository, holder, request) : { kind: "held", reason };
}

/** Compare and swap: whoever moved the target meanwhile was first. */
async function moveBranch(
  repository: Repository,
  { target, commit, onto }: LandRequest,
): Promise<Landing> {
  const ref = `refs/heads/${target}`;
  const moved = await tryGit(["update-ref", ref, commit, onto], repository.call);
  if (moved.exitCode === 0) return { kind: "landed" };
  if ((await repository.tipOf(target)) !== onto) return { kind: "moved" };
  return { kind: "held", reason: `${target} can't be moved: ${moved.stderr.trim()}` };
}

/** Why the files of a worktree may not be moved along, or null. */
async function obstacle(holder: Holder, request: LandRequest): Promise<string | null> {
  const { path, gitDir, isCheckedOut } = holder;
  const where = `${request.target} is checked out in ${path}`;
  if (!existsSync(path)) return `${where}, which is gone: git worktree prune`;
  const operation = operationIn(gitDir) ?? (isCheckedOut ? null : "git operation");
  if (operation !== null) return `a ${operation} on ${request.target} is unfinished in ${path}`;
  const call = callOf(holder);
  const changed = await changedFiles(call);
  if (changed.length > 0) return `${where}, where ${list(changed)} changed`;
  const inTheWay = await untrackedInTheWay(call, request);
  return inTheWay.length === 0 ? null : `${where}, where ${list(inTheWay)} would be overwritten`;
}

const callOf = ({ path, gitDir }: Holder) => ({ cwd: path, gitDir, workTree: path });

/** Tracked files that differ from the index, or the index from HEAD. */
async function changedFiles(call: GitCall): Promise<readonly string[]> {
  const show = ["--porcelain=v1", "--no-renames", "--untracked-files=no", "-z"];
  const entries = await gitNames(["status", ...show, "--ignore-submodules=dirty"], call);
  return entries.map((entry) => entry.slice(3));
}

/**
 * Untracked files where the commit has files of its own. Git itself spares most of them, but not
 * those that it ignores: a user's `.env` would be replaced without a word.
 */
async function untrackedInTheWay(
  call: GitCall & { readonly workTree: string },
  { commit, onto }: LandRequest,
): Promise<readonly string[]> {
  const compare = ["diff", "--no-ext-diff", "--name-only", "--no-renames", "--diff-filter=A", "-z"];
  const added = await gitNames([...compare, onto, commit], call);
  const occupied = new Set(added.flatMap((file) => occupant(call.workTree, file) ?? []));
  if (occupied.size === 0) return [];
  return gitNames(["ls-files", "--others", "-z", "--", ...occupied], call);
}

/** What is there already where a file is to be: the file, or something in place of a folder. */
function occupant(folder: string, file: string): string | null {
  const parts = file.split("/");
  for (let length = 1; length <= parts.length; length += 1) {
    const path = parts.slice(0, length).join("/");
    const found = lstatSync(join(folder, path), { throwIfNoEntry: false });
    if (found === undefined) return null;
    if (!found.isDirectory() || length === parts.length) return path;
  }
  return null;
}

async function fastForward(
  repository: Repository,
  holder: Holder,
  { target, commit, onto }: LandRequest,
): Promise<Landing> {
  // Looking took a while, and the user may be on another branch by now.
  const head = await tryGit(["symbolic-ref", "--quiet", "HEAD"], callOf(holder));
  if (head.stdout.trim() !== `refs/heads/${target}`) {
    return { kind: "held", reason: `${holder.path} is just leaving ${target}` };
  }
  const flags = ["--ff-only", "--no-overwrite-ignore", "--no-stat", "--quiet"];
  const merged = await tryGit(["merge", ...flags, commit], callOf(holder));
  const tip = await repository.tipOf(target);
  if (await isContained(repository.call, commit, tip)) return { kind: "landed" };
  if (tip !== onto) return { kind: "moved" };
  const said = merged.stderr.trim().split("\n").slice(0, FILES_NAMED_MAX).join(" ");
  return { kind: "held", reason: `git would not move ${holder.path}: ${said}` };
}

function list(files: readonly string[]): string {
  const named = files.slice(0, FILES_NAMED_MAX).join(", ");
  const more = files.length - FILES_NAMED_MAX;
  return more > 0 ? `${named} and ${more} more` : named;
}

function notForward({ target, commit, onto }: LandRequest): FaultError {
  return new FaultError({
    code: "git.notForward",
    where: `branch ${target}`,
    found: `${commit}, which does not descend from ${onto}`,
    expected: "a commit that was rebased onto the target's tip",
    next: "rebase it again",
  });
}
