/**
 * A place for runs that are real: folders under one temporary root, and the proof afterwards that
 * no process of any of them is alive. Everything that a test starts names the root.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pause, stopwatch } from "../../src/clock.ts";
import { endRun, startRun, watchRun } from "../../src/processes/supervise.ts";
import type { ExitRecord, RunLimits, RunSpec } from "../../src/processes/run-spec.ts";

const LIMITS: RunLimits = {
  idleMs: 20_000,
  wallMs: 20_000,
  graceMs: 300,
  outputBytesMax: 100_000,
};
const APPEAR_LIMIT_MS = 60_000;
const LOOK_MS = 5;

export const programs = fileURLToPath(new URL("../fixtures/programs/", import.meta.url));

export interface Lab {
  readonly root: string;
  readonly runDir: (name?: string) => string;
  readonly spec: (argv: readonly string[], change?: SpecChange) => RunSpec;
  /** Starts a run and waits for its exit record. */
  readonly run: (argv: readonly string[], change?: SpecChange) => Promise<FinishedRun>;
  /** Ends every run, and fails where a process is alive in spite of it. */
  readonly close: () => Promise<void>;
}

export interface SpecChange {
  readonly limits?: Partial<RunLimits>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface FinishedRun {
  readonly runDir: string;
  readonly exit: ExitRecord;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export function openLab(): Lab {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "wvo-lab-")));
  const runs = join(root, "runs");
  mkdirSync(runs);
  let count = 0;
  const runDir = (name = `run-${(count += 1)}`): string => join(runs, name);
  const spec = (argv: readonly string[], change: SpecChange = {}): RunSpec => ({
    runId: `lab${process.pid}.${(count += 1)}`,
    argv,
    cwd: change.cwd ?? root,
    env: { WVO_TEST_LAB: root, ...change.env },
    limits: { ...LIMITS, ...change.limits },
  });
  const run = async (argv: readonly string[], change?: SpecChange): Promise<FinishedRun> => {
    const dir = runDir();
    await startRun(dir, spec(argv, change));
    return { runDir: dir, ...(await finish(dir)) };
  };
  const close = async (): Promise<void> => {
    const names = readdirSync(runs).filter((name) => existsSync(join(runs, name, "claim")));
    await Promise.all(names.map((name) => endRun(join(runs, name))));
    const isQuiet = () => (alive(root).length === 0 ? true : null);
    await eventually(isQuiet).catch(() => {
      throw new Error(`processes outlived their runs:\n${alive(root).join("\n")}`);
    });
    rmSync(root, { recursive: true, force: true });
  };
  return { root, runDir, spec, run, close };
}

export async function finish(runDir: string): Promise<Omit<FinishedRun, "runDir">> {
  const end = await watchRun(runDir, { onBeat: () => {} });
  if (end.kind !== "ended") throw new Error(`the run was ${end.kind}`);
  const read = (name: string): Buffer =>
    existsSync(join(runDir, name)) ? readFileSync(join(runDir, name)) : Buffer.alloc(0);
  return { exit: end.exit, stdout: read("stdout.log"), stderr: read("stderr.log") };
}

/** The command lines of living processes that name `text` in their arguments or environment. */
export function alive(text: string): readonly string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    if (Number(pid) === process.pid) return [];
    try {
      const state = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.charAt(0);
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      const isNamed = command.includes(text) || environment.includes(text);
      return isNamed && state !== "Z" ? [`${pid} ${command}`] : [];
    } catch {
      return []; // ended meanwhile
    }
  });
}

/** Looks until there is something to see: real processes announce nothing. */
export async function eventually<Seen>(look: () => Seen | null): Promise<Seen> {
  const waitedMs = stopwatch();
  while (waitedMs() < APPEAR_LIMIT_MS) {
    const seen = look();
    if (seen !== null) return seen;
    await pause(LOOK_MS);
  }
  throw new Error("it did not come to be seen");
}

export const readJson = (path: string): { readonly pid: number } =>
  JSON.parse(readFileSync(path, "utf8")) as { readonly pid: number };
