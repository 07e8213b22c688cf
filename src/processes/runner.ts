/**
 * The detached process that owns one run, like a container shim: it starts the program, keeps its
 * output and its limits, and leaves nothing of it alive. It talks to the orchestrator through the
 * files of the run only, and so outlives it. Started by `supervise.ts` as `runner.ts RUN_DIR`.
 *
 * P1 It takes the claim before anything else; without it, it starts nothing and writes nothing.
 * P2 Every way out after the claim writes one exit record, after the last process has ended.
 * P3 From the claim on SIGTERM asks it to stop the run; a terminal's signals never end it.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pause, repeat, stopwatch, systemClock } from "../clock.ts";
import { identityOf } from "./identity.ts";
import { lifeSigns } from "./life-signs.ts";
import type { Stream } from "./life-signs.ts";
import { openOutputLog } from "./output-log.ts";
import { startProgram } from "./program.ts";
import { FILE, OWNER_ONLY_FILE, readSpec, takeClaim } from "./run-folder.ts";
import { writeRecord, writeReserved } from "./run-folder.ts";
import { programMark } from "./run-spec.ts";
import type { ExitRecord, RunLimits, RunSpec } from "./run-spec.ts";
import { endTree, watchTree } from "./tree.ts";
import type { TreeView } from "./tree.ts";

const HEARTBEAT_MS = 10_000;
/** Output still in the pipes when the last process has ended is read within this. */
const DRAIN_MS = 1_000;
/** A program that SIGKILL does not end is in the kernel's hands; nobody waits for it longer. */
const EXIT_WAIT_MS = 1_000;

/** Everything of the exit record but its times. */
type Ending = Omit<ExitRecord, "startedAtMs" | "endedAtMs">;
type Cause = Exclude<ExitRecord["outcome"], "notStarted">;
type Exit = readonly [code: number | null, signal: string | null];

interface Run {
  readonly runDir: string;
  readonly spec: RunSpec;
  readonly program: ChildProcess;
  readonly view: TreeView;
  readonly output: ReturnType<typeof openOutput>;
}

const NOTHING = {
  code: null,
  signal: null,
  stdoutBytes: 0,
  stderrBytes: 0,
  truncated: false,
  lacksEnd: false,
  leftovers: 0,
} as const;

async function main(runDir: string): Promise<void> {
  const stop = awaitStop();
  const self = identityOf(process.pid);
  if (self === null || !takeClaim(runDir, self)) return;
  const startedAtMs = systemClock.now();
  const ending = await run(runDir, stop).catch((thrown: unknown) =>
    notStarted(`the runner failed: ${String(thrown)}`),
  );
  writeReserved(runDir, FILE.exit, { ...ending, startedAtMs, endedAtMs: systemClock.now() });
}

/** Listens at once, so that a stop that comes early is not lost (P3). */
function awaitStop(): Promise<Cause> {
  for (const signal of ["SIGHUP", "SIGINT"] as const) process.on(signal, () => {});
  return new Promise((resolve) => {
    process.on("SIGTERM", () => resolve("stopped"));
  });
}

async function run(runDir: string, stop: Promise<Cause>): Promise<Ending> {
  const spec = readSpec(runDir);
  if (spec === null) return notStarted("spec.json is missing");
  const output = openOutput(runDir, spec);
  const program = await startProgram(spec, output.inputs);
  output.handOver();
  if ("detail" in program) return notStarted(program.detail);
  // Nothing was awaited since the start, so that even a program that has ended is not yet reaped.
  const root = identityOf(program.pid ?? 0);
  const view = watchTree({ root, isParent: true, marks: [programMark(spec)] });
  try {
    writeRecord(runDir, FILE.program, { ...root, startedAtMs: systemClock.now() });
  } catch (thrown) {
    await endTree(view, spec.limits.graceMs);
    return notStarted(`the program could not be recorded: ${String(thrown)}`);
  }
  try {
    return await follow({ runDir, spec, program, view, output }, stop);
  } catch (thrown) {
    await endTree(view, spec.limits.graceMs);
    return { ...NOTHING, outcome: "stopped", detail: `the runner failed: ${String(thrown)}` };
  }
}

const notStarted = (detail: string): Ending => ({ ...NOTHING, outcome: "notStarted", detail });

/** Both streams as one: silence is silence on both. */
function openOutput(runDir: string, spec: RunSpec) {
  const isSign = lifeSigns(spec);
  let quietMs = stopwatch();
  const open = (name: Stream) => {
    const onOutput = (bytes: Uint8Array): void => {
      if (isSign(name, bytes)) quietMs = stopwatch();
    };
    const { outputBytesMax: bytesMax } = spec.limits;
    return openOutputLog({ path: join(runDir, FILE[name]), bytesMax, onOutput });
  };
  const [stdout, stderr] = [open("stdout"), open("stderr")];
  return {
    inputs: { stdout: stdout.input, stderr: stderr.input },
    handOver: () => [stdout, stderr].forEach((log) => log.handOver()),
    quietMs: () => quietMs(),
    ended: Promise.all([stdout.ended, stderr.ended]),
    settle: () => {
      const [out, errors] = [stdout.settle(), stderr.settle()];
      return {
        stdoutBytes: out.bytes,
        stderrBytes: errors.bytes,
        truncated: out.isTruncated || errors.isTruncated,
        lacksEnd: out.lacksEnd,
      };
    },
  };
}

async function follow(run: Run, stop: Promise<Cause>): Promise<Ending> {
  const { runDir, spec, program, view, output } = run;
  const exited = once(program, "exit") as Promise<unknown> as Promise<Exit>;
  keepBeating(runDir, view);
  const limit = awaitLimit(spec.limits, output.quietMs);
  const cause = await Promise.race([exited.then((): Cause => "exited"), stop, limit]);
  const ending = await endAll(run, { cause, exited });
  await Promise.race([output.ended, pause(DRAIN_MS)]);
  return { ...ending, ...output.settle() };
}

/** Each beat also takes note of the tree, so that a member that hides later is known (tree P1). */
function keepBeating(runDir: string, view: TreeView): void {
  const heartbeat = join(runDir, FILE.heartbeat);
  writeFileSync(heartbeat, "", { mode: OWNER_ONLY_FILE });
  repeat(systemClock, HEARTBEAT_MS, () => {
    try {
      const seconds = systemClock.now() / 1_000;
      utimesSync(heartbeat, seconds, seconds);
    } catch {
      // The folder was removed under us: the program still has to be kept to its limits.
    }
    view();
  });
}

function awaitLimit({ idleMs, wallMs }: RunLimits, quietMs: () => number): Promise<Cause> {
  return new Promise((resolve) => {
    systemClock.schedule(wallMs, () => resolve("wallTimeout"));
    const checkIdle = (): void => {
      const leftMs = idleMs - quietMs();
      if (leftMs <= 0) resolve("idleTimeout");
      else systemClock.schedule(leftMs, checkIdle);
    };
    checkIdle();
  });
}

interface Turn {
  readonly cause: Cause;
  readonly exited: Promise<Exit>;
}

/** Ends the program if it still runs, and then whatever it left behind. */
async function endAll({ spec, view }: Run, { cause, exited }: Turn) {
  const { graceMs } = spec.limits;
  if (cause !== "exited") await endTree(view, graceMs);
  const gaveUp = pause(EXIT_WAIT_MS).then((): Exit => [null, null]);
  const [code, signal] = await Promise.race([exited, gaveUp]);
  const leftovers = view().length;
  const survivors = await endTree(view, graceMs);
  const pids = survivors.map(({ pid }) => pid).join(", ");
  const detail = `${WHY[cause](spec)}; ${describeExit([code, signal])}`;
  return {
    outcome: cause,
    code,
    signal,
    leftovers,
    detail: survivors.length === 0 ? detail : `${detail}; SIGKILL did not end ${pids}`,
  };
}

const WHY: { readonly [Each in Cause]: (spec: RunSpec) => string } = {
  exited: () => "the program ended by itself",
  stopped: () => "the run was stopped",
  idleTimeout: ({ signs, limits: { idleMs } }) =>
    `the program ${signs === "events" ? "told nothing new" : "wrote nothing"} for ${idleMs} ms`,
  wallTimeout: ({ limits: { wallMs } }) => `the program was not done after ${wallMs} ms`,
};

function describeExit([code, signal]: Exit): string {
  if (signal !== null) return `ended by ${signal}`;
  return code === null ? "its exit was not seen" : `exit code ${code}`;
}

const [, , ownRun] = process.argv;
if (ownRun !== undefined) await main(ownRun);
// A pipe held by somebody whom we could not find must not keep this process.
process.exit(0);
