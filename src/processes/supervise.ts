/**
 * The orchestrator's side of a run: start it, watch it, end it, and find it again after a restart.
 * The run itself is owned by `runner.ts`; what is said here is read from the run's files and from
 * the system, so that any later orchestrator can say the same.
 *
 * P1 A program is started by the runner that took the run's claim, or never.
 * P2 After `endRun` nothing of the run is alive, and nothing of it can begin.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { stopwatch } from "../clock.ts";
import { FaultError } from "../fault.ts";
import { watchFolder } from "./folder-watch.ts";
import { isAlive, signalProcess } from "./identity.ts";
import type { ProcessIdentity } from "./identity.ts";
import { settleOutput } from "./output-pieces.ts";
import {
  codeOf,
  FILE,
  forbidClaim,
  OWNER_ONLY_FOLDER,
  readClaim,
  readExit,
  readHeartbeat,
} from "./run-folder.ts";
import { readProgram, readSpec, reserveRecord, writeRecord } from "./run-folder.ts";
import { programMark, runnerMark } from "./run-spec.ts";
import type { Claim, RunEnd, RunSpec } from "./run-spec.ts";
import { spawnRunner } from "./runner-start.ts";
import { endTree, KILL_LIMIT_MS, watchTree } from "./tree.ts";

/** A runner takes its run within 0.1 s; a starved machine gets this much. */
const TAKE_LIMIT_MS = 15_000;
const TAKE_POLL_MS = 20;
/** The death of a runner is announced by no file, so it is looked for this often. */
const POLL_MS = 2_000;
const BEAT_MS = 30_000;
/** What a runner needs to end a run, beyond the grace that it gives the program. */
const ANSWER_MS = KILL_LIMIT_MS + 5_000;
const GRACE_DEFAULT_MS = 5_000;
const MARK_DIGITS = 32;
/** It becomes a part of an environment entry, and of messages. */
const RUN_ID = /^[\w.:@+-]{1,200}$/;

/** Starts a run: once per folder, however often it is asked. Resolves when a runner took it. */
export async function startRun(runDir: string, spec: RunSpec): Promise<void> {
  if (!RUN_ID.test(spec.runId)) throw badRunId(spec.runId);
  mkdirSync(runDir, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const earlier = readClaim(runDir);
  if (earlier !== null) return refuseVoid(runDir, earlier);
  const marked = { ...spec, mark: markOf(runDir) };
  writeRecord(runDir, FILE.spec, marked);
  reserveRecord(runDir, FILE.exit);
  const runner = spawnRunner(runDir, marked);
  const watch = { pollMs: TAKE_POLL_MS, limitMs: TAKE_LIMIT_MS, files: [FILE.claim] };
  const seen = await watchFolder(runDir, () => readClaim(runDir) ?? runner.failure(), watch);
  if (seen !== null && typeof seen !== "string") return refuseVoid(runDir, seen);
  // Either a late runner was first after all, or it can't begin any more.
  if (voidRun(runDir)) throw notTaken(runDir, seen ?? `no claim within ${TAKE_LIMIT_MS} ms`);
}

/** The same for one folder, however often it is asked, and no other run's on this machine. */
const markOf = (runDir: string): string =>
  createHash("sha256").update(realpathSync(runDir)).digest("hex").slice(0, MARK_DIGITS);

/** Makes sure that a run never begins; false where a runner has taken it already. */
export function voidRun(runDir: string): boolean {
  if (!hasFolder(runDir)) return true;
  return forbidClaim(runDir) || isVoid(readClaim(runDir));
}

/** Where a full disk takes no folder, nobody else has begun in it either. */
function hasFolder(runDir: string): boolean {
  try {
    mkdirSync(runDir, { recursive: true, mode: OWNER_ONLY_FOLDER });
    return true;
  } catch (thrown) {
    if (existsSync(runDir) || codeOf(thrown) !== "ENOSPC") throw thrown;
    return false;
  }
}

export interface RunWatch {
  /** Stops the watching; the run goes on. */
  readonly signal?: AbortSignal;
  /** The runner has shown since the last call that it lives. */
  readonly onBeat: () => void;
  readonly pollMs?: number;
  readonly beatMs?: number;
  /** How long a run may stay without a runner. */
  readonly takeMs?: number;
}

/**
 * Waits for the end of a run, also of one that an earlier orchestrator started. A run that no
 * runner takes in time is made void, so that the answer stays true.
 */
export async function watchRun(
  runDir: string,
  { signal, onBeat, pollMs = POLL_MS, beatMs = BEAT_MS, takeMs = TAKE_LIMIT_MS }: RunWatch,
): Promise<RunEnd> {
  const files = [FILE.exit, FILE.heartbeat, FILE.claim];
  const watch = { pollMs, files, ...(signal === undefined ? {} : { signal }) };
  const unclaimedMs = stopwatch();
  const hear = listen(runDir, onBeat, beatMs);
  const look = (): RunEnd | null => {
    hear();
    if (readClaim(runDir) !== null) return endOf(runDir);
    return unclaimedMs() > takeMs && voidRun(runDir) ? { kind: "void" } : null;
  };
  // There is no limit here, so that null never comes.
  return (await watchFolder(runDir, look, watch)) ?? { kind: "lost" };
}

/**
 * Makes sure that nothing of a run is alive and that nothing of it can begin (P2). It may be asked
 * again at any time, by anybody.
 */
export async function endRun(runDir: string, answerMs = ANSWER_MS): Promise<RunEnd> {
  if (voidRun(runDir)) return { kind: "void" };
  const claim = readClaim(runDir);
  const spec = readSpec(runDir);
  const graceMs = spec?.limits.graceMs ?? GRACE_DEFAULT_MS;
  if (isRunner(claim)) await stopRunner(runDir, claim, graceMs + answerMs);
  const marks = spec === null ? [] : [programMark(spec), runnerMark(spec)];
  const view = watchTree({ root: readProgram(runDir), isParent: false, marks });
  const survivors = await endTree(view, graceMs);
  if (survivors.length > 0) throw survived(runDir, survivors);
  // A runner that was killed has not put its program's output together.
  for (const name of [FILE.stdout, FILE.stderr]) settleOutput(join(runDir, name));
  return endOf(runDir) ?? { kind: "lost" };
}

/** Asks the runner to end its run; one that does not answer is killed, and its run is lost. */
async function stopRunner(runDir: string, runner: ProcessIdentity, limitMs: number): Promise<void> {
  if (readExit(runDir) !== null || !signalProcess(runner, "SIGTERM")) return;
  const watch = { pollMs: POLL_MS, limitMs, files: [FILE.exit] };
  await watchFolder(runDir, () => endOf(runDir), watch);
  signalProcess(runner, "SIGKILL");
}

/** How a claimed run ended, or null while its runner lives. */
function endOf(runDir: string): RunEnd | null {
  const claim = readClaim(runDir);
  if (isVoid(claim)) return { kind: "void" };
  const hasRunner = isRunner(claim) && isAlive(claim); // asked first: the record comes before death
  const exit = readExit(runDir);
  if (exit !== null) return { kind: "ended", exit };
  return hasRunner ? null : { kind: "lost" };
}

/** True where a run that had begun is over; for whoever only looks. */
export const hasEnded = (runDir: string): boolean =>
  readClaim(runDir) !== null && endOf(runDir) !== null;

/** Calls `onBeat` where the heartbeat has moved on since the last call, or since the beginning. */
function listen(runDir: string, onBeat: () => void, beatMs: number): () => void {
  let heard = readHeartbeat(runDir);
  let sinceMs: (() => number) | null = null;
  return () => {
    const beat = readHeartbeat(runDir);
    if (beat === heard || (sinceMs !== null && sinceMs() < beatMs)) return;
    heard = beat;
    sinceMs = stopwatch();
    onBeat();
  };
}

const isVoid = (claim: Claim | null): boolean => claim !== null && "void" in claim;
const isRunner = (claim: Claim | null): claim is ProcessIdentity =>
  claim !== null && !("void" in claim);

function refuseVoid(runDir: string, claim: Claim): void {
  if (!isVoid(claim)) return;
  throw new FaultError({
    code: "processes.void",
    kind: "notAccepted",
    where: runDir,
    found: "a run that was made void",
    expected: "a run that may begin",
    next: "start a new run with a new id",
  });
}

function notTaken(runDir: string, found: string): FaultError {
  return new FaultError({
    code: "processes.notTaken",
    where: runDir,
    found,
    expected: "a runner that takes the run",
    next: `read ${runDir}/${FILE.runnerLog}`,
    retriable: true,
  });
}

function badRunId(runId: string): FaultError {
  return new FaultError({
    code: "processes.runId",
    kind: "invalid",
    where: "the id of a run",
    found: JSON.stringify(runId),
    expected: `text that matches ${RUN_ID.source}`,
    next: "choose another id",
  });
}

function survived(runDir: string, survivors: readonly ProcessIdentity[]): FaultError {
  const pids = survivors.map(({ pid }) => pid);
  return new FaultError({
    code: "processes.survived",
    where: runDir,
    found: `living processes of the run after SIGKILL: ${pids.join(", ")}`,
    expected: "none",
    next: `look at them with: ps -o pid,user,stat,wchan,args -p ${pids.join(",")}`,
    retriable: true,
  });
}
