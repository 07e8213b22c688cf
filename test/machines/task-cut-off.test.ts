/** A run that was cut off and the one that goes on with it are one attempt (T7). */
import { expect, test } from "vitest";
import type { TaskEvent } from "../../machines/protocol.ts";
import type { Left } from "../../machines/session.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import { machine } from "../../machines/task.ts";
import { all, play, say } from "../support/chart-table.ts";
import type { Stage } from "../support/chart-table.ts";
import { claimAfter } from "../support/proposals.ts";
import { BARE_SPEC } from "../support/specs.ts";

const usage = null;
const findings = [{ source: "run", text: "it crashed" }];
const session = { sessionId: "s-1", used: { inputTokens: 7, outputTokens: 1, costUsd: 0.25 } };
const half: Left = { ...session, commit: "ba1f" };
const bare: Left = { ...session, commit: null };

const untold: Left = { ...half, used: null };
const costless: Left = { ...half, used: { ...session.used, costUsd: null } };
const ran = { inputTokens: 100, outputTokens: 10, costUsd: null };

const claim = (provider: string) =>
  say<TaskEvent>((now) => ({
    ...claimAfter(now.context<TaskContext>().runs),
    provider,
  }));
const runOf = ({ id, runs }: TaskContext): string => `${id}.${runs}`;
const ofRun = (type: TaskEvent["type"], more: object) =>
  say((now) => ({ type, runId: runOf(now.context<TaskContext>()), usage, ...more }));
const start = ofRun("runStarted", {});
const gateFails = say((now) => {
  return { type: "gateFailed", gateId: `gate:${runOf(now.context<TaskContext>())}`, findings };
});

const words = {
  claim: claim("claude"),
  work: all(claim("claude"), start),
  workElsewhere: all(claim("codex"), start),
  cut: ofRun("runFailed", { findings, left: half }),
  cutBare: ofRun("runFailed", { findings, left: bare }),
  fail: ofRun("runFailed", { findings }),
  limit: ofRun("runReleased", { reason: "a limit", left: half }),
  limitCostless: ofRun("runReleased", { reason: "a limit", left: costless }),
  limitUntold: ofRun("runReleased", { reason: "a limit", left: untold }),
  limitKnown: ofRun("runReleased", { reason: "a limit", left: untold, usage: ran }),
  limitNew: ofRun("runReleased", { reason: "a limit", left: { ...untold, sessionId: "s-2" } }),
  release: ofRun("runReleased", { reason: "a limit" }),
  handIn: ofRun("workFinished", { commit: "c0ffee", findings: [] }),
  gateFails,
  unblock: say<TaskEvent>({ type: "unblock" }),
};
const input = { id: "T-1", spec: BARE_SPEC, status: "pending", reason: null };
const stage: Stage = { subject: { machine, actor: "task:T-1", input }, words };

const AFRESH = { startFrom: "target", resume: null };
test.each<[string, string, object]>([
  [
    "what is gone on with starts from its branch",
    "cut work",
    { startFrom: "branch", resume: half },
  ],
  [
    "a session that changed nothing starts as its task does",
    "cutBare work",
    { ...AFRESH, resume: bare },
  ],
  ["another provider begins afresh", "cut workElsewhere", AFRESH],
  ["and so does the first one after that", "cut workElsewhere release work", AFRESH],
  ["the second time a fresh tree follows", "cut work cut work", AFRESH],
  ["a failure that was no cut begins afresh", "fail work", AFRESH],
  ["a limit is gone on with", "limit work", { startFrom: "branch", resume: half }],
  ["each time", "limit work limit work limit work", { startFrom: "branch", resume: half }],
  ["not where nothing was left", "limit work release work", AFRESH],
  ["an unblocked task begins afresh", "fail work fail work fail unblock work", AFRESH],
])("%s (T7)", (_title, script, run) => {
  const { told } = play(stage, `work ${script}`).facts();
  expect(told).toEqual([]);
  expect(play(stage, `work ${script}`).context<TaskContext>().run).toMatchObject(run);
});

test("the agent is told what to go on with (T7)", () => {
  const assigned = { type: "assign", startFrom: "branch", commit: null, resume: half };
  expect(play(stage, "work cut claim").facts().told).toMatchObject([{ type: "claimed" }, assigned]);
});

test("and what was handed in before, where a correction was cut off (T7)", () => {
  const assigned = { type: "assign", startFrom: "branch", commit: "c0ffee", resume: half };
  const { told } = play(stage, "work handIn gateFails work cut claim").facts();
  expect(told).toMatchObject([{ type: "claimed" }, assigned]);
});

test.each<[string, string, object]>([
  ["the first cut is no attempt", "cut", { attempts: 0, cuts: 1 }],
  ["the second one is", "cut work cut", { attempts: 1, cuts: 0, left: null }],
  ["whoever goes on", "cut workElsewhere cut", { attempts: 1, cuts: 0, left: null }],
  ["each attempt may be cut off once", "cut work cut work cut", { attempts: 1, cuts: 1 }],
  ["a limit is no cut", "limit work limit", { attempts: 0, cuts: 0 }],
  ["a cut is learnt", "cut", { findings }],
  ["what is handed in ends the attempt", "cut work handIn gateFails", { attempts: 1, cuts: 0 }],
  [
    "the provider is remembered with what it left",
    "cut",
    { left: { ...half, provider: "claude" } },
  ],
])("%s (T7)", (_title, script, facts) => {
  expect(play(stage, `work ${script}`).facts()).toMatchObject(facts);
});

const { inputTokens, outputTokens } = claimAfter(0).estimate;
const expected = (runs: number) => ({
  inputTokens: runs * inputTokens,
  outputTokens: runs * outputTokens,
});
test.each<[string, string, object]>([
  ["what it told in all", "limit", session.used],
  ["what was expected, where it told nothing", "limitUntold", expected(1)],
  ["what was expected of its cost alone", "limitCostless", { ...session.used, costUsd: 0.002 }],
  ["for each of its runs", "limitUntold work limitUntold", expected(2)],
  ["what the run told, where its session did not", "limitKnown", { inputTokens: 100 }],
  [
    "beside what was counted before",
    "limit work limitKnown",
    { inputTokens: 107, outputTokens: 11 },
  ],
  ["of a new session its own", "limit work limitNew", expected(1)],
])("a session is counted with %s, and with no more (T7)", (_title, script, used) => {
  expect(play(stage, `work ${script}`).facts()).toMatchObject({ left: { used } });
});

const TWICE = "work cut work cut";

test("three attempts of two runs each are all there are (T4, T7)", () => {
  const now = play(stage, `${TWICE} ${TWICE} ${TWICE}`);
  expect(now.facts()).toMatchObject({ state: "blocked", attempts: 3, runs: 6 });
});

test("what was left is forgotten with the old count (T7)", () => {
  const now = play(stage, `${TWICE} ${TWICE} ${TWICE} unblock`);
  expect(now.facts()).toMatchObject({ left: null, cuts: 0, attempts: 0 });
});
