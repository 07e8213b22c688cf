/**
 * Git operations that stopped half-way in a worktree (a merge, a rebase, a bisect), as the files in
 * its git folder tell. It names them and forgets them; the files of the worktree are left alone.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The file that an unfinished operation is known by, and its name for people. */
const SIGNS: readonly (readonly [file: string, name: string])[] = [
  ["rebase-merge", "rebase"],
  ["rebase-apply", "rebase"],
  ["MERGE_HEAD", "merge"],
  ["CHERRY_PICK_HEAD", "cherry-pick"],
  ["REVERT_HEAD", "revert"],
  ["sequencer", "cherry-pick"],
  ["BISECT_LOG", "bisect"],
];
const TRACES = [
  ...SIGNS.map(([file]) => file),
  "MERGE_MSG",
  "MERGE_MODE",
  "MERGE_RR",
  "MERGE_AUTOSTASH",
  "SQUASH_MSG",
  "AUTO_MERGE",
  "REBASE_HEAD",
  "BISECT_START",
  "BISECT_NAMES",
  "BISECT_TERMS",
  "BISECT_EXPECTED_REV",
  "BISECT_ANCESTORS_OK",
];
/** Files that name a branch which an operation will move when it goes on. */
const CLAIMS = ["rebase-merge/head-name", "rebase-apply/head-name", "rebase-merge/update-refs"];

/** What is unfinished in a worktree, or null. */
export function operationIn(gitDir: string): string | null {
  return SIGNS.find(([file]) => existsSync(join(gitDir, file)))?.[1] ?? null;
}

/** Forgets every unfinished operation; HEAD, index and files stay as they are. */
export function forgetOperations(gitDir: string): void {
  for (const file of TRACES) rmSync(join(gitDir, file), { recursive: true, force: true });
}

/** The changes that a rebase put aside before it began: a commit that no branch holds. */
export function autostashIn(gitDir: string): string | null {
  const files = ["rebase-merge/autostash", "rebase-apply/autostash", "MERGE_AUTOSTASH"];
  return files.map((file) => readLine(join(gitDir, file))).find((line) => line !== null) ?? null;
}

/** True where an unfinished operation began on this branch and will come back to it. */
export function operatesOn(gitDir: string, branch: string): boolean {
  const isNamed = (file: string): boolean =>
    readText(join(gitDir, file)).split("\n").includes(`refs/heads/${branch}`);
  return CLAIMS.some((file) => isNamed(file)) || readLine(join(gitDir, "BISECT_START")) === branch;
}

const readLine = (path: string): string | null => readText(path).split("\n")[0] || null;

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
