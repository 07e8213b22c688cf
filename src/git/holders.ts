/**
 * Who holds a branch, among all worktrees of the repository, the user's and ours: it is checked out
 * there, or an unfinished operation will come back to it. To move a branch under a worktree would
 * make its files look changed, so everyone who moves one asks here first.
 */
import { dirname } from "node:path";
import { FaultError } from "../fault.ts";
import { git } from "./git.ts";
import { amongWorktrees, findGitDir } from "./linked-worktree.ts";
import { forgetOperations, operatesOn } from "./operations.ts";
import { commitOrNull } from "./repository.ts";
import type { Repository } from "./repository.ts";

export interface Holder {
  readonly path: string;
  readonly gitDir: string;
  /** False where only an unfinished operation claims the branch. */
  readonly isCheckedOut: boolean;
}

/** Every worktree that holds a branch; one whose folder is gone counts too. */
export async function holdersOf(
  repository: Repository,
  branch: string,
): Promise<readonly Holder[]> {
  const look = () => git(["worktree", "list", "--porcelain", "-z"], repository.call);
  const list = await amongWorktrees(repository, look);
  const entries = list.split("\0\0").filter((entry) => entry !== "");
  return entries.flatMap((entry, place) => {
    const [first = "", ...lines] = entry.split("\0");
    if (lines.includes("bare")) return [];
    // The first is the main one. Of a submodule's git tells the git folder, not the files.
    const isRoot = place === 0 && repository.isMain;
    const path = isRoot ? repository.root : first.replace("worktree ", "");
    const gitDir = place === 0 ? repository.commonDir : findGitDir(repository, path);
    if (gitDir === null) return [];
    const isCheckedOut = lines.includes(`branch refs/heads/${branch}`);
    return isCheckedOut || operatesOn(gitDir, branch) ? [{ path, gitDir, isCheckedOut }] : [];
  });
}

/**
 * Makes our own worktrees let go of a branch, files as they are: after a crash one may still be on
 * it. A worktree of the user's is never touched, and so it is a fault to find one.
 */
export async function freeBranch(
  repository: Repository,
  {
    branch,
    root,
    instead,
  }: { readonly branch: string; readonly root: string; readonly instead: string },
): Promise<void> {
  for (const { path, gitDir } of await holdersOf(repository, branch)) {
    if (dirname(path) !== root) throw taken(branch, path);
    const call = { ...repository.call, gitDir };
    const commit = (await commitOrNull(call, "HEAD")) ?? instead;
    forgetOperations(gitDir);
    await git(["update-ref", "--no-deref", "HEAD", commit], call);
  }
}

function taken(branch: string, path: string): FaultError {
  return new FaultError({
    code: "git.branchTaken",
    kind: "notAccepted",
    where: `branch ${branch}`,
    found: `it is checked out in ${path}`,
    expected: "a branch that only WeatherVane moves",
    next: `git -C ${path} checkout --detach`,
    retriable: true,
  });
}
