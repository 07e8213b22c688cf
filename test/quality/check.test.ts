/** One check as it is run: what counts as a verdict, what as none, and what it leaves behind. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { configSchema } from "../../src/config/schema.ts";
import type { CheckConfig } from "../../src/config/schema.ts";
import { voidRun } from "../../src/processes/supervise.ts";
import { runCheck } from "../../src/quality/check.ts";
import type { CheckScope } from "../../src/quality/check.ts";
import { endChecks, runChecks } from "../../src/quality/gate.ts";
import { alive } from "../processes/lab.ts";
import { eventually } from "../support/live-run.ts";
import { emptyFolder } from "../support/workbench.ts";

const COMMIT = "c".repeat(40);

/** Checks as weathervane.yaml gives them. */
const checks = (...given: readonly object[]): readonly CheckConfig[] =>
  configSchema.parse({ checks: given.map((each, at) => ({ name: `check-${at}`, ...each })) })
    .checks;

interface Yard extends CheckScope {
  readonly controller: AbortController;
}

/** A folder for the results and one to run in; nothing of it is alive when the test ends. */
function openYard(): Yard {
  const controller = new AbortController();
  const cwd = emptyFolder();
  const folder = join(emptyFolder(), "gate@T1.1");
  const gateId = `gate@${systemClock.newId()}`;
  onTestFinished(() => endChecks(folder));
  return {
    folder,
    gateId,
    taskId: "T1",
    commit: COMMIT,
    cwd,
    signal: controller.signal,
    controller,
  };
}

async function resultOf(check: object, yard: CheckScope = openYard()) {
  const [only] = checks(check);
  if (only === undefined) throw new Error("no check");
  return runCheck(only, yard);
}

const sha256 = (path: string): string =>
  createHash("sha256").update(readFileSync(path)).digest("hex");

describe("a check that ends", () => {
  test("with 0 has passed, and its evidence says on what and how", async () => {
    const yard = openYard();
    const run = 'echo "$CI $WVO_TASK_ID $WVO_COMMIT"; pwd; echo told >&2';
    const { evidence, excerpt, ...result } = await resultOf({ name: "tests", run }, yard);
    expect(result).toEqual({
      name: "tests",
      mandatory: true,
      floor: 0,
      deep: false,
      passed: true,
      score: null,
    });
    expect(excerpt).toContain(`1 T1 ${COMMIT}\n${yard.cwd}\n`);
    expect(excerpt).toContain("told");
    const folder = join(yard.folder, "tests-1");
    expect(evidence).toEqual({
      path: join(folder, "evidence.json"),
      sha256: sha256(join(folder, "evidence.json")),
    });
    expect(JSON.parse(readFileSync(join(folder, "evidence.json"), "utf8"))).toMatchObject({
      check: "tests",
      run,
      commit: COMMIT,
      score: null,
      exit: { outcome: "exited", code: 0 },
      stdout: sha256(join(folder, "stdout.log")),
      stderr: sha256(join(folder, "stderr.log")),
    });
  });

  test.each([
    ["with 1", "echo wrong; exit 1", "wrong"],
    ["by a signal", "echo dying; kill -9 $$", "dying"],
    ["with 127 as a program of its own", ["/bin/sh", "-c", "exit 127"], ""],
  ])("%s has failed, on evidence, and tells what it said", async (_title, run, said) => {
    const result = await resultOf({ run });
    expect(result).toMatchObject({ passed: false, evidence: { sha256: expect.any(String) } });
    expect(result.excerpt).toContain(said);
  });

  test("too late has failed, and nothing of it is alive", async () => {
    const yard = openYard();
    const mark = `check-${systemClock.newId()}`;
    const result = await resultOf({ run: `sleep 300; echo ${mark}`, limit: "300ms" }, yard);
    expect(result).toMatchObject({ passed: false, evidence: { sha256: expect.any(String) } });
    expect(result.excerpt).toMatch(/300 ms|limit|time/);
    expect(alive(mark)).toEqual([]);
  });

  test("but leaves something running has it ended", async () => {
    const mark = `left-${systemClock.newId()}`;
    const result = await resultOf({ run: `sh -c 'sleep 300; echo ${mark}' & echo ready` });
    expect(result.passed).toBe(true);
    expect(alive(mark)).toEqual([]);
  });

  test("tells the end of a long output", async () => {
    const { excerpt } = await resultOf({ run: "seq 1 5000; exit 1" });
    expect(excerpt).toContain("\n5000");
    expect(excerpt).not.toContain("\n10\n");
    expect(excerpt.length).toBeLessThan(3_000);
  });
});

describe("a check that is no verdict: without evidence nothing passes, and nothing fails", () => {
  test.each([
    ["a missing program", ["/no/such/program"]],
    ["a program that the shell does not find", "no-such-program --now"],
    ["a file that the shell may not run", "echo text > it; ./it"],
  ])("%s", async (_title, run) => {
    const result = await resultOf({ run });
    expect(result).toMatchObject({ passed: false, evidence: null });
    expect(result.excerpt).not.toBe("");
  });

  test("one whose runner is killed again and again", async () => {
    const yard = openYard();
    const running = resultOf({ name: "slow", run: "sleep 300" }, yard);
    for (const start of [1, 2, 3]) {
      const claim = join(yard.folder, `slow-${start}/process.json`);
      await eventually(() => (existsSync(claim) ? true : null));
      const runner = JSON.parse(readFileSync(join(yard.folder, `slow-${start}/claim`), "utf8"));
      process.kill(runner.pid, "SIGKILL");
    }
    expect(await running).toMatchObject({
      passed: false,
      evidence: null,
      excerpt: "it was killed 3 times before it ended",
    });
  }, 60_000);
});

describe("a scored check", () => {
  test.each([
    ["the last line", "echo text; echo '{\"score\": 0.91}'", 0.91],
    ["the last line, before empty ones", "echo '{\"score\": 1}'; echo; echo", 1],
    ["a score of nothing", 'echo \'{"score": 0, "of": 7}\'', 0],
  ])("is measured by %s", async (_title, run, score) => {
    const result = await resultOf({ run, scored: true, floor: 0.5, mandatory: false });
    expect(result).toMatchObject({ score, floor: 0.5, passed: true, mandatory: false });
    expect(result.evidence).not.toBeNull();
  });

  test.each([
    ["says nothing", "true"],
    ["says no JSON", "echo 0.91"],
    ["says it too early", "echo '{\"score\": 0.91}'; echo done"],
    ["says it on the other stream", "echo '{\"score\": 0.91}' >&2"],
    ["says more than one", "echo '{\"score\": 1.01}'"],
    ["says less than zero", "echo '{\"score\": -0.1}'"],
    ["says it as a text", 'echo \'{"score": "0.9"}\''],
    ["says another word", "echo '{\"points\": 0.9}'"],
    ["says it in an endless line", `printf '{"pad": "%02500d", "score": 0.9}' 0`],
  ])("that %s is not measured", async (_title, run) => {
    expect(await resultOf({ run, scored: true })).toMatchObject({
      score: null,
      evidence: null,
      passed: true,
    });
  });

  test("that fails has its score all the same", async () => {
    const run = "echo '{\"score\": 0.4}'; exit 1";
    const result = await resultOf({ run, scored: true });
    expect(result).toMatchObject({ score: 0.4, passed: false });
    expect(result.evidence).not.toBeNull();
  });

  test("that is not said to be scored has no score", async () => {
    expect(await resultOf({ run: "echo '{\"score\": 0.4}'" })).toMatchObject({ score: null });
  });
});

describe("asked again", () => {
  test("after a restart it is not run again: its result is read", async () => {
    const yard = openYard();
    const check = { run: "echo run >> runs; cat runs" };
    const first = await resultOf(check, yard);
    expect(await resultOf(check, yard)).toEqual(first);
    expect(readFileSync(join(yard.cwd, "runs"), "utf8")).toBe("run\n");
  });

  test("where a start never came to be, or was stopped, the next one is taken", async () => {
    const yard = openYard();
    voidRun(join(yard.folder, "check-0-1"));
    const run = "echo run >> runs; while test ! -e go; do sleep 0.02; done";
    const running = resultOf({ run }, yard);
    await eventually(() => (existsSync(join(yard.cwd, "runs")) ? true : null));
    yard.controller.abort();
    await expect(running).rejects.toThrow("aborted");
    // Nobody waits any more, and yet it goes on until somebody ends it.
    expect(existsSync(join(yard.folder, "check-0-2/exit.json"))).toBe(false);
    await endChecks(yard.folder);
    const again = resultOf(
      { run: "echo run >> runs" },
      { ...yard, signal: new AbortController().signal },
    );
    expect(await again).toMatchObject({ passed: true });
    expect(readFileSync(join(yard.cwd, "runs"), "utf8")).toBe("run\nrun\n");
    expect(existsSync(join(yard.folder, "check-0-3/evidence.json"))).toBe(true);
  }, 60_000);
});

describe("several checks", () => {
  const yes = { name: "yes", run: "true" };
  const no = { name: "no", run: "false" };
  test.each([
    ["all of them, in their order", [yes, { ...yes, name: "too" }], ["yes", "too"]],
    ["up to a mandatory one that fails", [yes, no, { ...yes, name: "late" }], ["yes", "no"]],
    ["past one that is not mandatory", [{ ...no, mandatory: false }, yes], ["no", "yes"]],
    ["none", [], []],
  ])("are run: %s", async (_title, given, names) => {
    const results = await runChecks(checks(...given), openYard());
    expect(results.map(({ name }) => name)).toEqual(names);
  });

  test("work in one folder, one after the other", async () => {
    const given = checks({ run: "echo built > built" }, { run: "cat built" });
    const [, second] = await runChecks(given, openYard());
    expect(second).toMatchObject({ passed: true, excerpt: expect.stringContaining("built") });
  });
});
