/** The visitor chart, row by row: how one who was not called takes a task, and gives it back. */
import { describe, expect, test } from "vitest";
import type { Assignment } from "../../machines/protocol.ts";
import type { VisitorEvent } from "../../machines/visits.ts";
import { machine } from "../../machines/visitor.ts";
import { all, compare, done, elapse, failed, gapsOf, play, say } from "../support/chart-table.ts";
import type { Rows, Stage } from "../support/chart-table.ts";

const plan = {
  provider: "visitor",
  tier: "medium",
  startFrom: "target",
  commit: null,
  resume: null,
} as const;
const workOf = (taskId: string): Assignment => ({ taskId, runId: `${taskId}.1`, ...plan });
const reason = "it is too hard";
const leaseMs = 10 * 60_000;
const [runId, other] = ["T-1.1", "T-1.0"];
const tell = (event: VisitorEvent) => say<VisitorEvent>(event);

const take = tell({ type: "take", taskId: "T-1", runId, leaseMs });
const given = tell({ type: "assign", ...workOf("T-1") });
const work = all(take, given);
const complete = tell({ type: "complete", runId, ref: "mine", summary: "all of it" });
const words = {
  take,
  given,
  work,
  complete,
  collect: all(work, complete),
  givenOther: tell({ type: "assign", ...workOf("T-2") }),
  lost: tell({ type: "claimLost", taskId: "T-1" }),
  lostOther: tell({ type: "claimLost", taskId: "T-2" }),
  progress: tell({ type: "progress", runId, note: "half of it" }),
  progressOther: tell({ type: "progress", runId: other, note: "half of it" }),
  completeOther: tell({ type: "complete", runId: other, ref: "mine", summary: "" }),
  release: tell({ type: "release", runId, reason }),
  releaseOther: tell({ type: "release", runId: other, reason }),
  block: tell({ type: "block", runId, reason }),
  blockOther: tell({ type: "block", runId: other, reason }),
  stop: tell({ type: "stop", runId, reason }),
  stopOther: tell({ type: "stop", runId: other, reason }),
  noAnswer: elapse("claimLimit"),
  silence: elapse("lease"),
  found: done("collectVisit", { commit: "c0ffee", changed: true, findings: [] }),
  nothing: done("collectVisit", {
    commit: null,
    changed: false,
    findings: [{ source: "visitor", text: "no commit mine" }],
  }),
  nothingTwice: done("collectVisit", {
    commit: null,
    changed: false,
    findings: ["no commit mine", "no branch either"].map((text) => ({ source: "visitor", text })),
  }),
  same: done("collectVisit", { commit: "c0ffee", changed: false, findings: [] }),
  nameless: done("collectVisit", { commit: null, changed: true, findings: [] }),
  breaks: failed("collectVisit", "git.locked", "a lock is held"),
};
const subject = { machine, actor: "visitor:v-1", input: { id: "v-1" } };
const stage: Stage = { subject, words };

const rows: Rows = {
  "at first it is free": "=> free",
  "it asks the task itself": "take => asking: tell task:T-1 claim, set claimLimit 30s",
  "a task that is not to be had leaves it free": "take lost => free: clear claimLimit",
  "what another task says is not meant": "take ~lostOther => asking",
  "a task that does not answer leaves it free": "take noAnswer => free",
  "it begins with what it asked for, under a lease (N1, N2)":
    "take given => held.working: tell task:T-1 runStarted, set lease 10m, clear claimLimit",
  "what it did not ask for goes back at once (N1)":
    "take givenOther => asking: tell task:T-2 runReleased",
  "one that is free takes nothing that it is given (N1)":
    "given => free: tell task:T-1 runReleased",
  "nor one that has work (N1)": "work givenOther => held.working: tell task:T-2 runReleased",
  "what it has is not given twice (N1)": "work ~given => held.working",
  "it takes one task at a time (N1)": "work !take => held.working",
  "a sign of progress renews the lease (N2)": "work progress => held.working: set lease 10m",
  "one about another run does not (N4)": "work !progressOther => held.working",
  "without a sign the task goes back (N2)":
    "work silence => free: tell coordinator wake, tell task:T-1 runReleased",
  "it may give the task back":
    "work release => free: tell coordinator wake, tell task:T-1 runReleased, clear lease",
  "but not another run (N4)": "work !releaseOther => held.working",
  "it may say that only a person can help":
    "work block => free: tell coordinator wake, tell task:T-1 runBlocked, clear lease",
  "but not of another run (N4)": "work !blockOther => held.working",
  "a task that was cancelled calls it back":
    "work stop => free: tell coordinator wake, tell task:T-1 runReleased, clear lease",
  "a late word about another run calls nobody back (N4)": "work ~stopOther => held.working",
  "nobody calls back who is free": "~stop ~lost => free",
  "what it names is looked for in git (N3)":
    "work complete => held.collecting: run collectVisit, clear lease",
  "and not for another run (N4)": "work !completeOther => held.working",
  "what was found is handed in (N3)":
    "collect found => free: tell coordinator wake, tell task:T-1 workFinished",
  "what is not there costs nothing but another try (N3)":
    "collect nothing => held.working: set lease 10m",
  "nor does what changes nothing (N3)": "collect same => held.working: set lease 10m",
  "nor what has no commit (N3)": "collect nameless => held.working: set lease 10m",
  "nor a fault of git (N3)": "collect breaks => held.working: set lease 10m",
  "a task that was cancelled waits for no commit": [
    "collect stop",
    "free: tell coordinator wake, tell task:T-1 runReleased, end collectVisit",
  ],
  "while git is asked it has nothing to say": "collect !progress !release => held.collecting",
  "afterwards it takes the next":
    "collect found take => asking: tell task:T-1 claim, set claimLimit 30s",
};

test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

describe("it remembers", () => {
  const LEASE_ENDS = "its lease ended without a sign of progress";
  test.each<[string, string, object]>([
    ["nothing at first", "", { asked: null, work: null, note: null, reason: null }],
    ["what it asked for", "take", { asked: { taskId: "T-1", runId }, leaseMs, work: null }],
    ["why it got nothing", "take lost", { asked: null, reason: "T-1 cannot be claimed now" }],
    ["that nobody answered", "take noAnswer", { asked: null, reason: "T-1 did not answer" }],
    ["its work", "work", { work: workOf("T-1") }],
    ["how it gets on", "work progress", { note: "half of it" }],
    ["what it named", "collect", { ref: "mine", note: "all of it", leaseUntilMs: null }],
    ["why that was not taken", "collect nothing", { reason: "no commit mine", ref: "mine" }],
    ["all that was found", "collect nothingTwice", { reason: "no commit mine; no branch either" }],
    ["what git said", "collect breaks", { reason: "a lock is held" }],
    ["nothing bad in the end", "collect nothing complete found", { reason: null, work: null }],
    ["why it gave the task back", "work release", { reason, work: null }],
    ["why it was called back", "work stop", { reason, work: null }],
    ["that it was silent", "work silence", { reason: LEASE_ENDS, leaseUntilMs: null }],
    ["nothing of an earlier task", "work release take", { reason: null, note: null, ref: null }],
  ])("%s", (_title, script, known) => {
    expect(play(stage, script).context()).toMatchObject(known);
  });

  test("until when its lease runs, and from when it is free", () => {
    const now = play(stage, "work");
    expect(now.context()).toMatchObject({ leaseUntilMs: now.nowMs + leaseMs });
    const later = play(stage, "work silence");
    expect(later.context()).toMatchObject({ sinceMs: now.nowMs + leaseMs });
  });
});

test("what it tells carries the run, the commit and the reason", () => {
  const told = (script: string) => (play(stage, script).facts() as { told: object[] }).told;
  expect(told("take")).toMatchObject([
    { type: "claim", agentId: "visitor:v-1", provider: "visitor", tier: "medium" },
  ]);
  expect(told("collect found")).toMatchObject([
    { type: "wake" },
    { type: "workFinished", runId, commit: "c0ffee", findings: [] },
  ]);
  expect(told("work block")).toMatchObject([{}, { type: "runBlocked", runId, reason }]);
  expect(told("work release")).toMatchObject([{}, { type: "runReleased", runId, reason }]);
  expect(told("givenOther")).toMatchObject([
    { type: "runReleased", runId: "T-2.1", reason: "v-1 does not wait for it" },
  ]);
  const estimate = { inputTokens: 0, outputTokens: 0, microUsd: 0, price: null };
  expect(told("take")).toMatchObject([{ estimate, rationale: "it was asked for" }]);
  expect(play(stage, "collect").facts()).toMatchObject({
    given: [{ agentId: "visitor:v-1", work: workOf("T-1"), ref: "mine" }],
  });
});
