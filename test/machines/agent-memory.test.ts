/** What an agent remembers and what it says to others, besides where it stands. */
import { expect, test } from "vitest";
import { machine } from "../../machines/agent.ts";
import type { AgentEvent, Assignment, CollectedWork, RunExit } from "../../machines/protocol.ts";
import { NOTHING_USED } from "../../machines/spending.ts";
import { plainExit } from "../../src/agents/run-exit.ts";
import { all, done, elapse, failed, play, say } from "../support/chart-table.ts";
import { STARTED_AT_MS } from "../support/chart-table.ts";
import type { Play, Stage } from "../support/chart-table.ts";

const plan = {
  provider: "local",
  tier: "high",
  startFrom: "branch",
  commit: "ba5e",
  resume: null,
} as const;
const work: Assignment = { taskId: "T-1", runId: "T-1.1", ...plan };
const reason = "it is wanted";
const used = { inputTokens: 900, outputTokens: 50, costUsd: 0.01 };
const exit = (outcome: RunExit["outcome"], retryAtMs: number | null = null): RunExit => {
  return plainExit({ outcome, detail: `it ${outcome}`, retryAtMs, usage: used });
};
const findings = [{ source: "git", text: "a stray file" }];
const left = (changed: boolean, found: CollectedWork["findings"] = []): CollectedWork => {
  return { commit: changed ? "c0ffee" : null, changed, findings: found };
};
const assign = say<AgentEvent>({ type: "assign", ...work });
const begin = all(assign, done("prepareWorktree", null));

const words = {
  assign,
  begin,
  fault: all(assign, failed("prepareWorktree", "git.broken", "no space"), elapse("rest")),
  unprepared: failed("prepareWorktree", "git.broken", "no space"),
  prepared: done("prepareWorktree", null),
  minute: (now: Play) => {
    now.nowMs += 60_000;
  },
  beat: say<AgentEvent>({ type: "beat", runId: "T-1.1" }),
  stop: say<AgentEvent>({ type: "stop", runId: "T-1.1", reason }),
  drain: say<AgentEvent>({ type: "drain", reason: "shutting down" }),
  assignT2: say<AgentEvent>({ type: "assign", ...work, taskId: "T-2", runId: "T-2.7" }),
  lease: elapse("lease"),
  suspicion: elapse("suspicion"),
  stuckRetry: elapse("stuckRetry"),
  crash: failed("runAgent", "interrupted"),
  lost: failed("runAgent", "run.lost", "the folder is gone"),
  ends: done("runAgent", exit("completed")),
  breaks: done("runAgent", exit("failed")),
  limited: done("runAgent", exit("limited", 5_000)),
  missing: done("runAgent", exit("notStarted")),
  adoptedEnds: done("adoptRun", exit("completed")),
  adoptionLost: failed("adoptRun", "run.lost", "no such process"),
  killed: done("stopRun", exit("stopped")),
  endedFirst: done("stopRun", exit("completed")),
  unkilled: failed("stopRun", "run.alive", "it does not die"),
  changed: done("collectWork", left(true)),
  unchanged: done("collectWork", left(false)),
  soiled: done("collectWork", left(false, findings)),
  uncollected: failed("collectWork", "git.broken", "no space"),
};
const stage: Stage = { subject: { machine, actor: "agent:a-1", input: { id: "a-1" } }, words };

const given = { agentId: "a-1", work };
const free = { type: "agentFree", agentId: "a-1" };
const settled = { type: "settle", runId: "T-1.1" };
const ended = { type: "runEnded" };
const failure = (...texts: readonly (readonly [source: string, text: string])[]) => {
  const found = texts.map(([source, text]) => ({ source, text }));
  return [settled, { type: "runFailed", runId: "T-1.1", findings: found }];
};
const released = (why: string) => [settled, { type: "runReleased", runId: "T-1.1", reason: why }];
const nothing = "the program ended well but changed nothing; no change means not done";
const at = (minutes: number): number => STARTED_AT_MS + minutes * 60_000;

const facts: Readonly<Record<string, readonly [script: string, facts: object]>> = {
  "a new agent is free since it came": ["", { work: null, freeSinceMs: at(0), told: [free] }],
  "the work in hand is what was assigned (A1)": ["assign", { work, exit: null, given: [given] }],
  "the program is given the same (A2)": ["begin", { given: [given], faults: 0 }],
  "the task hears which run began": ["begin", { told: [{ type: "runStarted", runId: "T-1.1" }] }],
  "what was left by a good run is kept": ["begin ends", { given: [{ ...given, keep: true }] }],
  "what was left by a bad one is not": ["begin breaks", { given: [{ ...given, keep: false }] }],
  "nor by a limited one": ["begin limited", { given: [{ ...given, keep: false }] }],
  "the commit is handed in (A1)": [
    "begin ends changed",
    {
      told: [
        ended,
        settled,
        { type: "workFinished", runId: "T-1.1", commit: "c0ffee", findings: [] },
        free,
      ],
    },
  ],
  "nothing is in hand afterwards (A1)": [
    "minute begin minute ends changed",
    { work: null, exit: null, leaseUntilMs: null, freeSinceMs: at(2) },
  ],
  "no change says so": [
    "begin ends unchanged",
    { told: [ended, ...failure(["run", nothing]), free] },
  ],
  "a failure says what the program said": [
    "begin breaks changed",
    { told: [ended, ...failure(["run", "it failed"]), free] },
  ],
  "the provider hears when the limit ends (A5)": [
    "begin limited unchanged",
    {
      told: [
        { type: "limitHit", untilMs: 5_000, reason: "it limited" },
        ...released("it limited"),
        free,
      ],
    },
  ],
  "the provider hears that its program is missing (A5)": [
    "begin missing unchanged",
    {
      told: [{ type: "startFailed", reason: "it notStarted" }, ...released("it notStarted"), free],
    },
  ],
  "who stops while preparing is quoted": [
    "assign stop prepared",
    { told: [...released(reason), free] },
  ],
  "who drains while preparing is quoted": [
    "assign drain unprepared",
    { told: [...released("shutting down"), free], faults: 0 },
  ],
  "a worktree that failed says why": [
    "assign unprepared",
    {
      told: [...failure(["worktree", "its worktree could not be prepared: no space"]), free],
      faults: 1,
      reason: "no space",
      work: null,
    },
  ],
  "work that cannot be collected says why": [
    "begin ends uncollected",
    {
      told: [...failure(["worktree", "its work could not be collected: no space"]), free],
      faults: 1,
      reason: "no space",
    },
  ],
  "a good preparation ends the row of faults": ["2*fault begin", { faults: 0 }],
  "a new run has no past": ["begin stop killed changed assign", { reason: null, exit: null }],
  "a refused assignment is released with a reason": [
    "begin assignT2",
    {
      told: [
        { type: "settle", runId: "T-2.7", usage: NOTHING_USED },
        { type: "runReleased", runId: "T-2.7", reason: "a-1 is not free" },
      ],
      work,
    },
  ],
  "the one who stops is remembered": ["begin stop", { reason, given: [given] }],
  "the one who drains is remembered": ["begin drain", { reason: "shutting down" }],
  "a stopped run says how it ended": [
    "begin stop killed unchanged",
    { told: [...released("it stopped"), free] },
  ],

  "the lease lasts five minutes from the start (A4)": ["minute begin", { leaseUntilMs: at(6) }],
  "and from the last beat (A4)": ["begin minute beat", { leaseUntilMs: at(6) }],
  "also that of a suspect (A4)": ["begin lease beat", { leaseUntilMs: at(10) }],
  "a suspect has not been given more time (A4)": ["begin lease", { leaseUntilMs: at(5) }],
  "the silent one is blamed for its silence": [
    "begin lease suspicion killed changed",
    { told: [...failure(["run", "its process gave no sign of life"]), free] },
  ],
  "but not where it ended by itself": [
    "begin lease suspicion endedFirst unchanged",
    { told: [ended, ...failure(["run", nothing]), free] },
  ],
  "a lost program is blamed for that": [
    "begin lost killed changed",
    { told: [...failure(["run", "the folder is gone"]), free] },
  ],
  "a program that could not be adopted as well (A2)": [
    "begin crash adoptionLost killed changed",
    { told: [...failure(["run", "no such process"]), free] },
  ],
  "what it used is told to the budget and to the task": [
    "begin ends changed",
    { told: [ended, { ...settled, usage: used }, { usage: used }, free] },
  ],
  "what a failed one used as well": [
    "begin breaks unchanged",
    { told: [ended, { ...settled, usage: used }, { usage: used }, free] },
  ],
  "a program that is missing used nothing": [
    "begin missing unchanged",
    { told: [{}, { ...settled, usage: NOTHING_USED }, { usage: NOTHING_USED }, free] },
  ],
  "a run that never began used nothing": [
    "assign unprepared",
    { told: [{ ...settled, usage: NOTHING_USED }, { usage: NOTHING_USED }, free] },
  ],
  "what is adopted is the same run (A2)": ["begin crash", { given: [given] }],
};

test.each(Object.entries(facts))("%s", (_title, [script, expected]) => {
  expect(play(stage, script).facts()).toMatchObject(expected);
});

test.each(["overloaded", "server_error", "network", "malformed_response"] as const)(
  "%s is a failure of the server (A5)",
  (errorClass) => {
    const failed = done("runAgent", { ...exit("limited"), errorClass });
    const { told } = play(
      { ...stage, words: { ...words, failed } },
      "begin failed changed",
    ).facts();
    const event = { type: "serverFailed", reason: "it limited" };
    expect(told).toMatchObject([event, ...released("it limited"), free]);
  },
);

test("an account that is refused was used as far as its program says", () => {
  const refused = (spent: RunExit["usage"]) =>
    done("runAgent", { ...exit("notStarted"), errorClass: "auth", usage: spent });
  const more = { ...words, midway: refused(used), atOnce: refused(null) };
  const told = (script: string) => play({ ...stage, words: more }, script).facts().told;
  expect(told("begin midway changed")).toMatchObject([
    { type: "accessRefused", reason: "it notStarted" },
    { ...settled, usage: used },
    { type: "runReleased", usage: used },
    free,
  ]);
  expect(told("begin atOnce changed")[1]).toMatchObject({ usage: NOTHING_USED });
});

test("what was told of the account is passed on as it was told", () => {
  const windows = [{ name: "five_hour", usedRatio: 0.9, resetsAtMs: null }];
  const full = done("runAgent", { ...exit("completed"), windows });
  const { told } = play({ ...stage, words: { ...words, full } }, "begin full changed").facts();
  expect(told).toMatchObject([{ type: "usageReported", windows }, ended, {}, {}, free]);
});

test("what the run was denied is told however its work is judged", () => {
  const denied = { source: "permissions", text: "Bash was denied" };
  const missing = { findings: [denied] };
  const more = {
    ...words,
    denied: done("runAgent", { ...exit("completed"), ...missing }),
    breaksDenied: done("runAgent", { ...exit("failed"), ...missing }),
    strayed: done("collectWork", left(true, findings)),
  };
  const told = (script: string) => play({ ...stage, words: more }, script).facts().told;
  expect(told("begin denied strayed")).toMatchObject([
    ended,
    settled,
    { type: "workFinished", commit: "c0ffee", findings: [denied, ...findings] },
    free,
  ]);
  const [, ...reports] = told("begin breaksDenied unchanged");
  const why = failure(["run", "it failed"], ["permissions", "Bash was denied"]);
  expect(reports).toMatchObject([...why, free]);
});

test("what was found is told besides why the run failed", () => {
  const broken = play(stage, "begin breaks soiled").facts();
  const stray = ["git", "a stray file"] as const;
  expect(broken.told).toMatchObject([ended, ...failure(["run", "it failed"], stray), free]);
  const useless = "the program ended well, but what it left cannot be used";
  const good = play(stage, "begin ends soiled").facts();
  expect(good.told).toMatchObject([ended, ...failure(["run", useless], stray), free]);
});
