/**
 * What we write down beside a worktree, in its own git folder: where its run started, and what was
 * collected from it. Both make an effect that is repeated after a crash give the same answer.
 *
 * P1 `wvo-base` is there from the end of `prepare` to the beginning of the next one.
 * P3 `wvo-visit` is there from the end of `prepareVisit` to the beginning of the next one.
 * P2 `wvo-collected` is there from the moment that a result is final to the next `prepare`.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CollectedWork } from "../../machines/protocol.ts";

export interface Base {
  /** The commit that the run started from. */
  readonly base: string;
  /** Files that were handed over with conflict markers in them. */
  readonly conflicts: readonly string[];
}

export interface Collected {
  readonly taskId: string;
  readonly branch: string;
  readonly work: CollectedWork;
}

/** The run of a visitor that the worktree is prepared for. */
export interface VisitNote {
  readonly taskId: string;
  readonly runId: string;
}

const BASE = "wvo-base";
const COLLECTED = "wvo-collected";
const VISIT = "wvo-visit";

export const readBase = (gitDir: string): Base | null => read(join(gitDir, BASE));
export const readCollected = (gitDir: string): Collected | null => read(join(gitDir, COLLECTED));
export const readVisit = (gitDir: string): VisitNote | null => read(join(gitDir, VISIT));
export const writeVisit = (gitDir: string, visit: VisitNote): void =>
  write(join(gitDir, VISIT), visit);
export const writeBase = (gitDir: string, base: Base): void => write(join(gitDir, BASE), base);
export const writeCollected = (gitDir: string, collected: Collected): void =>
  write(join(gitDir, COLLECTED), collected);

export function forgetNotes(gitDir: string): void {
  for (const name of [BASE, COLLECTED, VISIT]) rmSync(join(gitDir, name), { force: true });
}

/** An agent can write here too: what is no JSON counts as not there. */
function read<Note>(path: string): Note | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Note;
  } catch {
    return null;
  }
}

function write(path: string, note: object): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(note)}\n`);
  renameSync(`${path}.new`, path);
}
