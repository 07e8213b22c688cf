/** What an agent leaves of a run that was cut off, and what it keeps on the branch of its task (A6). */
import { describe, expect, test } from "vitest";
import { machine } from "../../machines/agent.ts";
import type { AgentEvent, Assignment, CollectedWork, RunExit } from "../../machines/protocol.ts";
import { plainExit } from "../../src/agents/run-exit.ts";
import { all, done, elapse, failed, play, say } from "../support/chart-table.ts";
import type { Stage } from "../support/chart-table.ts";

const work: Assignment = {
  taskId: "T-1",
  runId: "T-1.1",
  provider: "local",
  tier: "low",
  startFrom: "target",
  commit: null,
  resume: null,
};
const used = { inputTokens: 7, outputTokens: 1, costUsd: null };
const session = { sessionId: "s-1", used };
const resume = { sessionId: "s-0", used: null, commit: "ba1f" };
const collected = (commit: string | null, more: Partial<CollectedWork> = {}) =>
  done("collectWork", { commit, changed: commit !== null, findings: [], ...more });
const assign = (change: Partial<Assignment> = {}) =>
  say<AgentEvent>({ type: "assign", ...work, ...change });
const begin = (change: Partial<Assignment> = {}) =>
  all(assign(change), done("prepareWorktree", null));
const ends = (outcome: RunExit["outcome"], more: Partial<RunExit> = {}) =>
  done("runAgent", plainExit({ outcome, detail: "so it was", session, ...more }));
const stray = [{ source: "worktree", text: "left its branch" }];

const words = {
  assign: assign(),
  assignAgain: assign({ resume, startFrom: "branch" }),
  begin: begin(),
  beginAgain: begin({ resume, startFrom: "branch" }),
  beginOverlay: begin({ startFrom: "overlay", commit: "c0ffee" }),
  assignOther: assign({ taskId: "T-2", runId: "T-2.1", resume, startFrom: "branch" }),
  crashes: ends("failed", { errorClass: "crashed" }),
  timesOut: ends("failed", { errorClass: "timeout" }),
  hangs: ends("failed", { errorClass: "timeout", isUnanswered: true }),
  dies: ends("failed", { errorClass: "killed" }),
  forgets: ends("failed", { errorClass: "session_not_found" }),
  tooLong: ends("failed", { errorClass: "context_limit" }),
  crashesBare: ends("failed", { errorClass: "crashed", session: null }),
  limited: ends("limited", { errorClass: "usage_limited" }),
  refused: ends("notStarted", { errorClass: "auth" }),
  missing: ends("notStarted", { session: null }),
  completes: ends("completed"),
  stop: say<AgentEvent>({ type: "stop", runId: "T-1.1", reason: "it is wanted" }),
  stopped: done("stopRun", plainExit({ outcome: "stopped", detail: "it was stopped", session })),
  silent: all(elapse("lease"), elapse("suspicion")),
  unprepared: failed("prepareWorktree"),
  prepared: done("prepareWorktree", null),
  leaves: collected("ba1f2"),
  leavesNothing: collected(null),
  strays: collected(null, { findings: stray }),
  uncollected: failed("collectWork"),
};
const stage: Stage = { subject: { machine, actor: "agent:a-1", input: { id: "a-1" } }, words };

const REPORTS = ["runFailed", "runReleased", "workFinished"];

/** The report to the task, and what it says was left. */
function reportOf(script: string): readonly [type: string, left: unknown] {
  const { told } = play(stage, script).facts();
  const events = told as readonly { readonly type: string; readonly left?: unknown }[];
  const report = events.find(({ type }) => REPORTS.includes(type));
  return [report?.type ?? "none", report?.left ?? null];
}

const whole = { ...session, commit: "ba1f2" };
test.each<[string, string, string, object | null]>([
  ["a crash leaves its session and its work", "begin crashes leaves", "runFailed", whole],
  ["so does a time-out", "begin timesOut leaves", "runFailed", whole],
  ["and a kill", "begin dies leaves", "runFailed", whole],
  ["and silence", "begin silent stopped leaves", "runFailed", whole],
  [
    "a session that had changed nothing is left as well",
    "begin crashes leavesNothing",
    "runFailed",
    { ...session, commit: null },
  ],
  ["a tree that the session does not know is not", "begin crashes strays", "runFailed", null],
  ["nor what could not be collected", "begin crashes uncollected", "runFailed", null],
  ["without a session nothing is left", "begin crashesBare leavesNothing", "runFailed", null],
  ["an overlay is laid anew", "beginOverlay crashes leaves", "runFailed", null],
  ["who was gone on with once is not again", "beginAgain crashes leaves", "runFailed", null],
  ["a limit leaves its session", "begin limited leaves", "runReleased", whole],
  ["each time", "beginAgain limited leaves", "runReleased", whole],
  ["so does a refusal in the midst of it", "begin refused leaves", "runReleased", whole],
  [
    "a limit whose work is not collected does not",
    "begin limited uncollected",
    "runReleased",
    null,
  ],
  ["a stop that was asked for does not", "begin stop stopped leaves", "runReleased", null],
  ["a full context does not", "begin tooLong leaves", "runFailed", null],
  ["nor does one that did nothing", "begin completes leavesNothing", "runFailed", null],
  [
    "a session that is forgotten is not left again",
    "beginAgain forgets leaves",
    "runReleased",
    null,
  ],
  ["what never began leaves what it was given", "assignAgain stop prepared", "runReleased", resume],
  ["a missing program too", "beginAgain missing leavesNothing", "runReleased", resume],
  ["so does a refused assignment", "begin assignOther", "runReleased", resume],
  ["a worktree that fails may fail for it", "assignAgain unprepared", "runFailed", null],
])("%s (A6)", (_title, script, ...report) => {
  expect(reportOf(script)).toEqual(report);
});

describe("what is kept on the branch (A6)", () => {
  test.each<[string, boolean]>([
    ["begin completes", true],
    ["begin crashes", true],
    ["begin limited", true],
    ["begin refused", true],
    ["begin crashesBare", false],
    ["beginOverlay crashes", false],
    ["beginAgain crashes", false],
    ["beginAgain limited", true],
    ["begin stop stopped", false],
    ["begin tooLong", false],
  ])("%s: %s", (script, keep) => {
    expect(play(stage, script).facts().given).toMatchObject([{ keep }]);
  });
});

test.each<[string, string, readonly string[]]>([
  ["a crash says nothing of its provider", "begin crashes leaves", []],
  ["nor does a time-out in the midst of work", "begin timesOut leaves", []],
  [
    "a model that did not answer is a failure of its server",
    "begin hangs leaves",
    ["serverFailed"],
  ],
  ["a full context ends a run as any other", "begin tooLong leaves", ["runEnded"]],
])("%s", (_title, script, types) => {
  const { messages } = play(stage, script).requests;
  const heard = messages.filter(({ to }) => to === "provider:local");
  expect(heard.map((each) => ("event" in each ? each.event.type : "start"))).toEqual(types);
});

test("the program is told what to go on with", () => {
  expect(play(stage, "beginAgain").facts().given).toMatchObject([{ work: { resume } }]);
});
