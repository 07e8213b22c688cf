/**
 * Worktrees that hold one commit, untouched, for checks to run in. Nothing in them is worth
 * keeping: each use begins with a clean folder.
 */
import { existsSync } from "node:fs";
import { git } from "./git.ts";
import { openRoot, openWorktree, removeWorktree, worktreePath } from "./linked-worktree.ts";
import { forgetOperations } from "./operations.ts";
import { openUp, withAccess } from "./permissions.ts";
import type { Repository } from "./repository.ts";
import { inTurn } from "./turns.ts";

export interface Checkouts {
  /** Puts one commit into the worktree of this name, and nothing else; gives back its folder. */
  readonly checkoutCommit: (name: string, commit: string) => Promise<string>;
  readonly dropCheckout: (name: string) => Promise<void>;
}

/** `root` is a folder for checkouts alone: no agent's worktree may lie in it. */
export function openCheckouts(repository: Repository, root: string): Checkouts {
  const realRoot = openRoot(root);
  return {
    checkoutCommit: (name, commit) => {
      const path = worktreePath(realRoot, name);
      return inTurn(path, () => checkOut(repository, path, commit));
    },
    dropCheckout: (name) => {
      const path = worktreePath(realRoot, name);
      return inTurn(path, () => drop(repository, path));
    },
  };
}

async function checkOut(repository: Repository, path: string, commit: string): Promise<string> {
  const { worktree } = await openWorktree(repository, path, commit);
  forgetOperations(worktree.gitDir);
  await withAccess(path, async () => {
    await git(["checkout", "--quiet", "--force", "--detach", commit], worktree.call);
    await git(["clean", "--quiet", "-ffdx"], worktree.call);
  });
  return path;
}

async function drop(repository: Repository, path: string): Promise<void> {
  if (existsSync(path)) openUp(path);
  await removeWorktree(repository, path);
}
