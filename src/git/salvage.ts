/**
 * Everything in a worktree that no branch holds: changes, staged or not, and commits made aside of
 * the branch. It becomes commits under the rescue refs; cleaning up afterwards is left to others.
 *
 * P1 After `salvage`, index and files may be thrown away and HEAD may be moved: nothing is lost.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { failure, git, gitLine, tryGit } from "./git.ts";
import type { GitCall } from "./git.ts";
import type { LinkedWorktree } from "./linked-worktree.ts";
import { autostashIn } from "./operations.ts";
import { openUp } from "./permissions.ts";
import { commitOrNull } from "./repository.ts";
import type { Repository } from "./repository.ts";
import { rescue } from "./rescue.ts";

/** HEAD's last positions that are looked at; a run of an agent makes a few dozen. */
const POSITIONS_MAX = 2_000;
const MESSAGE = "Changes that were left uncommitted in a worktree, saved by WeatherVane";

/** Saves what no branch holds under rescue refs with this key; gives back the new refs. */
export async function salvage(
  repository: Repository,
  worktree: LinkedWorktree,
  key: string,
): Promise<readonly string[]> {
  const commits = [...(await commitChanges(worktree)), ...commitsAside(worktree)];
  return rescue(repository, { key, commits }, { by: ["--branches"] });
}

/** Stages every change in a worktree: new, changed and deleted files, resolved or not. */
export async function stageAll({ path, call }: LinkedWorktree): Promise<void> {
  const added = await tryGit(["add", "--all"], call);
  const isClosed = added.stderr.includes("Permission denied");
  if (added.exitCode === 0 && !isClosed) return;
  // Of a closed folder git only warns, and passes it over: its files would vanish.
  if (!isClosed || !openUp(path)) throw failure(["add", "--all"], call, added);
  await git(["add", "--all"], call);
}

/** HEAD with all changes on top of it, in commits that nothing refers to yet. */
async function commitChanges(worktree: LinkedWorktree): Promise<readonly string[]> {
  const { call } = worktree;
  const head = await commitOrNull(call, "HEAD");
  const heads = head === null ? [] : [head];
  if (head !== null && (await isClean(call))) return heads;
  const headTree = head === null ? null : await treeOf(call, head);
  const asked = await tryGit(["write-tree"], call); // refused while a merge has conflicts
  const staged = asked.exitCode === 0 ? asked.stdout.trimEnd() : headTree;
  await stageAll(worktree);
  const files = await gitLine(["write-tree"], call);
  const isSuperseded = staged === null || staged === headTree || staged === files;
  const aside = isSuperseded ? [] : [await commitTree(call, staged, heads)];
  if (files === headTree && aside.length === 0) return heads;
  return [await commitTree(call, files, [...heads, ...aside])];
}

async function isClean(call: GitCall): Promise<boolean> {
  const status = await tryGit(["status", "--porcelain", "--untracked-files=all"], call);
  return status.exitCode === 0 && status.stdout === "" && status.stderr === "";
}

/** The tree of a commit: two commits with the same one hold the same files. */
export function treeOf(call: GitCall, commit: string): Promise<string> {
  return gitLine(["rev-parse", "--verify", `${commit}^{tree}`], call);
}

function commitTree(call: GitCall, tree: string, parents: readonly string[]): Promise<string> {
  const descent = parents.flatMap((parent) => ["-p", parent]);
  return gitLine(["commit-tree", tree, ...descent, "-m", MESSAGE], call);
}

/**
 * Commits that were made in a worktree and may be on no branch: where HEAD has been, latest first,
 * and what a rebase put aside. Read from files, which are there when HEAD itself is not.
 */
export function commitsAside({ gitDir }: LinkedWorktree): readonly string[] {
  const log = join(gitDir, "logs", "HEAD");
  const text = existsSync(log) ? readFileSync(log, "utf8").trimEnd() : "";
  const lines = text.split("\n").slice(-POSITIONS_MAX);
  const positions = lines.flatMap((line) => line.split(" ")[1] ?? []).toReversed();
  const commits = new Set([...positions, autostashIn(gitDir) ?? ""]);
  return [...commits].filter((commit) => /[1-9a-f]/.test(commit)); // zeros: a branch was deleted
}
