/**
 * Finds the work of a visitor: it works where it likes, and names a commit or a branch of this
 * repository. Whether the work is good is for the gate.
 *
 * P1 The branch of the task is moved only after what it alone held is under a rescue ref.
 * P2 Asked again after a crash, it gives the same answer.
 */
import type { CollectedWork } from "../../machines/protocol.ts";
import { git, tryGit } from "./git.ts";
import { commitOrNull } from "./repository.ts";
import type { Repository } from "./repository.ts";
import { rescue } from "./rescue.ts";
import { treeOf } from "./salvage.ts";

export interface Visit {
  readonly taskId: string;
  readonly branch: string;
  readonly target: string;
  /** What the visitor has named. */
  readonly ref: string;
}

export async function collectVisit(repository: Repository, visit: Visit): Promise<CollectedWork> {
  const { call } = repository;
  const { ref, target } = visit;
  const commit = await commitOrNull(call, ref);
  if (commit === null) return nothing(`no commit or branch ${ref} in this repository`);
  const tip = await repository.tipOf(target);
  const fork = await tryGit(["merge-base", commit, tip], call);
  if (fork.exitCode !== 0) return nothing(`${ref} shares no history with ${target}`);
  const base = fork.stdout.trimEnd();
  if ((await treeOf(call, commit)) === (await treeOf(call, base)))
    return nothing(`${ref} changes nothing against ${target}`);
  await hold(repository, visit, commit);
  return { commit, changed: true, findings: [] };
}

const nothing = (text: string): CollectedWork => {
  return { commit: null, changed: false, findings: [{ source: "visitor", text }] };
};

/** The task's branch keeps the commit, whatever the visitor does with its own (P10). */
async function hold(repository: Repository, visit: Visit, commit: string): Promise<void> {
  const { call } = repository;
  const name = `refs/heads/${visit.branch}`;
  const old = await commitOrNull(call, name);
  if (old === commit) return;
  if (old !== null) {
    await rescue(repository, { key: visit.taskId, commits: [old] }, { by: [commit] });
  }
  await git(["update-ref", name, commit, old ?? ""], call);
}
