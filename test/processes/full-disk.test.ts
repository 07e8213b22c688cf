/** A disk that takes nothing more under the runs: each run ends clearly, and the next one can begin. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Assignment } from "../../machines/protocol.ts";
import { openProvider } from "../../src/agents/providers.ts";
import { Runs } from "../../src/agents/runs.ts";
import { providerSchema } from "../../src/config/providers.ts";
import { endRun, startRun, voidRun, watchRun } from "../../src/processes/supervise.ts";
import type { RunSpec } from "../../src/processes/run-spec.ts";
import { mountMemory, stuff } from "../store/mounts.ts";
import { emptyFolder } from "../support/workbench.ts";
import { eventually } from "./lab.ts";

const DISK_KIB = 512;
const onBeat = (): void => {};

const specOf = (script: string): RunSpec => ({
  runId: "full.1",
  argv: ["sh", "-c", script],
  cwd: emptyFolder(),
  env: {},
  limits: { idleMs: 20_000, wallMs: 20_000, graceMs: 300, outputBytesMax: 64_000_000 },
});

test("output that fills the disk is lost, and neither the program nor its record is", async () => {
  const runDir = join(mountMemory(DISK_KIB), "run");
  const spec = specOf("yes news | head -c 5000000; echo last; touch done");
  await startRun(runDir, spec);
  const end = await watchRun(runDir, { onBeat });
  expect(end).toMatchObject({
    kind: "ended",
    exit: { outcome: "exited", code: 0, stdoutBytes: 5_000_005, truncated: true, lacksEnd: true },
  });
  expect(existsSync(join(spec.cwd, "done"))).toBe(true);
});

test("a disk that others fill while the program runs does not lose its record", async () => {
  const disk = mountMemory(DISK_KIB);
  const runDir = join(disk, "run");
  const spec = specOf("until [ -e go ]; do sleep 0.01; done; exit 3");
  await startRun(runDir, spec);
  await eventually(() => (existsSync(join(runDir, "process.json")) ? true : null));
  stuff(disk);
  writeFileSync(join(spec.cwd, "go"), "");
  const end = await watchRun(runDir, { onBeat });
  expect(end).toMatchObject({ kind: "ended", exit: { outcome: "exited", code: 3 } });
  expect(readdirSync(runDir).filter((name) => /reserved|draft/.test(name))).toEqual([]);
});

test("a program that could not be put on record is ended, and has not run", async () => {
  const disk = mountMemory(DISK_KIB);
  const runDir = join(disk, "run");
  mkdirSync(join(runDir, "process.json"), { recursive: true }); // stands where the record would
  const spec = specOf("sleep 300");
  await startRun(runDir, spec);
  const end = await watchRun(runDir, { onBeat });
  expect(end).toMatchObject({ kind: "ended", exit: { outcome: "notStarted" } });
  rmSync(join(runDir, "process.json"), { recursive: true });
  expect(await endRun(runDir)).toEqual(end);
});

test("a run is made void on a full disk too", async () => {
  const disk = mountMemory(DISK_KIB);
  stuff(disk);
  const runDir = join(disk, "run");
  expect(voidRun(runDir)).toBe(true);
  expect(voidRun(runDir)).toBe(true);
  expect(await watchRun(runDir, { onBeat })).toEqual({ kind: "void" });
});

test("a full disk costs a task no attempt: its run was not started, and the next one is", async () => {
  const disk = mountMemory(DISK_KIB);
  const runs = runsIn(disk);
  const free = stuff(disk);
  const { signal } = new AbortController();
  const refused = await runs.run({ agentId: "worker-01", work: workOf("T1.1") }, signal);
  expect(refused).toMatchObject({
    outcome: "notStarted",
    detail: expect.stringContaining("ENOSPC") as string,
  });
  free();
  const done = await runs.run({ agentId: "worker-01", work: workOf("T1.2") }, signal);
  expect(done).toMatchObject({ outcome: "completed" });
  expect(readFileSync(join(disk, "T1.2", "brief.md"), "utf8")).toBe("# T1\n");
});

const workOf = (runId: string): Assignment => ({
  taskId: "T1",
  runId,
  provider: "command",
  tier: "low",
  startFrom: "target",
  commit: null,
  resume: null,
});

function runsIn(runsRoot: string): Runs {
  const workspace = emptyFolder();
  const config = providerSchema.parse({ kind: "command", program: ["true"] });
  return new Runs({
    runsRoot,
    providers: new Map([["command", openProvider("command", config, workspace)]]),
    worktreeOf: () => workspace,
    brief: async () => ({ text: "# T1\n", attempt: 1 }),
    onBeat,
  });
}
