/**
 * The real `claude` and `codex` work off roadmaps, against stub models on loopback: to the end, through
 * limits, and through the death of the orchestrator. No account is needed, and nothing is spent.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { eventually, startLive } from "../support/live-run.ts";
import type { ModelServer } from "../support/models/model-server.ts";
import type { ToolWish } from "../support/models/script.ts";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import type { Workspace } from "../support/workspace.ts";
import { installPrograms } from "./install.ts";
import { Recording } from "./record.ts";
import { fileOf, makeRealYard } from "./yard.ts";
import type { RealYard, TaskPlan } from "./yard.ts";

interface Listed {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly merged_commit: string | null;
}

const TASKS: readonly TaskPlan[] = [
  { id: "T1", type: "feature" },
  { id: "T2", type: "bug" },
  { id: "T3", type: "feature" },
  { id: "T4", type: "bug" },
  { id: "T5", type: "feature", depends_on: ["T1", "T2"] },
  { id: "T6", type: "bug", depends_on: ["T3", "T4"] },
];

/** What the programs are to call before they write their files. */
const reporting = (id: string): readonly ToolWish[] => [
  { name: "context_search", args: { query: "greeting" } },
  { name: "task_update", args: { task_id: id, event: "progress" } },
  {
    name: "context_write",
    args: { type: "decision", topic: "greeting", content: `made by ${id}`, task_ids: [id] },
  },
];

const TOOL_TASKS: readonly TaskPlan[] = [
  { id: "T1", type: "feature", calls: reporting("T1") },
  { id: "T2", type: "bug", depends_on: ["T1"], calls: reporting("T2") },
];

interface Logged {
  readonly cause: string;
  readonly happening: {
    readonly kind: string;
    readonly event?: { readonly type: string; readonly runId: string };
    readonly input?: { readonly text: string; readonly relatedTasks: readonly string[] };
  };
}

/** The journal's steps that tools have sent, with the task that each is about. */
function sentByTools(log: string): readonly string[] {
  const rows = log.trim().split("\n");
  return rows.flatMap((row) => {
    const { cause, happening } = JSON.parse(row) as Logged;
    const { event, input } = happening;
    const tool = /^mcp:(\w+):/.exec(cause)?.[1];
    if (tool === undefined) return [];
    if (event !== undefined)
      return [`${event.runId.split(".", 1)[0]} ${tool} ${event.type} ${event.runId}`];
    return [`${input?.relatedTasks[0]} ${tool} ${happening.kind} ${input?.text}`];
  });
}

const listed = async (yard: Workspace): Promise<readonly Listed[]> =>
  JSON.parse((await yard.wvo("task", "list", "--json")).stdout);

/** All of the roadmap is on the target, once, and no attempt was lost on the way. */
async function proveDone({ yard }: RealYard, tasks: readonly TaskPlan[]): Promise<void> {
  const list = await listed(yard);
  expect(list).toHaveLength(tasks.length);
  for (const each of list) expect(each).toMatchObject({ status: "done", attempts: 0 });
  for (const { id } of tasks) expect(yard.git("show", `main:${fileOf(id)}`)).toBe(fileOf(id));
  proveMergedOnce(yard, list);
  await proveWhole(yard);
  await proveNoOrphans(yard);
}

/** Long enough for the run to end and be read, short enough to wait for. */
const RESET_MS = 25_000;

/** The program may be used again. */
const usable = (yard: Workspace, name: string): Promise<true> =>
  eventually(async () => {
    const { stdout } = await yard.wvo("status", "--json");
    const { providers } = JSON.parse(stdout) as { providers: readonly Record<string, unknown>[] };
    return providers.some((each) => each["name"] === name && each["status"] === "usable") || null;
  });

/** The model has seen the work of the task's run, and the run waits for its answer. */
const isHeld = (model: ModelServer, taskId: string): true | null =>
  model.calls.some(({ file, step }) => file === fileOf(taskId) && step > 0) || null;

/** At least so many runs of an earlier orchestrator are watched by the one that lives now. */
const adopted = (yard: Workspace, count: number): Promise<true> =>
  eventually(async () => {
    const { stdout } = await yard.wvo("status", "--json");
    const { agents } = JSON.parse(stdout) as { agents: readonly { readonly substate: string }[] };
    return agents.filter(({ substate }) => substate.includes("adopted")).length >= count || null;
  });

const recording = new Recording();
beforeAll(() => void installPrograms());
afterAll(() => recording.write());

describe("the real programs", () => {
  test("finish a roadmap of six tasks over both", async () => {
    const real = await makeRealYard(TASKS);
    const ran = await real.yard.wvo("run", "--until", "done");
    expect(ran.code, ran.stderr).toBe(0);
    await proveDone(real, TASKS);
    for (const { id, type } of TASKS) {
      const { claude, codex } = real;
      const [first, second] = type === "bug" ? [codex, claude] : [claude, codex];
      expect([id, first.begun(fileOf(id)), second.begun(fileOf(id))]).toEqual([id, 1, 0]);
    }
    recording.add("a roadmap of 6 tasks over both", "finished and merged, 3 tasks by each");
  });

  test.each([
    ["wvo run", ["config", "show"]],
    ["wvo up", ["up", "--detach", "--hold"]],
  ])("finish tasks by calling our tools, under %s", async (name, before) => {
    const real = await makeRealYard(TOOL_TASKS);
    const { yard, codex } = real;
    onTestFinished(async () => {
      await yard.wvo("down", "--limit", "1s");
    });
    expect((await yard.wvo(...before)).code).toBe(0);
    const ran = await yard.wvo("run", "--until", "done");
    expect(ran.code, ran.stderr).toBe(0);
    const log = await yard.wvo("log", "--json");
    expect(sentByTools(log.stdout)).toEqual(
      TOOL_TASKS.flatMap(({ id }) => [
        `${id} task_update beat ${id}.1`,
        `${id} context_write start made by ${id}`,
      ]),
    );
    // What one program wrote down the other one was told when it looked.
    expect(codex.calls.find(({ step }) => step === 1)?.heard).toContain("made by T1");
    await proveDone(real, TOOL_TASKS);
    recording.add(
      `both call our tools, under \`${name}\``,
      "progress renewed the leases, one found what the other had written down; finished and merged",
    );
  });

  test("finish tasks where our server cannot be reached", async () => {
    const tasks: readonly TaskPlan[] = [
      { id: "T1", type: "feature" },
      { id: "T2", type: "bug" },
    ];
    const real = await makeRealYard(tasks);
    const { yard } = real;
    // Others may enter here, so no socket of ours is put into it.
    mkdirSync(join(yard.repo, "state/supervisor"), { mode: 0o755 });
    const ran = await yard.wvo("run", "--until", "done");
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain("agents cannot call this run by MCP");
    await proveDone(real, tasks);
    recording.add(
      "our server cannot be reached",
      "both finished without it; no attempt was counted",
    );
  });

  test("a 429 and a usage limit move work to the other program, and back after the reset", async () => {
    const tasks: readonly TaskPlan[] = [
      { id: "T1", type: "feature" },
      { id: "T2", type: "feature", depends_on: ["T1"] },
      { id: "T3", type: "feature", depends_on: ["T2"] },
      { id: "T4", type: "feature", depends_on: ["T3"] },
    ];
    const real = await makeRealYard(tasks);
    const { yard, claude, codex } = real;
    const release = codex.hold();
    claude.fault = { kind: "rate_limited", retryAfterS: 2 };
    const run = startLive(yard, "run", "--until", "done");
    await eventually(() => (codex.begun(fileOf("T1")) === 1 ? true : null));
    claude.fault = null;
    await usable(yard, "claude");
    const finishSecond = claude.hold();
    release();
    await eventually(() => isHeld(claude, "T2"));
    const again = codex.hold();
    claude.fault = { kind: "usage_limited", resetsAtMs: systemClock.now() + RESET_MS };
    finishSecond();
    await eventually(() => (codex.begun(fileOf("T3")) === 1 ? true : null));
    claude.fault = null;
    await usable(yard, "claude");
    again();
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(0);
    await proveDone(real, tasks);
    const answered = tasks.map(({ id }) => [claude.begun(fileOf(id)), codex.begun(fileOf(id))]);
    expect(answered).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
    recording.add(
      "a 429, then a usage limit, of Claude Code",
      "work went to Codex and came back after the reset, twice; no attempt was counted",
    );
  });

  test("the orchestrator is killed while both work: both runs are adopted, none is begun twice", async () => {
    const real = await makeRealYard(TASKS);
    const { yard, claude, codex } = real;
    const releases = [claude.hold(), codex.hold()];
    const first = startLive(yard, "run", "--until", "done");
    await eventually(() => isHeld(claude, "T1") && isHeld(codex, "T2"));
    first.signal("SIGKILL");
    expect((await first.ended).signal).toBe("SIGKILL");
    const second = startLive(yard, "run", "--until", "done");
    await adopted(yard, 2);
    for (const release of releases) release();
    const { code, stderr } = await second.ended;
    expect(code, stderr).toBe(0);
    await proveDone(real, TASKS);
    const starts = TASKS.map(({ id }) => claude.begun(fileOf(id)) + codex.begun(fileOf(id)));
    expect(starts).toEqual(TASKS.map(() => 1));
    recording.add(
      "SIGKILL of the orchestrator while both work",
      "both runs were adopted and finished, none was started twice, no process was left",
    );
  });
});
