/**
 * The files of one run: written so that a reader sees each of them whole or not at all, whenever
 * either side is killed. What they mean is in `run-spec.ts`.
 *
 * P1 `claim` is made once, with its contents, and never changes: it names the only runner that may
 *    start the program, or says that none may. The latter is an empty file, which also a full disk
 *    takes.
 * P2 `exit.json` is written once, after the last process of the run has ended, into space that was
 *    taken before the program began: a disk that is full by then does not lose it.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readFileSync,
} from "node:fs";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { FaultError } from "../fault.ts";
import type { ProcessIdentity } from "./identity.ts";
import type { Claim, ExitRecord, MarkedSpec, ProgramRecord } from "./run-spec.ts";

export const FILE = {
  spec: "spec.json",
  claim: "claim",
  program: "process.json",
  exit: "exit.json",
  heartbeat: "heartbeat",
  stdout: "stdout.log",
  stderr: "stderr.log",
  runnerLog: "runner.log",
} as const;

/** Prompts, keys and output may be secret: only the owner reads a run. */
export const OWNER_ONLY_FILE = 0o600;
export const OWNER_ONLY_FOLDER = 0o700;

export const readClaim = (runDir: string): Claim | null => readJson(join(runDir, FILE.claim), VOID);
const VOID = { void: true } as const;
export const readSpec = (runDir: string): MarkedSpec | null => readJson(join(runDir, FILE.spec));
export const readExit = (runDir: string): ExitRecord | null => readJson(join(runDir, FILE.exit));
export const readProgram = (runDir: string): ProgramRecord | null =>
  readJson(join(runDir, FILE.program));

/** When the runner last said that it lives, or null where it never did. */
export function readHeartbeat(runDir: string): number | null {
  return statSync(join(runDir, FILE.heartbeat), { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** Makes the claim that nobody may start the program; false where somebody was first (P1). */
export function forbidClaim(runDir: string): boolean {
  try {
    closeSync(openSync(join(runDir, FILE.claim), "wx", OWNER_ONLY_FILE));
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

/** Makes the claim if there is none (P1); false where somebody was first. */
export function takeClaim(runDir: string, claim: ProcessIdentity): boolean {
  const draft = writeDraft(join(runDir, FILE.claim), claim);
  try {
    linkSync(draft, join(runDir, FILE.claim)); // like O_EXCL, but never seen empty
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw thrown;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Far more than any record of ours takes. */
const RESERVED_BYTES = 8 * 1024;
const reservedFor = (runDir: string, name: string): string => join(runDir, `${name}.reserved`);

/** Takes the space of a record that is written later. */
export function reserveRecord(runDir: string, name: string): void {
  writeFileSync(reservedFor(runDir, name), Buffer.alloc(RESERVED_BYTES), { mode: OWNER_ONLY_FILE });
}

/** Writes a record into its space: nobody can have filled that meanwhile (P2). */
export function writeReserved(runDir: string, name: string, record: object): void {
  const path = reservedFor(runDir, name);
  if (!existsSync(path)) return writeRecord(runDir, name, record);
  const file = openSync(path, "r+");
  try {
    const text = textOf(record);
    writeFileSync(file, text);
    ftruncateSync(file, Buffer.byteLength(text));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  moveInto(runDir, path, name);
}

/** Writes a file of a run so that it is there whole, also after a power failure. */
export function writeRecord(runDir: string, name: string, record: object): void {
  moveInto(runDir, writeDraft(join(runDir, name), record), name);
}

function moveInto(runDir: string, draft: string, name: string): void {
  renameSync(draft, join(runDir, name));
  const folder = openSync(runDir, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function writeDraft(path: string, record: object): string {
  const draft = `${path}.${systemClock.newId()}`;
  const file = openSync(draft, "wx", OWNER_ONLY_FILE);
  try {
    // To the last byte: a single write may take less than all, and says so in a number only.
    writeFileSync(file, textOf(record));
    fsyncSync(file);
  } catch (thrown) {
    rmSync(draft, { force: true });
    throw thrown;
  } finally {
    closeSync(file);
  }
  return draft;
}

const textOf = (record: object): string => `${JSON.stringify(record, null, 2)}\n`;

function readJson<Record>(path: string, whereEmpty?: Record): Record | null {
  try {
    const text = readFileSync(path, "utf8");
    return text === "" && whereEmpty !== undefined ? whereEmpty : (JSON.parse(text) as Record);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return null;
    throw new FaultError({
      code: "processes.unreadable",
      where: path,
      found: String(thrown),
      expected: "JSON that this room wrote",
      next: `look at ${path}; a full or failing disk is the usual reason`,
      cause: thrown,
    });
  }
}

export function codeOf(thrown: unknown): string {
  const hasCode = thrown instanceof Error && "code" in thrown;
  return hasCode && typeof thrown.code === "string" ? thrown.code : "";
}
