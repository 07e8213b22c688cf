/** The work of a worktree as a commit: everything that is in it, and nothing of it touched. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRepository } from "../../src/git/repository.ts";
import { commitAsItStands } from "../../src/git/trying.ts";
import { openWorktrees } from "../../src/git/worktree.ts";
import { emptyFolder } from "../support/workbench.ts";
import { makeWorkspace } from "../support/workspace.ts";

async function makeWorktree() {
  const files = { "a.txt": "first\n", "b.txt": "first\n" };
  const yard = makeWorkspace({ roadmap: { version: 1, tasks: [] }, agent: ["/bin/true"], files });
  const repository = await openRepository(yard.repo);
  const worktrees = openWorktrees(repository, emptyFolder());
  const name = "worker-01";
  const start = { startFrom: "target", target: "main", commit: null, left: null } as const;
  await worktrees.prepare({ name, taskId: "T1", branch: "wvo/T1", ...start });
  const path = worktrees.pathOf(name);
  const git = (...args: string[]): string => yard.git("-C", path, ...args);
  return { repository, path, git };
}

test("new, changed, staged and deleted files are all in it, and stay as they were", async () => {
  const { repository, path, git } = await makeWorktree();
  writeFileSync(join(path, "a.txt"), "second\n");
  writeFileSync(join(path, "new.txt"), "new\n");
  git("rm", "--quiet", "b.txt");
  const before = git("status", "--porcelain");
  const commit = (await commitAsItStands(repository, path)) ?? "";
  expect(git("diff", "--name-status", "HEAD", commit).replaceAll("\t", " ").split("\n")).toEqual([
    "M a.txt",
    "D b.txt",
    "A new.txt",
  ]);
  expect(git("show", `${commit}:a.txt`)).toBe("second");
  expect(git("status", "--porcelain")).toBe(before);
});

test("a repository that was made within is refused: its files would be missing", async () => {
  const { repository, path, git } = await makeWorktree();
  git("init", "--quiet", "inner");
  git("-C", "inner", "commit", "--quiet", "--allow-empty", "--message=its own");
  await expect(commitAsItStands(repository, path)).rejects.toThrow(/inner.*within the worktree/s);
});

test("where nothing was changed it is HEAD, and where there is no worktree nothing", async () => {
  const { repository, path, git } = await makeWorktree();
  expect(await commitAsItStands(repository, path)).toBe(git("rev-parse", "HEAD"));
  expect(await commitAsItStands(repository, join(path, "elsewhere"))).toBeNull();
});
