/**
 * The user's repository: where it is, what its branches point to. It only reads; worktrees, merges
 * and rescue refs are made elsewhere.
 */
import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { FaultError } from "../fault.ts";
import { failure, git, gitLine, tryGit } from "./git.ts";
import type { GitCall } from "./git.ts";

export interface Repository {
  /** The top folder of the worktree that was opened. */
  readonly root: string;
  /** True where the root is the main worktree, and not a linked one. */
  readonly isMain: boolean;
  /** What all worktrees share: objects, branches, rescue refs. */
  readonly commonDir: string;
  /** How to call git for what concerns no worktree. */
  readonly call: GitCall;
  /** The branch that is checked out in the root; a fault where none is. */
  readonly currentBranch: () => Promise<string>;
  /** The commit that a branch points to; a fault where there is no such branch. */
  readonly tipOf: (branch: string) => Promise<string>;
  /** True where the root holds anything that is not committed. */
  readonly isDirty: () => Promise<boolean>;
}

/** Opens the repository that a folder belongs to. */
export async function openRepository(path: string): Promise<Repository> {
  if (!isFolder(path)) throw unusable(path, "no such folder", "git.notFound");
  const here = { cwd: path };
  const ask = ["rev-parse", "--is-bare-repository", "--git-dir", "--git-common-dir"];
  const asked = await tryGit(ask, here);
  if (asked.exitCode !== 0) throw notRepository(path, asked.stderr.trim());
  const [isBare, gitPath = "", commonPath = ""] = asked.stdout.trimEnd().split("\n");
  if (isBare === "true") throw unusable(path, "a bare repository", "git.bare");
  const top = await tryGit(["rev-parse", "--show-toplevel"], here);
  if (top.exitCode !== 0) throw unusable(path, "a folder inside .git", "git.notWorktree");
  const root = top.stdout.slice(0, -1);
  const hasCommit = await tryGit(["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], here);
  if (hasCommit.exitCode !== 0) throw noCommit(root);
  const commonDir = realpathSync(resolve(path, commonPath));
  const call = { cwd: commonDir, gitDir: commonDir };
  return {
    root,
    isMain: realpathSync(resolve(path, gitPath)) === commonDir,
    commonDir,
    call,
    currentBranch: () => currentBranch(root),
    tipOf: (branch) => tipOf(call, branch),
    isDirty: async () => (await git(["status", "--porcelain"], { cwd: root })) !== "",
  };
}

async function currentBranch(root: string): Promise<string> {
  const head = await tryGit(["symbolic-ref", "--quiet", "HEAD"], { cwd: root });
  if (head.exitCode === 0) return head.stdout.trimEnd().replace("refs/heads/", "");
  throw new FaultError({
    code: "git.detachedHead",
    kind: "usage",
    where: root,
    found: "a detached HEAD",
    expected: "a branch to merge into",
    next: "check out a branch, or name one: --target BRANCH",
  });
}

async function tipOf(call: GitCall, branch: string): Promise<string> {
  const tip = await commitOrNull(call, `refs/heads/${branch}`);
  if (tip !== null) return tip;
  const known = await gitLine(["for-each-ref", "--format=%(refname:short)", "refs/heads"], call);
  throw new FaultError({
    code: "git.noBranch",
    kind: "notFound",
    where: call.cwd,
    found: `no branch ${branch}; there are ${known.split("\n").slice(0, 10).join(", ")}`,
    expected: "a branch of that name",
    next: `git branch ${branch}, or name another one`,
  });
}

/** The commit that a name stands for, or null where it stands for none. */
export async function commitOrNull(call: GitCall, name: string): Promise<string | null> {
  const verify = ["rev-parse", "--quiet", "--verify", "--end-of-options", `${name}^{commit}`];
  const answer = await tryGit(verify, call);
  return answer.exitCode === 0 ? answer.stdout.trimEnd() : null;
}

/** True where `commit` is `tip` or one of its ancestors; false also for an unknown commit. */
export async function isContained(call: GitCall, commit: string, tip: string): Promise<boolean> {
  if ((await commitOrNull(call, commit)) === null) return false;
  const ask = ["merge-base", "--is-ancestor", commit, tip];
  const answer = await tryGit(ask, call);
  if (answer.exitCode > 1) throw failure(ask, call, answer);
  return answer.exitCode === 0;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function notRepository(path: string, said: string): FaultError {
  const isStrange = !said.includes("not a git repository");
  return unusable(path, isStrange ? said : "no git repository", "git.notRepository");
}

function unusable(path: string, found: string, code: string): FaultError {
  return new FaultError({
    code,
    kind: "usage",
    where: path,
    found,
    expected: "a git repository with a worktree",
    next: `cd to your project, or make it a repository: git init ${path}`,
  });
}

function noCommit(root: string): FaultError {
  return new FaultError({
    code: "git.noCommit",
    kind: "usage",
    where: root,
    found: "a repository without a commit",
    expected: "at least one commit to start from",
    next: 'git add -A && git commit -m "first commit"',
  });
}
