/**
 * The work in a worktree as it stands, as a commit that nothing refers to: for checks that somebody
 * wants to see before the work is handed in.
 *
 * P1 Nothing in the worktree is touched, and neither is its index: only objects are written.
 */
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { FaultError } from "../fault.ts";
import { failure, git, gitLine, tryGit } from "./git.ts";
import type { GitCall } from "./git.ts";
import { findWorktree } from "./linked-worktree.ts";
import type { Repository } from "./repository.ts";
import { treeOf } from "./salvage.ts";

const MESSAGE = "Work as it stood when its checks were asked for";

/** HEAD where nothing else is there; null where there is no worktree at this path. */
export async function commitAsItStands(
  repository: Repository,
  path: string,
): Promise<string | null> {
  const worktree = findWorktree(repository, path);
  if (worktree === null) return null;
  const { gitDir, call } = worktree;
  const index = join(gitDir, `trial-${systemClock.newId()}`);
  const own = join(gitDir, "index");
  try {
    if (existsSync(own)) copyFileSync(own, index);
    const aside = { ...call, index };
    const added = await tryGit(["add", "--all"], aside);
    if (added.exitCode !== 0 || added.stderr.includes("Permission denied"))
      throw failure(["add", "--all"], aside, added);
    await refuseNested(aside);
    const tree = await gitLine(["write-tree"], aside);
    const head = await gitLine(["rev-parse", "--verify", "HEAD"], call);
    if (tree === (await treeOf(call, head))) return head;
    return await gitLine(["commit-tree", tree, "-p", head, "-m", MESSAGE], call);
  } finally {
    rmSync(index, { force: true });
  }
}

/** Of a repository within the worktree git would take the name alone: its files would be missing. */
async function refuseNested(call: GitCall): Promise<void> {
  const changes = await git(["diff", "--cached", "--raw", "--no-renames", "HEAD"], call);
  const nested = changes.split("\n").find((line) => /^:\d+ 160000 /.test(line));
  if (nested === undefined) return;
  throw new FaultError({
    code: "git.nested-repository",
    kind: "notAccepted",
    where: nested.split("\t")[1] ?? "the worktree",
    found: "a repository within the worktree",
    expected: "files alone, since its own are not in what is tried",
    next: "remove its .git folder, or hand the work in: its files are taken in then",
  });
}
