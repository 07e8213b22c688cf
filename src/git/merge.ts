/**
 * A task's commit on its way to the target: rebased in a worktree of our own, looked for on the
 * target, and tidied up after. Moving the target itself is in `landing.ts`; order and repetition
 * are the merge request's business.
 *
 * P1 The rebased commit is held by refs/wvo/merging/TASK until `retire`.
 * P2 A rebase begins from a clean worktree, whatever a crash left in it.
 */
import { dirname } from "node:path";
import type { Landing, Rebase } from "../../machines/protocol.ts";
import { conflictedFiles, conflictFindings } from "./conflicts.ts";
import { failure, git, gitLine, tryGit } from "./git.ts";
import type { GitCall } from "./git.ts";
import { freeBranch, holdersOf } from "./holders.ts";
import { land } from "./landing.ts";
import type { LandRequest } from "./landing.ts";
import { openRoot, openWorktree, refineryPath } from "./linked-worktree.ts";
import type { LinkedWorktree } from "./linked-worktree.ts";
import { forgetOperations } from "./operations.ts";
import { commitOrNull, isContained } from "./repository.ts";
import type { Repository } from "./repository.ts";
import { rescue } from "./rescue.ts";
import { treeOf } from "./salvage.ts";
import { inTurn } from "./turns.ts";

export interface RebaseRequest {
  readonly taskId: string;
  readonly commit: string;
  readonly target: string;
  readonly message: CommitMessage;
}

/** What the task's one commit on the target says. */
export interface CommitMessage {
  readonly subject: string;
  readonly trailers: string;
}

export interface RetireRequest {
  readonly taskId: string;
  readonly branch: string;
  readonly target: string;
}

export interface Merges {
  readonly rebase: (request: RebaseRequest) => Promise<Rebase>;
  readonly land: (request: LandRequest) => Promise<Landing>;
  readonly observe: (commit: string, target: string) => Promise<{ readonly contains: boolean }>;
  /** Deletes what a merged task does not need any more; its own history stays under a rescue ref. */
  readonly retire: (request: RetireRequest) => Promise<Retired>;
}

export interface Retired {
  /** A worktree of the user's that has the branch checked out: then the branch stays. */
  readonly keptFor: string | null;
}

/** `root` is the folder of the agents' worktrees: a branch may still be checked out in one. */
export function openMerges(repository: Repository, root: string): Merges {
  const realRoot = openRoot(root);
  const path = refineryPath(realRoot);
  return {
    rebase: (request) => inTurn(path, () => rebase(repository, path, request)),
    land: (request) => inTurn(`${repository.commonDir} landing`, () => land(repository, request)),
    observe: async (commit, target) => {
      const tip = await repository.tipOf(target);
      return { contains: await isContained(repository.call, commit, tip) };
    },
    retire: (request) => retire(repository, realRoot, request),
  };
}

async function rebase(
  repository: Repository,
  path: string,
  request: RebaseRequest,
): Promise<Rebase> {
  const { taskId, target } = request;
  const onto = await repository.tipOf(target);
  const { worktree } = await openWorktree(repository, path, onto);
  const { call } = worktree;
  await cleanUp(worktree, await asOne(repository.call, request, onto));
  const command = ["rebase", "--quiet", "--empty=drop", "--no-fork-point", onto];
  const rebased = await tryGit(command, call);
  if (rebased.exitCode !== 0) {
    const files = await conflictedFiles(worktree);
    const findings = await conflictFindings(worktree, files, target);
    await cleanUp(worktree, onto);
    if (files.length === 0) throw failure(command, call, rebased);
    return { kind: "conflict", findings };
  }
  const result = await gitLine(["rev-parse", "HEAD"], call);
  if ((await treeOf(call, result)) === (await treeOf(call, onto))) {
    const landed = await landedBefore(repository.call, request, onto);
    return landed === null ? nothingLeft(target) : { kind: "rebased", commit: landed, onto };
  }
  await git(["update-ref", mergingRef(taskId), result], repository.call);
  return { kind: "rebased", commit: result, onto };
}

const mergingRef = (taskId: string): string => `refs/wvo/merging/${taskId}`;

/** Commits of the target that name a run: one, but for what people have picked by hand. */
const LANDED_MAX = 20;

/**
 * The commit by which this very run has landed. A database that was restored from a backup does not
 * know of it, and brings it once more: landing it again changes nothing, and it is seen in git.
 */
async function landedBefore(
  call: GitCall,
  { message: { trailers } }: RebaseRequest,
  onto: string,
): Promise<string | null> {
  const wanted = trailers.trim();
  const greps = wanted.split("\n").map((line) => `--grep=${line}`);
  const limits = ["--fixed-strings", "--all-match", `--max-count=${LANDED_MAX}`];
  const log = await git(["log", ...limits, ...greps, "--format=%H%n%B%x00", onto], call);
  const commits = log.split("\0").map((text) => text.trim());
  const landed = commits.find((text) => text.endsWith(`\n${wanted}`));
  return landed?.split("\n", 1)[0] ?? null;
}

function nothingLeft(target: string): Rebase {
  const text = `nothing is left of the change after the rebase: ${target} has it already`;
  return { kind: "empty", findings: [{ source: "merge", text }] };
}

async function cleanUp({ gitDir, call }: LinkedWorktree, commit: string): Promise<void> {
  forgetOperations(gitDir);
  await git(["checkout", "--quiet", "--force", "--detach", commit], call);
  await git(["clean", "--quiet", "-ffd"], call);
}

/**
 * A task is one commit on the target, so that every commit there is a tree that passed. What its
 * runs and its agents committed one by one is told in the message and kept under a rescue ref.
 */
async function asOne(call: GitCall, request: RebaseRequest, onto: string): Promise<string> {
  const { commit, message } = request;
  const range = `${onto}..${commit}`;
  const log = await git(["log", "--no-merges", "--reverse", "--format=%B%x00", range], call);
  const texts = log.split("\0").flatMap((text) => (text.trim() === "" ? [] : [text.trim()]));
  const hasMerges = (await git(["rev-list", "--merges", "--max-count=1", range], call)) !== "";
  const isOurs = texts.every((text) => text.endsWith(message.trailers.trim()));
  const fork = await tryGit(["merge-base", onto, commit], call);
  if (fork.exitCode !== 0 || (texts.length === 1 && isOurs && !hasMerges)) return commit;
  const who = await gitLine(["log", "-1", "--format=%an%n%ae", commit], call);
  const [name = "", email = ""] = who.split("\n");
  const flat = ["commit-tree", `${commit}^{tree}`, "-p", fork.stdout.trimEnd(), "-F", "-"];
  const input = summaryOf(message, texts);
  return gitLine(flat, { ...call, input, author: { name, email } });
}

/** The subject, the other subjects that became part of it, and the trailers last, as git wants. */
function summaryOf({ subject, trailers }: CommitMessage, texts: readonly string[]): string {
  const subjects = new Set(texts.map((text) => text.split("\n", 1)[0] ?? ""));
  subjects.delete(subject);
  const parts = [...subjects].map((each) => `- ${each}`).join("\n");
  return [subject, ...(parts === "" ? [] : [parts]), trailers].join("\n\n");
}

async function retire(
  repository: Repository,
  root: string,
  { taskId, branch, target }: RetireRequest,
): Promise<Retired> {
  const { call } = repository;
  const tip = await repository.tipOf(target);
  const old = await commitOrNull(call, `refs/heads/${branch}`);
  const merging = await commitOrNull(call, mergingRef(taskId));
  const commits = [old, merging].filter((commit) => commit !== null);
  await rescue(repository, { key: taskId, commits }, { by: [tip] });
  if (merging !== null) await git(["update-ref", "-d", mergingRef(taskId), merging], call);
  if (old === null) return { keptFor: null };
  const users = (await holdersOf(repository, branch)).find(({ path }) => dirname(path) !== root);
  if (users !== undefined) return { keptFor: users.path };
  await freeBranch(repository, { branch, root, instead: tip });
  await git(["update-ref", "-d", `refs/heads/${branch}`, old], call);
  return { keptFor: null };
}
