/**
 * Conflicts as people and agents see them: which files, which lines. It reads what git left in a
 * worktree; what follows from a conflict is decided elsewhere.
 */
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../machines/chart.ts";
import { git, gitNames } from "./git.ts";
import type { LinkedWorktree } from "./linked-worktree.ts";

/** What a brief can carry of all conflicts together. */
const EXCERPT_CHARS_MAX = 4_000;
/** Bigger files are not text that anybody merges by hand. */
const FILE_BYTES_MAX = 20 * 1024 * 1024;

/** The files that git could not merge. */
export async function conflictedFiles({ call }: LinkedWorktree): Promise<readonly string[]> {
  return gitNames(["diff", "--no-ext-diff", "--name-only", "--diff-filter=U", "-z"], call);
}

/** One finding for each file in conflict, with its lines as far as there is room for them. */
export async function conflictFindings(
  { call }: LinkedWorktree,
  files: readonly string[],
  target: string,
): Promise<readonly Finding[]> {
  let roomChars = EXCERPT_CHARS_MAX;
  const findings: Finding[] = [];
  for (const [place, file] of files.entries()) {
    const shareChars = Math.floor(roomChars / (files.length - place));
    const hunks = shareChars > 0 ? await hunksOf(call, file) : "";
    const excerpt = hunks.slice(0, shareChars);
    roomChars -= excerpt.length;
    const cut = excerpt.length < hunks.length ? "\n(cut here)" : "";
    const text = `${file} conflicts with ${target}`;
    findings.push({ source: "merge", text: excerpt === "" ? text : `${text}:\n${excerpt}${cut}` });
  }
  return findings;
}

async function hunksOf(call: LinkedWorktree["call"], file: string): Promise<string> {
  const diff = await git(["diff", "--no-ext-diff", "--no-textconv", "--", file], call);
  const first = diff.indexOf("\n@@@");
  return first === -1 ? "" : diff.slice(first + 1).trimEnd();
}

/** Those of the files that still have a conflict's markers in them. */
export function filesWithMarkers(folder: string, files: readonly string[]): readonly string[] {
  return files.filter((file) => hasMarkers(join(folder, file)));
}

function hasMarkers(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true || found.size > FILE_BYTES_MAX) return false;
  const text = readFileSync(path, "latin1");
  return /^<{7}( |$)/m.test(text) && /^={7}$/m.test(text) && /^>{7}( |$)/m.test(text);
}
