/** Runs from the orchestrator's side: who may start them, and finding, losing and ending them. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { once } from "node:events";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { stopwatch } from "../../src/clock.ts";
import { identityOf } from "../../src/processes/identity.ts";
import { takeClaim, writeRecord } from "../../src/processes/run-folder.ts";
import { endRun, startRun, voidRun, watchRun } from "../../src/processes/supervise.ts";
import type { RunSpec } from "../../src/processes/run-spec.ts";
import { alive, eventually, finish, openLab, programs, readJson } from "./lab.ts";
import type { Lab } from "./lab.ts";

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const RUNNER = fileURLToPath(new URL("../../src/processes/runner.ts", import.meta.url));
const onBeat = (): void => {};
const sh = (script: string): readonly string[] => ["sh", "-c", script];
/** Runs until the file `go` is there; says that it started in a file. */
const PATIENT = sh("echo started >> starts; until [ -e go ]; do sleep 0.01; done; exit 7");
const starts = (): string =>
  existsSync(join(lab.root, "starts")) ? readFileSync(join(lab.root, "starts"), "utf8") : "";
const hasStarted = () => eventually(() => (starts() === "" ? null : true));
const go = (): void => writeFileSync(join(lab.root, "go"), "");

/** A living process that is none of a run's. */
function bystander() {
  const child = spawn("sleep", ["300"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const identity = identityOf(child.pid ?? 0);
  if (identity === null) throw new Error("no bystander");
  return { child, identity };
}

test("two starts of one run start the program once", async () => {
  const runDir = lab.runDir();
  const spec = lab.spec(PATIENT);
  await Promise.all([startRun(runDir, spec), startRun(runDir, spec)]);
  await startRun(runDir, spec);
  go();
  expect((await finish(runDir)).exit.code).toBe(7);
  await startRun(runDir, spec);
  expect(starts()).toBe("started\n");
});

test("a run that was made void never begins, not by a late runner either", async () => {
  const runDir = lab.runDir();
  const spec = lab.spec(PATIENT);
  expect([voidRun(runDir), voidRun(runDir)]).toEqual([true, true]);
  writeRecord(runDir, "spec.json", spec);
  const late = spawn(process.execPath, [RUNNER, runDir], { stdio: "ignore" });
  expect(await once(late, "exit")).toEqual([0, null]);
  await expect(startRun(runDir, spec)).rejects.toThrow("a run that was made void");
  expect(await watchRun(runDir, { onBeat })).toEqual({ kind: "void" });
  expect(starts()).toBe("");
});

test("a run that a runner has taken can't be made void", async () => {
  const runDir = lab.runDir();
  await startRun(runDir, lab.spec(PATIENT));
  expect(voidRun(runDir)).toBe(false);
  go();
  expect((await finish(runDir)).exit.code).toBe(7);
  expect(voidRun(runDir)).toBe(false);
});

test("a runner that can't be spawned is a fault, and its run void", async () => {
  const runDir = lab.runDir();
  const real = process.execPath;
  process.execPath = "/no/such/node";
  const started = startRun(runDir, lab.spec(PATIENT));
  process.execPath = real;
  await expect(started).rejects.toThrow("a runner that could not be spawned");
  expect(await endRun(runDir)).toEqual({ kind: "void" });
});

test("a runner that ends at once is a fault that quotes it", async () => {
  const runDir = lab.runDir();
  const real = process.execPath;
  process.execPath = "/bin/false";
  const started = startRun(runDir, lab.spec(PATIENT));
  process.execPath = real;
  await expect(started).rejects.toThrow("a runner that ended at once (1)");
});

test("a run id that could not be searched for is refused", async () => {
  const spec = { ...lab.spec(PATIENT), runId: "two words" };
  await expect(startRun(lab.runDir(), spec)).rejects.toMatchObject({ code: "processes.runId" });
});

test("a run outlives an orchestrator that is killed, and the next one finds it", async () => {
  const runDir = lab.runDir();
  const spec: RunSpec = lab.spec(PATIENT);
  const script = join(programs, "orchestrator.ts");
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const first = spawn(process.execPath, [script, runDir, JSON.stringify(spec)], {
    stdio: [...stdio],
  });
  await once(first.stdout, "data");
  first.kill("SIGKILL");
  await once(first, "exit");
  await hasStarted();
  go();
  expect(await watchRun(runDir, { onBeat })).toMatchObject({ kind: "ended", exit: { code: 7 } });
});

test("an exit is seen within milliseconds, however slow the poll", async () => {
  const runDir = lab.runDir();
  await startRun(runDir, lab.spec(PATIENT));
  await hasStarted();
  const tookMs = stopwatch();
  const watched = watchRun(runDir, { onBeat, pollMs: 60_000 });
  go();
  expect(await watched).toMatchObject({ kind: "ended" });
  expect(tookMs()).toBeLessThan(2_000);
});

test("a runner that is killed loses its run, and ending it ends the program", async () => {
  const runDir = lab.runDir();
  await startRun(runDir, lab.spec(PATIENT));
  await hasStarted();
  process.kill(readJson(join(runDir, "claim")).pid, "SIGKILL");
  expect(await watchRun(runDir, { onBeat, pollMs: 10 })).toEqual({ kind: "lost" });
  expect(alive(lab.root)).not.toEqual([]);
  expect(await endRun(runDir)).toEqual({ kind: "lost" });
  expect(alive(lab.root)).toEqual([]);
  expect(await endRun(runDir)).toEqual({ kind: "lost" });
});

test.each(["claim", "stderr.log", "process.json", "heartbeat"])(
  "a runner that is killed as soon as there is %s leaves nothing that a stop does not end",
  async (file) => {
    const runDir = lab.runDir();
    const started = startRun(runDir, lab.spec(PATIENT));
    await eventually(() => (existsSync(join(runDir, file)) ? true : null));
    process.kill(readJson(join(runDir, "claim")).pid, "SIGKILL");
    await started;
    expect(await endRun(runDir)).toEqual({ kind: "lost" });
    expect(alive(lab.root)).toEqual([]);
  },
);

test("a runner that is stuck is killed together with its run", async () => {
  const runDir = lab.runDir();
  await startRun(runDir, lab.spec(PATIENT));
  await hasStarted();
  process.kill(readJson(join(runDir, "claim")).pid, "SIGSTOP");
  expect(await endRun(runDir, 50)).toEqual({ kind: "lost" });
  expect(alive(lab.root)).toEqual([]);
});

test("stopping is asked twice at once, and again", async () => {
  const runDir = lab.runDir();
  await startRun(runDir, lab.spec(PATIENT));
  await hasStarted();
  const stopped = { kind: "ended", exit: { outcome: "stopped", signal: "SIGTERM" } };
  const both = await Promise.all([endRun(runDir), endRun(runDir)]);
  expect(both).toMatchObject([stopped, stopped]);
  expect(await endRun(runDir)).toMatchObject(stopped);
  expect(await watchRun(runDir, { onBeat })).toMatchObject(stopped);
});

test("a stop right after the start leaves nothing, whether or not the program had begun", async () => {
  const runDir = lab.runDir();
  await startRun(runDir, lab.spec(sh("sleep 300")));
  expect(await endRun(runDir)).toMatchObject({ kind: "ended", exit: { outcome: "stopped" } });
});

test("ending a run that was never started makes it void", async () => {
  const runDir = lab.runDir();
  expect(await endRun(runDir)).toEqual({ kind: "void" });
  expect(await endRun(runDir)).toEqual({ kind: "void" });
});

test("a run that nobody takes in time is made void", async () => {
  const runDir = lab.runDir();
  mkdirSync(runDir);
  const end = await watchRun(runDir, { onBeat, pollMs: 10, takeMs: 50 });
  expect(end).toEqual({ kind: "void" });
  expect(voidRun(runDir)).toBe(true);
});

test("to abort a watch stops the watching only", async () => {
  const runDir = lab.runDir();
  await startRun(runDir, lab.spec(PATIENT));
  const abort = new AbortController();
  const watched = watchRun(runDir, { onBeat, signal: abort.signal });
  abort.abort(new Error("enough"));
  await expect(watched).rejects.toThrow("enough");
  go();
  expect((await finish(runDir)).exit.code).toBe(7);
});

test("a beat is passed on when the heartbeat has moved, but not more often than asked", async () => {
  const runDir = lab.runDir();
  mkdirSync(runDir);
  const runner = identityOf(process.pid);
  if (runner !== null) takeClaim(runDir, runner);
  const heartbeat = join(runDir, "heartbeat");
  const beatAt = (seconds: number): void => utimesSync(heartbeat, seconds, seconds);
  writeFileSync(heartbeat, "");
  beatAt(1_000);
  const beats = vi.fn<() => void>();
  const abort = new AbortController();
  const options = { onBeat: beats, signal: abort.signal, pollMs: 5, beatMs: 60_000 };
  const watched = watchRun(runDir, options).catch(() => "aborted");
  expect(beats, "an old heartbeat proves nothing").not.toHaveBeenCalled();
  beatAt(2_000);
  await eventually(() => (beats.mock.calls.length > 0 ? true : null));
  beatAt(3_000);
  abort.abort();
  expect(await watched).toBe("aborted");
  expect(beats).toHaveBeenCalledTimes(1);
  rmClaim(runDir);
});

/** So that the end of the test does not ask this very process to stop. */
const rmClaim = (runDir: string): void => writeFileSync(join(runDir, "claim"), '{"void":true}');

test("a pid that was used again is neither signalled nor taken for the run", async () => {
  const runDir = lab.runDir();
  const { child, identity } = bystander();
  mkdirSync(runDir);
  const earlier = { ...identity, startTicks: `${Number(identity.startTicks) - 1}` };
  writeRecord(runDir, "spec.json", lab.spec(PATIENT));
  writeRecord(runDir, "process.json", { ...earlier, startedAtMs: 0 });
  takeClaim(runDir, earlier);
  expect(await watchRun(runDir, { onBeat })).toEqual({ kind: "lost" });
  expect(await endRun(runDir)).toEqual({ kind: "lost" });
  expect(child.exitCode ?? child.signalCode).toBe(null);
});

test("what ran before the machine was started anew is not alive", async () => {
  const runDir = lab.runDir();
  const { child, identity } = bystander();
  mkdirSync(runDir);
  writeRecord(runDir, "spec.json", lab.spec(PATIENT));
  writeRecord(runDir, "process.json", { ...identity, bootId: "before", startedAtMs: 0 });
  takeClaim(runDir, { ...identity, bootId: "before" });
  expect(await endRun(runDir)).toEqual({ kind: "lost" });
  expect(child.exitCode ?? child.signalCode).toBe(null);
});

test.each([
  ["is not ended before its time", "for i in 1 2 3 4 5; do sleep 0.1; echo on; done", "exited"],
  ["is ended when it is silent", "sleep 300", "idleTimeout"],
  ["is ended when it talks for too long", "while :; do echo on; sleep 0.02; done", "wallTimeout"],
])("where the clock jumps by hours, a program %s", async (_title, script, outcome) => {
  const runDir = lab.runDir();
  mkdirSync(runDir);
  const limits = { idleMs: 1_500, wallMs: 4_000 };
  writeRecord(runDir, "spec.json", { ...lab.spec(sh(script), { limits }), mark: "jumping" });
  const jumping = ["--import", join(programs, "jumping-clock.mjs")];
  spawn(process.execPath, [...jumping, RUNNER, runDir], { stdio: "ignore" });
  expect((await finish(runDir)).exit.outcome).toBe(outcome);
});
