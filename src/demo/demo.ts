/**
 * The demo: the real program on a real repository, with agents that crash, fail the gate and
 * collide, and an orchestrator that is killed in the middle. Nothing of it is pretended.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pause, stopwatch } from "../clock.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/load.ts";
import { FaultError } from "../fault.ts";
import { gitLine } from "../git/git.ts";
import type { StoreReader } from "../store/port.ts";
import { openReader } from "../store/sqlite/store.ts";
import type { TaskRow } from "../store/views/tables.ts";
import { makeRepository } from "./repository.ts";
import { environmentFor, makeWorktreeRoot } from "./surroundings.ts";

export interface DemoSummary {
  readonly repo: string;
  readonly target: string;
  readonly tasks: number;
  readonly done: number;
  readonly merged: readonly { readonly task: string; readonly commit: string }[];
  readonly conflicts: number;
  readonly gate_failures: number;
  readonly kills: number;
  readonly seconds: number;
}

export interface DemoResult {
  readonly summary: DemoSummary;
  readonly rows: readonly TaskRow[];
  readonly log: string;
  readonly tests: string;
}

/** The orchestrator is killed once this many tasks are merged and another one is being worked on. */
const KILL_AFTER_MERGES = 2;
const LOOK_EVERY_MS = 50;
const RUNS_MAX = 3;
const TASKS_MAX = 1_000;

/** Runs the demo in an empty folder. Throws where it does not end as it must. */
export async function runDemo(
  folder: string,
  progress: (text: string) => void,
): Promise<DemoResult> {
  const elapsedMs = stopwatch();
  const repo = await makeRepository(folder);
  progress(`made ${repo}: 8 tasks, nearly all tests fail`);
  const config = loadConfig(repo, environmentFor(repo));
  const leaveAsBefore = makeWorktreeRoot(config.worktree_root);
  const kills = await workOff(config, progress);
  const reader = openReader(databaseOf(config));
  const rows = reader.views.tasks("", TASKS_MAX);
  const failures = rows.flatMap(({ id }) => reader.views.gatesOf(id)).filter(isFailure).length;
  await reader.close();
  const log = await gitLine(["log", "--oneline", "main"], { cwd: repo });
  const tests = await runTests(repo);
  await leaveAsBefore(repo);
  const merged = rows.flatMap(({ id: task, merged_commit: commit }) =>
    commit === null ? [] : [{ task, commit }],
  );
  const summary = {
    repo,
    target: "main",
    tasks: rows.length,
    done: rows.filter(({ status }) => status === "done").length,
    merged,
    conflicts: rows.reduce((sum, { conflicts }) => sum + conflicts, 0),
    gate_failures: failures,
    kills,
    seconds: Math.round(elapsedMs() / 100) / 10,
  };
  return { summary, rows, log, tests };
}

const isFailure = ({ status }: { readonly status: string }): boolean => status.startsWith("failed");

const databaseOf = ({ state_root }: Config): string => join(state_root, "orchestrator.db");

/** Runs the orchestrator to the end, and kills it once on the way. */
async function workOff(config: Config, progress: (text: string) => void): Promise<number> {
  const { workspace: repo } = config;
  let kills = 0;
  for (let run = 1; run <= RUNS_MAX; run += 1) {
    const child = startRun(repo);
    const exit = once(child, "exit") as Promise<[number | null, string | null]>;
    const endWithUs = (): boolean => child.kill("SIGTERM");
    process.once("exit", endWithUs);
    if (kills === 0 && (await isInTheMiddle(child, databaseOf(config)))) {
      progress("--- the orchestrator is killed with SIGKILL, in the middle ---");
      child.kill("SIGKILL");
      kills += 1;
    }
    const [code, signal] = await exit;
    process.off("exit", endWithUs);
    if (signal === null && code === 0) return kills;
    if (signal !== "SIGKILL") throw broken(repo, `exit code ${code}, signal ${signal}`);
    progress("--- and started again: it goes on where it was ---");
  }
  throw broken(repo, `no end within ${RUNS_MAX} runs`);
}

function startRun(repo: string): ChildProcess {
  const launcher = ["../wvo.js", "../../../src/wvo.js"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  const args = [launcher ?? "wvo", "run", "--until", "done"];
  const at = { cwd: repo, env: environmentFor(repo) };
  return spawn(process.execPath, args, { ...at, stdio: ["ignore", "ignore", "inherit"] });
}

/** Resolves when enough is merged and something is under way; false where the run ended before. */
async function isInTheMiddle(child: ChildProcess, path: string): Promise<boolean> {
  let reader: StoreReader | null = null;
  while (child.exitCode === null && child.signalCode === null) {
    reader ??= openIfReady(path);
    const counts = reader?.views.countByStatus();
    if (counts !== undefined && counts.done >= KILL_AFTER_MERGES && counts.in_progress > 0) break;
    await pause(LOOK_EVERY_MS);
  }
  await reader?.close();
  return child.exitCode === null && child.signalCode === null;
}

/** The database, once the orchestrator has made it. */
function openIfReady(path: string): StoreReader | null {
  try {
    return openReader(path);
  } catch (thrown) {
    if (thrown instanceof FaultError && thrown.code === "store.missing") return null;
    throw thrown;
  }
}

/** The repository's own tests, by its own command. */
async function runTests(repo: string): Promise<string> {
  const child = spawn(process.execPath, ["--test"], {
    cwd: repo,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw broken(repo, `its tests fail:\n${output}`);
  return output
    .trimEnd()
    .split("\n")
    .filter((line) => /^. (tests|pass|fail) /.test(line))
    .join("\n");
}

const broken = (repo: string, found: string): FaultError =>
  new FaultError({
    code: "demo.broken",
    where: repo,
    found,
    expected: "every task merged and every test passing",
    next: `look at it: cd ${repo} && wvo status`,
  });
