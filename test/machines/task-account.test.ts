/** What a task has cost, what it says of itself when it ends or waits, and which claims come too late. */
import { expect, test } from "vitest";
import type { TaskEvent, TaskInput } from "../../machines/protocol.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import { machine } from "../../machines/task.ts";
import { all, play, say } from "../support/chart-table.ts";
import type { Stage } from "../support/chart-table.ts";
import { claimAfter, ESTIMATE } from "../support/proposals.ts";

const NO_PLACE = { epicId: null, milestoneId: null, acceptance: [], related: [], suggested: [] };
const WEIGHT = { value: 5, timeCriticality: 2, complexity: 3, priority: "medium" } as const;
const spec = { title: "a title", description: "", type: "feature", dependsOn: [] } as const;
const input: TaskInput = {
  id: "T-1",
  spec: { ...spec, ...WEIGHT, ...NO_PLACE },
  status: "pending",
  reason: null,
};

const USED = { inputTokens: 300, outputTokens: 40, costUsd: 0.005 };
const ofRun = (type: TaskEvent["type"], more: object = {}) =>
  say((now) => {
    const { runs } = now.context<TaskContext>();
    return { type, runId: `T-1.${runs}`, usage: USED, ...more };
  });
const ofGate = (type: TaskEvent["type"], more: object) =>
  say((now) => ({ type, gateId: `gate:T-1.${now.context<TaskContext>().runs}`, ...more }));

const claim = say((now) => claimAfter(now.context<TaskContext>().runs));
const start = ofRun("runStarted");
const found = (text: string) => [{ source: "check", text }];
const left = { sessionId: "s-1", used: null, commit: "ba1f" };
const words = {
  claim,
  work: all(claim, start),
  finish: ofRun("workFinished", { commit: "c0ffee", findings: [] }),
  fail: ofRun("runFailed", { findings: found("\n  red\nall of it") }),
  failLong: ofRun("runFailed", { findings: found("x".repeat(300)) }),
  failSilently: ofRun("runFailed", { findings: [] }),
  failBlank: ofRun("runFailed", { findings: found(" \n ") }),
  failUntold: ofRun("runFailed", { findings: [], usage: null }),
  cut: ofRun("runFailed", { findings: [], left }),
  failNoNews: ofRun("runFailed", { findings: [], left: undefined }),
  release: ofRun("runReleased", { reason: "a limit" }),
  block: ofRun("runBlocked", { reason: "stuck" }),
  cancel: say<TaskEvent>({ type: "cancel", reason: "no more" }),
  gateFails: ofGate("gateFailed", { findings: found("red") }),
  lateClaim: say<TaskEvent>({ ...claimAfter(0), agentId: "a-9" } as TaskEvent),
  earlyClaim: say<TaskEvent>({ ...claimAfter(7), agentId: "a-9" } as TaskEvent),
};
const stage: Stage = { subject: { machine, actor: "task:T-1", input }, words };
const after = (script: string) => play(stage, script);

const once = { tokens: 340, microUsd: 5_000 };
const twice = { tokens: 680, microUsd: 10_000 };
const expected = {
  tokens: ESTIMATE.inputTokens + ESTIMATE.outputTokens,
  microUsd: ESTIMATE.microUsd,
};

test.each<[string, string, object]>([
  ["nothing before the first run has ended", "work", { tokens: 0, microUsd: 0 }],
  ["what a finished run used", "work finish", once],
  ["what a failed run used", "work fail", once],
  ["what a run that was cut off used", "work cut", once],
  ["what a released run used", "work release", once],
  ["what a run that gave up used", "work block", once],
  ["what a run used that was cancelled", "work cancel release", once],
  ["what was expected, where nobody told", "work failUntold", expected],
  ["each run", "work fail work finish", twice],
  ["each run once: a gate uses nothing", "work finish gateFails", once],
])("it has spent %s", (_title, script, spent) => {
  expect(after(script).facts()).toMatchObject({ spent });
});

test.each([
  ["the first line that has words", "fail", "; check: red"],
  ["no more than 200 characters", "failLong", `; check: ${"x".repeat(191)}`],
  ["nothing where nothing was found", "failSilently", ""],
  ["nothing after the source where nothing was said", "failBlank", "; check: "],
])("the reason of a task that is blocked ends with %s", (_title, fails, end) => {
  const { reason } = after(`work ${fails} work ${fails} work ${fails}`).context<TaskContext>();
  expect(reason).toBe(`3 attempts failed${end}`);
});

test("what a run leaves is kept for the next one alone", () => {
  expect(after("work cut").facts()).toMatchObject({
    left: { ...left, used: USED, provider: "local" },
  });
  expect(after("work cut work failNoNews").facts()).toMatchObject({ left: null, cuts: 0 });
  expect(after("work cut work release").facts()).toMatchObject({ left: null });
  expect(after("work cut work").facts()).toMatchObject({ left: null });
});

test.each([
  ["a task that waits", ""],
  ["one at work", "work"],
  ["one at the gate", "work finish"],
])("%s is not settled", (_title, script) => {
  expect(after(script).live.snapshot?.hasTag("settled")).toBe(false);
});

test("one that is cancelled, or was imported as done, is settled", () => {
  const imported = { ...input, status: "done" } satisfies TaskInput;
  const subject = { machine, actor: "task:T-1", input: imported };
  expect(after("cancel").live.snapshot?.hasTag("settled")).toBe(true);
  expect(play({ subject, words }, "").live.snapshot?.hasTag("settled")).toBe(true);
});

test.each([
  ["before another run", "work release lateClaim"],
  ["for a run that is still to come", "earlyClaim"],
  ["before a run that corrects", "work finish gateFails lateClaim"],
])("a claim that was made %s is lost, and its money is given back", (_title, script) => {
  const now = after(script);
  expect(now.context<TaskContext>().run).toBeNull();
  expect(now.facts().told).toMatchObject([
    { type: "release" },
    { type: "claimLost", taskId: "T-1" },
  ]);
});
