/**
 * Making a worktree ready for a run: what was left in it is saved, then the task's branch is put
 * where the run starts and checked out. Safe to repeat after a crash at any moment.
 *
 * P1 Nothing is thrown away, and no branch is moved, before what only they held is under a rescue
 *    ref.
 */
import { dirname } from "node:path";
import type { StartFrom } from "../../machines/protocol.ts";
import { FaultError } from "../fault.ts";
import { conflictedFiles } from "./conflicts.ts";
import { failure, git, tryGit } from "./git.ts";
import { freeBranch } from "./holders.ts";
import { openWorktree } from "./linked-worktree.ts";
import type { LinkedWorktree } from "./linked-worktree.ts";
import { clearBranchLock } from "./lock-files.ts";
import { dissolveNested } from "./nested-repositories.ts";
import { forgetNotes, writeBase } from "./notes.ts";
import type { Base } from "./notes.ts";
import { forgetOperations } from "./operations.ts";
import { withAccess } from "./permissions.ts";
import { commitOrNull } from "./repository.ts";
import type { Repository } from "./repository.ts";
import { rescue } from "./rescue.ts";
import { salvage, stageAll } from "./salvage.ts";

export interface Preparation {
  /** The worktree: one per agent. */
  readonly name: string;
  readonly taskId: string;
  readonly branch: string;
  readonly startFrom: StartFrom;
  readonly target: string;
  /** What the task handed in before; `branch` and `overlay` start from it. */
  readonly commit: string | null;
  /** What a run that was cut off left: `branch` goes on with it. */
  readonly left: string | null;
}

export interface Prepared extends Base {
  readonly path: string;
}

/** The caller holds the turn of this worktree. */
export async function prepare(
  repository: Repository,
  path: string,
  request: Preparation,
): Promise<Prepared> {
  const { branch, startFrom, target, commit } = request;
  const tip = await repository.tipOf(target);
  const { worktree } = await openWorktree(repository, path, tip);
  forgetNotes(worktree.gitDir);
  await clearBranchLock(repository, branch);
  await dissolveNested(worktree);
  await salvage(repository, worktree, request.name);
  const start = startFrom === "branch" ? await earlierWork(repository, request) : tip;
  await saveBranch(repository, request, [tip, start]);
  await freeBranch(repository, { branch, root: dirname(path), instead: start });
  await checkOut(worktree, branch, start);
  const conflicts =
    startFrom === "overlay" && commit !== null ? await layOver(worktree, commit) : [];
  const base = await baseOf(repository, request, { start, tip });
  writeBase(worktree.gitDir, { base, conflicts });
  return { path, base, conflicts };
}

/**
 * Where a run that is gone on with has started: what it did before counts as done by the next run, and
 * where that fails too the branch goes back to before both.
 */
async function baseOf(
  { call }: Repository,
  { left, commit }: Preparation,
  { start, tip }: { readonly start: string; readonly tip: string },
): Promise<string> {
  if (left === null) return start;
  if (commit !== null) return commit;
  const found = await tryGit(["merge-base", left, tip], call);
  return found.exitCode === 0 ? found.stdout.trim() : start;
}

/** What was left or handed in, or what is on the branch where nothing was. */
export async function earlierWork({ call }: Repository, request: Preparation): Promise<string> {
  const name = request.left ?? request.commit ?? `refs/heads/${request.branch}`;
  const commit = await commitOrNull(call, name);
  if (commit !== null) return commit;
  throw new FaultError({
    code: "git.noCommit",
    kind: "notFound",
    where: `task ${request.taskId}`,
    found: `no commit ${name}`,
    expected: "the work that the task handed in before",
    next: `git for-each-ref refs/wvo/rescue/${request.taskId}`,
  });
}

async function saveBranch(
  repository: Repository,
  { taskId, branch }: Preparation,
  by: readonly string[],
): Promise<void> {
  const old = await commitOrNull(repository.call, `refs/heads/${branch}`);
  if (old !== null) await rescue(repository, { key: taskId, commits: [old] }, { by });
}

async function checkOut({ path, gitDir, call }: LinkedWorktree, branch: string, commit: string) {
  forgetOperations(gitDir);
  await withAccess(path, async () => {
    await git(["checkout", "--quiet", "--force", "--no-track", "-B", branch, commit], call);
    await git(["clean", "--quiet", "-ffd"], call);
  });
}

/**
 * Applies what the task did before to the files, and to the files only: an agent finds ordinary
 * changes, with conflict markers where git could not merge, and no half-done merge to trip over.
 */
export async function layOver(
  worktree: LinkedWorktree,
  commit: string,
): Promise<readonly string[]> {
  const { call, gitDir } = worktree;
  const merge = ["merge", "--squash", "--quiet", "--allow-unrelated-histories", commit];
  const merged = await tryGit(merge, call);
  const conflicts = await conflictedFiles(worktree);
  if (merged.exitCode !== 0 && conflicts.length === 0) throw failure(merge, call, merged);
  await stageAll(worktree);
  await git(["reset", "--quiet"], call);
  forgetOperations(gitDir);
  return conflicts;
}
