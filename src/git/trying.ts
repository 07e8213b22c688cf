/**
 * The work in a worktree as it stands, as a commit that nothing refers to: for checks that somebody
 * wants to see before the work is handed in.
 *
 * P1 Nothing in the worktree is touched, and neither is its index: only objects are written.
 */
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { git, gitLine } from "./git.ts";
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
    await git(["add", "--all"], aside);
    const tree = await gitLine(["write-tree"], aside);
    const head = await gitLine(["rev-parse", "--verify", "HEAD"], call);
    if (tree === (await treeOf(call, head))) return head;
    return await gitLine(["commit-tree", tree, "-p", head, "-m", MESSAGE], call);
  } finally {
    rmSync(index, { force: true });
  }
}
