/**
 * Runs one configured check and says what it left behind. The program runs under a runner of its
 * own: it survives us, and after a restart its result is read instead of running it again.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { CheckResult } from "../../machines/protocol.ts";
import type { CheckConfig } from "../config/schema.ts";
import { endRun, startRun, voidRun, watchRun } from "../processes/supervise.ts";
import type { ExitRecord, RunSpec } from "../processes/run-spec.ts";
import { hashFile, tailOf, writeEvidence } from "./evidence.ts";

export interface CheckScope {
  /** The run's folder is made under this. */
  readonly folder: string;
  readonly gateId: string;
  readonly taskId: string;
  readonly commit: string;
  /** The checkout the check runs in. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** A check whose runner was killed is begun again; so often and no more. */
const STARTS_MAX = 3;
/** Kept of each output stream of a check. */
const OUTPUT_BYTES_MAX = 8_000_000;
/** Of the output, this much goes into the brief when the check fails. */
const EXCERPT_BYTES = 2_000;
const GRACE_MS = 5_000;

const scoreLine = z.object({ score: z.number().min(0).max(1) });

/** Runs a check to its end. Without a result after all there is no evidence, so no verdict. */
export async function runCheck(check: CheckConfig, scope: CheckScope): Promise<CheckResult> {
  for (let start = 1; start <= STARTS_MAX; start += 1) {
    const runDir = join(scope.folder, `${check.name}-${start}`);
    const end = await carryOut(runDir, check, scope);
    if (end !== null) return resultOf(end, runDir, { check, scope });
  }
  const { name, mandatory, floor, deep } = check;
  const excerpt = `it was killed ${STARTS_MAX} times before it ended`;
  return { name, mandatory, floor, deep, passed: false, score: null, evidence: null, excerpt };
}

/** How the check ended, or null where it did not come to its end: a run that was stopped is none. */
async function carryOut(runDir: string, check: CheckConfig, scope: CheckScope) {
  const { gateId, signal } = scope;
  try {
    await startRun(runDir, specOf(check, scope, `${gateId}.${check.name}`));
  } catch (thrown) {
    // No runner took it, now or before a restart of ours, and none ever will: the next start may.
    if (voidRun(runDir)) return null;
    throw thrown;
  }
  const end = await watchRun(runDir, { signal, onBeat: () => {} });
  if (end.kind !== "ended") await endRun(runDir);
  return end.kind === "ended" && end.exit.outcome !== "stopped" ? end.exit : null;
}

function specOf(check: CheckConfig, scope: CheckScope, runId: string): RunSpec {
  const { cwd, gateId, taskId, commit } = scope;
  const argv = typeof check.run === "string" ? ["/bin/sh", "-c", check.run] : check.run;
  const limits = { idleMs: check.limit, wallMs: check.limit, graceMs: GRACE_MS };
  return {
    runId,
    argv,
    cwd,
    env: { CI: "1", WVO_GATE: gateId, WVO_TASK_ID: taskId, WVO_COMMIT: commit },
    limits: { ...limits, outputBytesMax: OUTPUT_BYTES_MAX },
  };
}

interface About {
  readonly check: CheckConfig;
  readonly scope: CheckScope;
}

async function resultOf(exit: ExitRecord, runDir: string, about: About): Promise<CheckResult> {
  const { check, scope } = about;
  const { name, mandatory, floor, deep } = check;
  const [stdout, stderr] = [join(runDir, "stdout.log"), join(runDir, "stderr.log")];
  const score = check.scored ? scoreIn(stdout) : null;
  const hashes = { stdout: await hashIfThere(stdout), stderr: await hashIfThere(stderr) };
  const facts = { check: name, run: check.run, commit: scope.commit, exit, score, ...hashes };
  const isMeasured = hasRun(exit, check) && (!check.scored || score !== null);
  // A score that was asked for and is not there is no evidence, and without evidence none passes.
  const isNeeded = mandatory || (check.scored && !isMeasured);
  const evidence = isMeasured ? writeEvidence(join(runDir, "evidence.json"), facts) : null;
  const passed = exit.outcome === "exited" && exit.code === 0;
  return {
    name,
    mandatory: isNeeded,
    floor,
    deep,
    passed,
    score,
    evidence,
    excerpt: excerptOf(exit, runDir),
  };
}

/** 126 and 127 are the shell's words for a program it could not run: no verdict on the work. */
const hasRun = ({ outcome, code }: ExitRecord, { run }: CheckConfig): boolean =>
  outcome !== "notStarted" && !(typeof run === "string" && (code === 126 || code === 127));

/** A scoring check says `{"score": 0.91}` in its last line; anything else is not measured. */
function scoreIn(stdout: string): number | null {
  if (!existsSync(stdout)) return null;
  const last = tailOf(stdout, EXCERPT_BYTES).trimEnd().split("\n").at(-1) ?? "";
  try {
    return scoreLine.parse(JSON.parse(last)).score;
  } catch {
    return null; // not a score: the dimension is not measured, which is told as such
  }
}

function excerptOf(exit: ExitRecord, runDir: string): string {
  const outputs = ["stdout.log", "stderr.log"].map((file) => join(runDir, file));
  const texts = outputs
    .filter((file) => existsSync(file))
    .map((file) => tailOf(file, EXCERPT_BYTES));
  return [exit.detail, ...texts]
    .filter((text) => text.trim() !== "")
    .join("\n")
    .trim();
}

const hashIfThere = (path: string): Promise<string> | null =>
  existsSync(path) ? hashFile(path) : null;
