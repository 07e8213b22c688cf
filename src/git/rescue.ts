/**
 * Rescue refs: where commits go that no branch will hold any more, so that no work is ever lost
 * (architecture P10). `refs/wvo/rescue/KEY/N`, counted up; people delete them, we never do.
 *
 * P1 A commit that was handed to `rescue` is reachable afterwards from what is kept.
 * P2 Nothing is saved twice: what is reachable already makes no new ref.
 */
import { FaultError } from "../fault.ts";
import { git, gitLine, tryGit } from "./git.ts";
import type { Repository } from "./repository.ts";

const RESCUE = "refs/wvo/rescue";
/** Independent histories that one agent can leave behind in one run. */
const HEADS_MAX = 1_000;
const NUMBER_TRIES_MAX = 100;

/** What counts as kept, besides the rescue refs: names of commits, or `--branches`. */
export interface Kept {
  readonly by: readonly string[];
}

/** Saves those of the commits that are not kept; gives back the new refs. */
export async function rescue(
  repository: Repository,
  { key, commits }: { readonly key: string; readonly commits: readonly string[] },
  kept: Kept,
): Promise<readonly string[]> {
  const refs: string[] = [];
  while (refs.length < HEADS_MAX) {
    const head = await firstUnkept(repository, commits, kept);
    if (head === null) return refs;
    refs.push(await save(repository, key, head));
  }
  throw fault(key, `more than ${HEADS_MAX} histories to save`);
}

/** A commit that is not kept and has no descendant among those; null where all are kept. */
export async function firstUnkept(
  { call }: Repository,
  commits: readonly string[],
  { by }: Kept,
): Promise<string | null> {
  if (commits.length === 0) return null;
  const walk = ["rev-list", "--topo-order", "--max-count=1", "--ignore-missing", "--stdin"];
  const excluded = ["--not", ...by, `--glob=${RESCUE}`];
  const input = `${commits.join("\n")}\n`;
  return (await gitLine([...walk, ...excluded], { ...call, input })) || null;
}

async function save({ call }: Repository, key: string, commit: string): Promise<string> {
  const names = await git(["for-each-ref", "--format=%(refname)", `${RESCUE}/${key}/`], call);
  const numbers = names.split("\n").map((name) => Number(name.split("/").at(-1)) || 0);
  const first = Math.max(...numbers) + 1;
  for (let number = first; number < first + NUMBER_TRIES_MAX; number += 1) {
    const ref = `${RESCUE}/${key}/${number}`;
    const created = await tryGit(["update-ref", ref, commit, ""], call); // "": must be new
    if (created.exitCode === 0) return ref;
    if (!created.stderr.includes("reference already exists")) break;
  }
  await git(["check-ref-format", `${RESCUE}/${key}/${first}`], call);
  throw fault(key, `no free number for ${commit}`);
}

function fault(key: string, found: string): FaultError {
  return new FaultError({
    code: "git.rescue",
    where: `${RESCUE}/${key}`,
    found,
    expected: "a rescue ref for everything that no branch holds",
    next: `git for-each-ref ${RESCUE}/${key}`,
    retriable: true,
  });
}
