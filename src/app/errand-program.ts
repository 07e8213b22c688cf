/**
 * The program of an errand, under a runner of its own: it is started once, its time and its output
 * are limited, and after a crash of ours its end is read from its run.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ErrandInput, ErrandResult } from "../../machines/visits.ts";
import { FaultError } from "../fault.ts";
import { FILE } from "../processes/run-folder.ts";
import type { ExitRecord, RunEnd, RunSpec } from "../processes/run-spec.ts";
import { endRun, startRun, voidRun, watchRun } from "../processes/supervise.ts";

export interface ProgramScope {
  readonly stateRoot: string;
  /** The worktree. */
  readonly cwd: string;
  /** The names that may be called. */
  readonly programs: readonly string[];
  /** Ends the waiting; the program goes on. */
  readonly signal: AbortSignal;
  /** Ends the program. */
  readonly stop: AbortSignal;
}

/** Kept of each output stream, in the folder of the run. */
const OUTPUT_BYTES_MAX = 1_000_000;
/** Of that, so much is told: the beginning and the end. */
export const TOLD_CHARS_MAX = 8_000;
const GRACE_MS = 2_000;

export async function runProgram(errand: ErrandInput, scope: ProgramScope): Promise<ErrandResult> {
  const { signal, stop } = scope;
  const runDir = runDirOf(errand, scope);
  if (stop.aborted) return resultOf(await endRun(runDir), runDir);
  try {
    await startRun(runDir, specOf(errand, scope));
  } catch (thrown) {
    // Where a runner was first after all, its end is waited for.
    if (voidRun(runDir)) throw thrown;
  }
  const end = await watch(runDir, AbortSignal.any([signal, stop]), stop);
  return resultOf(end, runDir);
}

/** No task can have this name, since no id holds an @: runs have their folders there too. */
const runIdOf = ({ id }: ErrandInput): string => `errand@${id}`;
const runDirOf = (errand: ErrandInput, { stateRoot }: ProgramScope): string =>
  join(stateRoot, "runs", runIdOf(errand));

/** True where a runner has taken it, now or before a crash of ours. */
export const hasBegun = (errand: ErrandInput, scope: ProgramScope): boolean =>
  existsSync(join(runDirOf(errand, scope), FILE.claim));

async function watch(runDir: string, signal: AbortSignal, stop: AbortSignal): Promise<RunEnd> {
  try {
    const end = await watchRun(runDir, { signal, onBeat: () => {} });
    return end.kind === "lost" ? await endRun(runDir) : end;
  } catch (thrown) {
    if (!stop.aborted) throw thrown;
    return endRun(runDir);
  }
}

function specOf(errand: ErrandInput, { cwd, programs }: ProgramScope): RunSpec {
  const { taskId, what } = errand;
  if (what.kind !== "run") throw new Error("an errand that runs no program");
  const { program, args, limitMs } = what;
  if (!programs.includes(program)) throw notListed(program, programs);
  const limits = { idleMs: limitMs, wallMs: limitMs, graceMs: GRACE_MS };
  return {
    runId: runIdOf(errand),
    argv: [program, ...args],
    cwd,
    env: { CI: "1", WVO_TASK_ID: taskId },
    limits: { ...limits, outputBytesMax: OUTPUT_BYTES_MAX },
  };
}

function resultOf(end: RunEnd, runDir: string): ErrandResult {
  if (end.kind !== "ended") throw interrupted(runDir);
  const { exit } = end;
  if (exit.outcome === "notStarted") throw notStarted(exit);
  const [stdout, stderr] = ["stdout.log", "stderr.log"].map((name) => told(join(runDir, name)));
  const isCut = exit.truncated || stdout?.isCut === true || stderr?.isCut === true;
  return {
    kind: "ended",
    how: HOW[exit.outcome],
    code: exit.code,
    stdout: stdout?.text ?? "",
    stderr: stderr?.text ?? "",
    truncated: isCut,
  };
}

const HOW = {
  exited: "exited",
  idleTimeout: "timeout",
  wallTimeout: "timeout",
  stopped: "stopped",
} as const;

function told(path: string): { readonly text: string; readonly isCut: boolean } {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (text.length <= TOLD_CHARS_MAX) return { text, isCut: false };
  const half = TOLD_CHARS_MAX / 2;
  const left = text.length - TOLD_CHARS_MAX;
  const cut = `${text.slice(0, half)}\n... ${left} characters left out ...\n${text.slice(-half)}`;
  return { text: cut.toWellFormed(), isCut: true };
}

const notListed = (program: string, programs: readonly string[]): FaultError =>
  new FaultError({
    code: "errand.program",
    kind: "notAccepted",
    where: `program ${program}`,
    found: "a program that is not on the list",
    expected: programs.length > 0 ? `one of ${programs.join(", ")}` : "none: the list is empty",
    next: "the owner of the workspace lists it under sandbox.programs in weathervane.yaml",
  });

const notStarted = ({ detail }: ExitRecord): FaultError =>
  new FaultError({
    code: "errand.not-started",
    where: "exec_command",
    found: detail,
    expected: "a program that starts",
    next: "look whether it is installed where WeatherVane runs",
  });

/** Its runner was killed, or it was forbidden to begin: what it did until then is nobody's guess. */
const interrupted = (where: string): FaultError =>
  new FaultError({
    code: "interrupted",
    where,
    found: "a program that was cut off or never begun, and will not be started again",
    expected: "its end",
    next: "look with git_status at what it has done, then decide whether to call it anew",
  });
