/**
 * Git repositories inside a worktree. Git would record such a one as a bare pointer, and its files
 * would be in no commit; so its history is set aside and its files become ordinary ones. Real
 * submodules are left alone.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../machines/chart.ts";
import { git, tryGit } from "./git.ts";
import { keptOf, setAside } from "./linked-worktree.ts";
import type { LinkedWorktree } from "./linked-worktree.ts";

/** Repositories within repositories within repositories. */
const DEPTH_MAX = 20;
/** How `ls-files --stage` shows a pointer to a commit of another repository. */
const POINTER = /^160000 [0-9a-f]+ \d\t(.+)$/s;

/** File names byte for byte, as Latin-1: an agent may name a folder in any encoding. */
type RawName = string;

/** Makes ordinary folders of the repositories in a worktree, and tells which there were. */
export async function dissolveNested(worktree: LinkedWorktree): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const submodules = await namesOfSubmodules(worktree);
  for (let depth = 0; depth < DEPTH_MAX; depth += 1) {
    const nested = (await findNested(worktree)).filter((name) => !submodules.has(name));
    if (nested.length === 0) break;
    for (const name of nested) findings.push(await dissolve(worktree, name));
  }
  return findings;
}

async function dissolve(worktree: LinkedWorktree, name: RawName): Promise<Finding> {
  const place = setAside(gitPathOf(worktree, name), keptOf(worktree.path));
  // A pointer that is staged already would win over the files.
  const input = Buffer.from(`${name}\0`, "latin1");
  await git(["update-index", "-z", "--force-remove", "--stdin"], { ...worktree.call, input });
  const history = place === null ? "" : `; its history is kept in ${place}`;
  const folder = Buffer.from(name, "latin1").toString("utf8");
  return {
    source: "worktree",
    text: `left a git repository in ${folder}: its files count as ordinary files${history}`,
  };
}

/** Git lists an untracked repository with a slash at the end, and a staged one as a pointer. */
async function findNested(worktree: LinkedWorktree): Promise<readonly RawName[]> {
  const all = ["ls-files", "-z", "--stage", "--others", "--exclude-standard"];
  const listed = await git(all, { ...worktree.call, encoding: "latin1" });
  const isRepository = (name: RawName): boolean => existsSync(gitPathOf(worktree, name));
  const isFilled = (name: RawName): boolean => namesIn(pathOf(worktree, name)).length > 0;
  return listed.split("\0").flatMap((entry) => {
    const [, pointer] = POINTER.exec(entry) ?? [];
    if (pointer !== undefined) return isFilled(pointer) ? [pointer] : [];
    const name = entry.endsWith("/") ? entry.slice(0, -1) : null;
    return name !== null && isRepository(name) ? [name] : [];
  });
}

/** The paths that `.gitmodules` names. */
async function namesOfSubmodules({ path, call }: LinkedWorktree): Promise<ReadonlySet<RawName>> {
  if (!existsSync(join(path, ".gitmodules"))) return new Set();
  const list = ["config", "-z", "--file", ".gitmodules", "--get-regexp", "\\.path$"];
  const named = await tryGit(list, { ...call, encoding: "latin1" });
  return new Set(named.stdout.split("\0").map((entry) => entry.slice(entry.indexOf("\n") + 1)));
}

function namesIn(folder: Buffer): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there, or not a folder any more
  }
}

const pathOf = ({ path }: LinkedWorktree, name: RawName): Buffer =>
  Buffer.concat([Buffer.from(`${path}/`), Buffer.from(name, "latin1")]);
const gitPathOf = (worktree: LinkedWorktree, name: RawName): Buffer =>
  pathOf(worktree, `${name}/.git`);
