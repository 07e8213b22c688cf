/**
 * What a run left in its worktree, as a commit on the task's branch or under rescue refs. It
 * believes files and git, and nothing that an agent said; whether the work is good is for the gate.
 *
 * P1 Whatever a run wrote into its worktree is afterwards on the branch, under a rescue ref, or
 *    (the history of a repository that it made there) in a folder that a finding names.
 * P2 Asked again, it gives the same answer; after a crash in the middle, the same commit.
 */
import type { Finding } from "../../machines/chart.ts";
import type { CollectedWork } from "../../machines/protocol.ts";
import { FaultError } from "../fault.ts";
import { conflictedFiles, filesWithMarkers } from "./conflicts.ts";
import { git, tryGit } from "./git.ts";
import { openWorktree } from "./linked-worktree.ts";
import type { LinkedWorktree, Opened } from "./linked-worktree.ts";
import { clearBranchLock } from "./lock-files.ts";
import { dissolveNested } from "./nested-repositories.ts";
import { readBase, readCollected, writeCollected } from "./notes.ts";
import { forgetOperations, operationIn } from "./operations.ts";
import { withAccess } from "./permissions.ts";
import { commitOrNull } from "./repository.ts";
import type { Repository } from "./repository.ts";
import { rescue } from "./rescue.ts";
import { commitsAside, salvage, stageAll, treeOf } from "./salvage.ts";

export interface Collection {
  readonly name: string;
  readonly taskId: string;
  readonly branch: string;
  /** Where the run started, in case the worktree's own note of it is gone. */
  readonly base?: string;
  /** False: the work is saved, and the branch goes back to where the run started. */
  readonly keep: boolean;
  /** Of the commit with what the agent did not commit itself. */
  readonly message: string;
}

interface Scene {
  readonly repository: Repository;
  readonly request: Collection;
  readonly worktree: LinkedWorktree;
  readonly base: string;
  readonly findings: readonly Finding[];
}

/** The caller holds the turn of this worktree. */
export async function collect(
  repository: Repository,
  path: string,
  request: Collection,
): Promise<CollectedWork> {
  const opened = await openWorktree(repository, path, request.base ?? "HEAD");
  const { worktree } = opened;
  await clearBranchLock(repository, request.branch);
  const work = earlierAnswer(worktree, request) ?? (await judge(repository, opened, request));
  writeCollected(worktree.gitDir, { taskId: request.taskId, branch: request.branch, work });
  await letGo(worktree);
  return work;
}

function earlierAnswer({ gitDir }: LinkedWorktree, request: Collection): CollectedWork | null {
  const done = readCollected(gitDir);
  const isSame = done?.taskId === request.taskId && done.branch === request.branch;
  return isSame ? done.work : null;
}

async function judge(
  repository: Repository,
  opened: Opened,
  request: Collection,
): Promise<CollectedWork> {
  const { worktree } = opened;
  const note = readBase(worktree.gitDir);
  const base = note?.base ?? request.base;
  if (base === undefined) throw noBase(worktree.path);
  const findings = [...whatIsOdd(opened), ...(await dissolveNested(worktree))];
  const suspects = new Set([...(note?.conflicts ?? []), ...(await conflictedFiles(worktree))]);
  const scene = { repository, request, worktree, base, findings };
  if (!request.keep) return discard(scene);
  // Fails where HEAD is on a branch that does not exist any more.
  const head = await tryGit(["rev-parse", "--symbolic-full-name", "HEAD"], worktree.call);
  const isOnBranch = head.exitCode === 0 && head.stdout.trimEnd() === refOf(request);
  return isOnBranch ? keep(scene, [...suspects]) : leave(scene);
}

/** What was done to the worktree itself, and what was begun in it and not ended. */
function whatIsOdd({ worktree, damage }: Opened): readonly Finding[] {
  const operation = operationIn(worktree.gitDir);
  const unfinished = operation === null ? [] : [`left a ${operation} unfinished`];
  return [...damage, ...unfinished].map((text) => tell(text));
}

/** The agent stayed on its branch: everything goes there. */
async function keep(scene: Scene, suspects: readonly string[]): Promise<CollectedWork> {
  const { worktree, request, base } = scene;
  const aside = commitsAside(worktree);
  forgetOperations(worktree.gitDir);
  await stageAll(worktree);
  const isSame = await tryGit(["diff", "--cached", "--quiet", "HEAD"], worktree.call);
  if (isSame.exitCode !== 0) {
    const commit = ["commit", "--quiet", "--no-verify", "--cleanup=whitespace", "--file=-"];
    await git(commit, { ...worktree.call, input: request.message });
  }
  // Commits that it made and took back, or made aside and left.
  const saved = { key: request.taskId, commits: aside };
  await rescue(scene.repository, saved, { by: ["--branches"] });
  const commit = await scene.repository.tipOf(request.branch);
  const isChanged = (await treeOf(worktree.call, commit)) !== (await treeOf(worktree.call, base));
  const marked = filesWithMarkers(worktree.path, suspects);
  const findings = [
    ...scene.findings,
    ...marked.map((file) => tell(`conflict markers left in ${file}`)),
  ];
  const changed = isChanged && marked.length === 0;
  return { commit: changed ? commit : null, changed, findings };
}

/** The agent left its branch: nobody asked for what is elsewhere, but it is saved. */
async function leave(scene: Scene): Promise<CollectedWork> {
  const { repository, worktree, request, base } = scene;
  const refs = await salvage(repository, worktree, request.taskId);
  await tidy(worktree, base);
  if ((await commitOrNull(repository.call, refOf(request))) === null)
    await git(["update-ref", refOf(request), base, ""], repository.call);
  const saved = refs.length === 0 ? "" : `; what it did there is saved as ${refs.join(", ")}`;
  const finding = tell(`left its branch ${request.branch}${saved}`);
  return { commit: null, changed: false, findings: [...scene.findings, finding] };
}

/** The run is not to count: everything is saved, and the branch is as it was before. */
async function discard(scene: Scene): Promise<CollectedWork> {
  const { repository, worktree, request, base } = scene;
  const { call } = repository;
  await salvage(repository, worktree, request.taskId);
  const tip = await commitOrNull(call, refOf(request));
  const commits = tip === null ? [] : [tip];
  await rescue(repository, { key: request.taskId, commits }, { by: [base] });
  await tidy(worktree, base);
  await git(["update-ref", refOf(request), base, tip ?? ""], call);
  return { commit: null, changed: false, findings: scene.findings };
}

/** Throws away what was saved before, so that it is not saved again by the next `prepare`. */
async function tidy({ path, gitDir, call }: LinkedWorktree, base: string): Promise<void> {
  forgetOperations(gitDir);
  await withAccess(path, async () => {
    await git(["checkout", "--quiet", "--force", "--detach", base], call);
    await git(["clean", "--quiet", "-ffd"], call);
  });
}

/** Off the branch, files as they are: so the branch can be deleted, or checked out elsewhere. */
async function letGo({ call }: LinkedWorktree): Promise<void> {
  await git(["update-ref", "--no-deref", "HEAD", "HEAD"], call);
}

const refOf = ({ branch }: Collection): string => `refs/heads/${branch}`;
const tell = (text: string): Finding => ({ source: "worktree", text });

function noBase(path: string): FaultError {
  return new FaultError({
    code: "git.noBase",
    where: path,
    found: "no note of where the run started",
    expected: "a worktree that was prepared, or the base",
    next: "let the task run again; the work is still in the worktree and will be saved",
  });
}
