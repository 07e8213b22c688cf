/**
 * What the demo takes from the world around its folder, and how it leaves it: no setting of the
 * person's own reaches in, and no folder of the demo's stays behind.
 */
import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { VARIABLES } from "../config/environment.ts";
import { checksPath, openRoot } from "../git/linked-worktree.ts";
import { git, gitLine } from "../git/git.ts";

/** Else the demo would work in the database and the worktrees of somebody's real work. */
export function environmentFor(repo: string): Record<string, string> {
  const settings = new Set(["ROOT", ...VARIABLES.map(({ name }) => name)]);
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || settings.has(name) ? [] : [[name, value]],
  );
  return { ...Object.fromEntries(own), WVO_WORKSPACE_ROOT: repo };
}

/** Makes the folder for worktrees; the returned function leaves all as it was before. */
export function makeWorktreeRoot(root: string): (repo: string) => Promise<void> {
  const outermost = firstMissing(root);
  openRoot(root);
  return async (repo) => {
    await dropWorktrees(repo);
    const checks = checksPath(root);
    removeEmpty(checks, checks);
    removeEmpty(root, outermost);
  };
}

/** The outermost folder that is not there yet on the way to a folder, or that folder itself. */
function firstMissing(folder: string): string {
  let outermost = folder;
  while (!existsSync(dirname(outermost))) outermost = dirname(outermost);
  return outermost;
}

/** Everything is merged: the agents' worktrees hold nothing that is not in the repository. */
async function dropWorktrees(repo: string): Promise<void> {
  const list = await gitLine(["worktree", "list", "--porcelain"], { cwd: repo });
  const paths = list.split("\n").flatMap((line) => /^worktree (.*)$/.exec(line)?.[1] ?? []);
  for (const path of paths.filter((each) => each !== repo)) {
    await git(["worktree", "remove", "--force", "--force", path], { cwd: repo });
  }
}

/** Removes a folder and those around it, up to one of them, as far as they hold nothing. */
function removeEmpty(innermost: string, outermost: string): void {
  let folder = innermost;
  while (existsSync(folder) && readdirSync(folder).length === 0) {
    rmdirSync(folder);
    if (folder === outermost) return;
    folder = dirname(folder);
  }
}
