/**
 * The worktree of a visitor that has no hands of its own. It is prepared for each of its runs as an
 * agent's is, but on no branch: the task's branch is moved by handing in a commit, and by nothing
 * else.
 *
 * P1 What was left of an earlier run is under a rescue ref before anything is thrown away.
 * P2 Asked again for the same run, it leaves the worktree as it is; after a crash in the middle it
 *    begins anew and loses nothing.
 */
import { existsSync } from "node:fs";
import { FaultError } from "../fault.ts";
import { git, gitLine, tryGit } from "./git.ts";
import type { GitCall } from "./git.ts";
import { findWorktree, openWorktree } from "./linked-worktree.ts";
import type { LinkedWorktree } from "./linked-worktree.ts";
import { dissolveNested } from "./nested-repositories.ts";
import { forgetNotes, readVisit, writeVisit } from "./notes.ts";
import { forgetOperations } from "./operations.ts";
import { withAccess } from "./permissions.ts";
import { earlierWork, layOver } from "./preparing.ts";
import type { Preparation } from "./preparing.ts";
import type { Repository } from "./repository.ts";
import { salvage, stageAll } from "./salvage.ts";

export interface VisitPreparation extends Preparation {
  readonly runId: string;
}

/** True where the worktree stands as a run has it. */
export function isPrepared(repository: Repository, path: string, runId: string): boolean {
  const worktree = findWorktree(repository, path);
  return worktree !== null && existsSync(path) && readVisit(worktree.gitDir)?.runId === runId;
}

/** The caller holds the turn of this worktree. */
export async function prepareVisit(
  repository: Repository,
  path: string,
  request: VisitPreparation,
): Promise<void> {
  if (isPrepared(repository, path, request.runId)) return;
  const { taskId, runId, startFrom, target, commit } = request;
  const tip = await repository.tipOf(target);
  const { worktree } = await openWorktree(repository, path, tip);
  const earlier = readVisit(worktree.gitDir);
  // Its folder was deleted: what git had of it is back, and the run goes on with that.
  if (earlier?.runId === runId) return;
  await dissolveNested(worktree);
  await salvage(repository, worktree, earlier?.taskId ?? request.name);
  forgetNotes(worktree.gitDir);
  const start = startFrom === "branch" ? await earlierWork(repository, request) : tip;
  await checkOut(worktree, start);
  if (startFrom === "overlay" && commit !== null) await layOver(worktree, commit);
  writeVisit(worktree.gitDir, { taskId, runId });
}

async function checkOut({ path, gitDir, call }: LinkedWorktree, commit: string): Promise<void> {
  forgetOperations(gitDir);
  await withAccess(path, async () => {
    await git(["checkout", "--quiet", "--force", "--detach", commit], call);
    await git(["clean", "--quiet", "-ffd"], call);
  });
}

export interface VisitCommit {
  /** Stands in the commit, so that one that was made before a crash is found. */
  readonly trailer: string;
  readonly message: string;
  /** It may have been made before a crash. */
  readonly isRepeated: boolean;
}

/** Commits everything in the worktree, hooks and all else left out; the caller holds the turn. */
export async function commitVisit(
  repository: Repository,
  path: string,
  { trailer, message, isRepeated }: VisitCommit,
): Promise<string> {
  const { worktree } = await openWorktree(repository, path, "HEAD");
  const { call } = worktree;
  const made = isRepeated ? await commitWith(call, trailer) : "";
  if (made !== "") return made;
  await dissolveNested(worktree);
  await stageAll(worktree);
  const isSame = await tryGit(["diff", "--cached", "--quiet", "HEAD"], call);
  if (isSame.exitCode === 0) throw nothingNew(path);
  const commit = ["commit", "--quiet", "--no-verify", "--cleanup=whitespace", "--file=-"];
  await git(commit, { ...call, input: `${message.trimEnd()}\n\n${trailer}\n` });
  return gitLine(["rev-parse", "HEAD"], call);
}

/** Only the latest is looked at: nobody else has had the worktree since. */
async function commitWith(call: GitCall, trailer: string): Promise<string> {
  const said = await git(["log", "--max-count=1", "--format=%B"], call);
  return said.split("\n").includes(trailer.split("\n").at(-1) ?? "")
    ? gitLine(["rev-parse", "HEAD"], call)
    : "";
}

export const LOOKS = ["status", "diff", "log"] as const;
export type Look = (typeof LOOKS)[number];

const LOG_COMMITS_MAX = 20;
/** No program of anybody's configuration is started only to show something. */
const SAYINGS: Readonly<Record<Look, readonly string[]>> = {
  status: ["status", "--short", "--branch", "--untracked-files=all"],
  diff: ["diff", "--no-ext-diff", "--no-textconv", "HEAD"],
  log: ["log", `--max-count=${LOG_COMMITS_MAX}`, "--format=%h %an, %as: %s"],
};

/** What git says of a worktree. It takes no locks, and so needs no turn. */
export async function lookAt(repository: Repository, path: string, what: Look): Promise<string> {
  const worktree = findWorktree(repository, path);
  if (worktree === null || !existsSync(path)) throw noWorktree(path);
  return git(SAYINGS[what], worktree.call);
}

const nothingNew = (path: string): FaultError =>
  new FaultError({
    code: "git.nothing-new",
    kind: "notAccepted",
    where: path,
    found: "nothing that is not committed",
    expected: "a change",
    next: "git_status with what=log shows the commits that there are",
  });

const noWorktree = (path: string): FaultError =>
  new FaultError({
    code: "git.no-worktree",
    kind: "notFound",
    where: path,
    found: "no worktree",
    expected: "the worktree of a run that is under way",
    next: "try again once the run has begun",
    retriable: true,
  });
