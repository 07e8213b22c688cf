/**
 * The agents' worktrees: one folder per agent under one root, outside the user's own files. Here
 * they are opened and removed; preparing and collecting a run are in `preparing.ts` and
 * `collecting.ts`.
 *
 * P1 At most one of prepare, collect and remove works in a worktree at a time.
 * P2 A worktree is removed only when all that it holds is kept elsewhere (architecture P10).
 */
import { existsSync } from "node:fs";
import type { CollectedWork } from "../../machines/protocol.ts";
import { FaultError } from "../fault.ts";
import { collect } from "./collecting.ts";
import type { Collection } from "./collecting.ts";
import { git } from "./git.ts";
import { findWorktree, keptOf, openRoot, removeWorktree, worktreePath } from "./linked-worktree.ts";
import { openUp } from "./permissions.ts";
import { prepare } from "./preparing.ts";
import type { Preparation, Prepared } from "./preparing.ts";
import type { Repository } from "./repository.ts";
import { firstUnkept } from "./rescue.ts";
import { commitsAside } from "./salvage.ts";
import { inTurn } from "./turns.ts";

export interface Worktrees {
  /** The folder that an agent of this name works in. */
  readonly pathOf: (name: string) => string;
  readonly prepare: (request: Preparation) => Promise<Prepared>;
  readonly collect: (request: Collection) => Promise<CollectedWork>;
  /** A fault where it holds anything that is not on a branch or under a rescue ref. */
  readonly remove: (name: string) => Promise<void>;
}

export function openWorktrees(repository: Repository, root: string): Worktrees {
  const realRoot = openRoot(root);
  const pathOf = (name: string): string => worktreePath(realRoot, name);
  const within = <Result>(name: string, work: (path: string) => Promise<Result>) =>
    inTurn(pathOf(name), () => work(pathOf(name)));
  return {
    pathOf,
    prepare: (request) => within(request.name, (path) => prepare(repository, path, request)),
    collect: (request) => within(request.name, (path) => collect(repository, path, request)),
    remove: (name) => within(name, (path) => remove(repository, path)),
  };
}

async function remove(repository: Repository, path: string): Promise<void> {
  const held = await heldBy(repository, path);
  if (held !== null) throw unsaved(path, held);
  if (existsSync(path)) openUp(path);
  await removeWorktree(repository, path);
}

/** What would be lost with a worktree, or null. */
async function heldBy(repository: Repository, path: string): Promise<string | null> {
  if (existsSync(keptOf(path))) return `repositories that agents made, in ${keptOf(path)}`;
  const worktree = findWorktree(repository, path);
  if (worktree === null) return existsSync(path) ? "files that git does not know" : null;
  const aside = await firstUnkept(repository, commitsAside(worktree), { by: ["--branches"] });
  if (aside !== null) return `commit ${aside}, which is on no branch`;
  if (!existsSync(path)) return null;
  const changes = await git(["status", "--porcelain", "--untracked-files=all"], worktree.call);
  return changes === ""
    ? null
    : `uncommitted changes: ${changes.split("\n").slice(0, 5).join(", ")}`;
}

function unsaved(path: string, found: string): FaultError {
  return new FaultError({
    code: "git.unsaved",
    kind: "notAccepted",
    where: path,
    found,
    expected: "nothing that is not on a branch or under a rescue ref",
    next: `look into ${path}; preparing it for another run saves what is in it`,
  });
}
