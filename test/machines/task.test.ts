/** The task chart, row by row: where each happening leads, and all that it asks for. */
import { describe, expect, test } from "vitest";
import type { TaskEvent, TaskInput, TaskSpec } from "../../machines/protocol.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import { machine } from "../../machines/task.ts";
import { all, compare, gapsOf, say } from "../support/chart-table.ts";
import type { Play, Rows, Stage } from "../support/chart-table.ts";
import { claimAfter } from "../support/proposals.ts";

const NO_PLACE = { epicId: null, milestoneId: null, acceptance: [], related: [], suggested: [] };
const specOf = (dependsOn: readonly string[], title = "a title"): TaskSpec => {
  const weight = { value: 5, timeCriticality: 2, complexity: 3, priority: "medium" } as const;
  return { title, description: "", type: "feature", dependsOn, ...weight, ...NO_PLACE };
};

const PREFIX = { runId: "", gateId: "gate:", mergeId: "merge-request:" } as const;
/** An event about the present run, its gate or its merge. */
const about = (type: TaskEvent["type"], id: keyof typeof PREFIX, more: object = {}) =>
  say((now) => {
    const { runs } = now.context<TaskContext>();
    return { type, [id]: `${PREFIX[id]}T-1.${runs}`, ...more };
  });
const findings = [{ source: "check", text: "red" }];
const left = { sessionId: "s-1", used: null, commit: "ba1f" };
const reason = "so it is";

const claimOf = (now: Play) => claimAfter(now.context<TaskContext>().runs);
const claim = say(claimOf);
const visit = say((now) => ({ ...claimOf(now), agentId: "visitor:v-1" }));
const start = about("runStarted", "runId");
const finish = about("workFinished", "runId", { commit: "c0ffee", findings: [] });
const pass = about("gatePassed", "gateId");
const fail = about("runFailed", "runId", { findings });
const gateFails = about("gateFailed", "gateId", { findings });
const conflict = about("mergeConflicted", "mergeId", { findings });
const reject = about("mergeRejected", "mergeId", { findings });
const work = all(claim, start);
const handIn = all(work, finish);
const toMerge = all(handIn, pass);

const basic = { claim, visit, start, finish, pass, fail, gateFails, conflict, reject };
const words = {
  ...basic,
  /** The claim that came last, once more. */
  repeat: say((now) => claimAfter(now.context<TaskContext>().runs - 1)),
  work,
  handIn,
  toMerge,
  workFails: all(work, fail),
  gateAttemptFails: all(handIn, gateFails),
  mergeAttemptFails: all(toMerge, reject),
  collide: all(toMerge, conflict),
  cut: about("runFailed", "runId", { findings, usage: null, left }),
  release: about("runReleased", "runId", { reason }),
  block: about("runBlocked", "runId", { reason }),
  gateLost: about("gateInconclusive", "gateId", { reason }),
  merged: about("merged", "mergeId", { commit: "d00d" }),
  mergeLost: about("mergeInconclusive", "mergeId", { reason }),
  withdrawn: about("mergeWithdrawn", "mergeId"),
  cancel: say<TaskEvent>({ type: "cancel", reason }),
  unblock: say<TaskEvent>({ type: "unblock" }),
  reword: say<TaskEvent>((play) => {
    const { dependsOn } = play.context<TaskContext>().spec;
    return { type: "revise", spec: specOf(dependsOn, "a better title") };
  }),
  needT0: say<TaskEvent>({ type: "revise", spec: specOf(["T-0"]) }),
  needT7: say<TaskEvent>({ type: "revise", spec: specOf(["T-7"]) }),
  needNone: say<TaskEvent>({ type: "revise", spec: specOf([]) }),
  awaitedByT9: say<TaskEvent>({ type: "addDependent", taskId: "T-9" }),
  leftByT9: say<TaskEvent>({ type: "dropDependent", taskId: "T-9" }),
  doneT0: say<TaskEvent>({ type: "dependencyDone", taskId: "T-0" }),
  doneT5: say<TaskEvent>({ type: "dependencyDone", taskId: "T-5" }),
  cancelledT0: say<TaskEvent>({ type: "dependencyCancelled", taskId: "T-0" }),
};

/** T-1, with what it depends on, and as what it is imported. */
function staged(dependsOn: readonly string[], status: TaskInput["status"] = "pending"): Stage {
  const input: TaskInput = { id: "T-1", spec: specOf(dependsOn), status, reason: null };
  return { subject: { machine, actor: "task:T-1", input }, words };
}

const free: Rows = {
  "it is ready at once": "=> backlog.ready: tell coordinator wake",
  "what the picked agent is given is one run, and the coordinator hears of it (T1)":
    "claim => active.claimed: tell coordinator claimed, tell agent:a-1 assign",
  "a claim that comes second is lost (T1)":
    "claim claim => active.claimed: tell budget release, tell coordinator claimLost",
  "the same claim again begins nothing, and is answered again (T1)":
    "claim repeat => active.claimed: tell coordinator claimed",
  "also while the run is being stopped (T1)":
    "claim start cancel repeat => active.cancelling: tell coordinator claimed",
  "one that was made before another run is too late (T1)": [
    "claim release repeat",
    "backlog.ready: tell budget release, tell coordinator claimLost",
  ],
  "also where work waits to be corrected (T1)": [
    "gateAttemptFails repeat",
    "rework.correcting: tell budget release, tell coordinator claimLost",
  ],
  "or to be laid over the target (T1)": [
    "collide repeat",
    "rework.reapplying: tell budget release, tell coordinator claimLost",
  ],
  "a visitor is given its run itself, and the coordinator hears nothing (T1)":
    "visit => active.claimed: tell visitor:v-1 assign",
  "a visitor that comes second is told itself (T1)":
    "claim visit => active.claimed: tell visitor:v-1 claimLost",
  "who comes after a visitor is told as well, though it is the same run (T1)":
    "visit repeat => active.claimed: tell budget release, tell coordinator claimLost",
  "a visitor is stopped as any agent (T6)":
    "visit start cancel => active.cancelling: tell visitor:v-1 stop",
  "a worker who needs a person blocks it (T4)": "work block => blocked",
  "a worker who needs a person ends the cancelling (T6)": "work cancel block => cancelled",
  "a started run works": "claim start => active.working",
  "a run is started once": "claim start !start => active.working",
  "work that was never begun is not handed in": "claim !finish => active.claimed",
  "a run that was cut off goes back, to be gone on with (T7)":
    "claim start cut => backlog.ready: tell coordinator wake",
  "what was handed in goes to the gate, which answers here":
    "claim start finish => gate.checking: start gate:T-1.1",
  "what passed the gate goes to the merge":
    "handIn pass => gate.merging: start merge-request:T-1.1",
  "a merge seen in git is done (T2)": "handIn pass merged => done",
  "nothing but the gate leads to the merge (T2)": "handIn !merged !finish => gate.checking",

  "a new dependency sends a ready task back to wait (T3)":
    "needT0 => backlog.waiting: tell task:T-0 addDependent",
  "new words leave it ready, and wake nobody": "reword => backlog.ready",
  "a dependency that was given up holds it no longer (T3)":
    "needT0 needNone => backlog.ready: tell task:T-0 dropDependent, tell coordinator wake",
  "the last dependency that is done makes it ready (T3)":
    "needT0 doneT0 => backlog.ready: tell coordinator wake",
  "another task's end does not (T3)": "needT0 doneT5 => backlog.waiting",
  "a dependency that is cancelled blocks it": "needT0 cancelledT0 => blocked",
  "and a person may unblock it":
    "needT0 cancelledT0 unblock => backlog.ready: tell coordinator wake",
  "work goes on when a former dependency says that it is cancelled":
    "work cancelledT0 => active.working",
  "one dependency for another is still a wait (T3)": [
    "needT0 needT7",
    "backlog.waiting: tell task:T-7 addDependent, tell task:T-0 dropDependent",
  ],
  "it does not run before its dependency is done (T3)":
    "needT0 claim => backlog.waiting: tell budget release, tell coordinator claimLost",
  "once work has begun a new dependency comes too late (T3)": "claim needT0 => active.claimed",
  "a new dependency does not stop the gate": "handIn needT0 => gate.checking",
  "rework begins in spite of a new dependency, which is not taken (T3)":
    "gateAttemptFails needT0 claim start => active.working",
  "a blocked task takes a new dependency, and waits for it when unblocked (T3)":
    "2*gateAttemptFails workFails needT0 unblock => backlog.waiting",
  "a blocked task tells its new dependency":
    "2*gateAttemptFails workFails needT0 => blocked: tell task:T-0 addDependent",

  "a failed run that left no commit starts again":
    "workFails => backlog.ready: tell coordinator wake",
  "a run may fail before it was begun": "claim fail => backlog.ready: tell coordinator wake",
  "a released run starts again": "work release => backlog.ready: tell coordinator wake",
  "a failed gate asks for a correction":
    "gateAttemptFails => rework.correcting: tell coordinator wake",
  "a correction that fails stays a correction":
    "gateAttemptFails workFails => rework.correcting: tell coordinator wake",
  "a correction that is released stays a correction":
    "gateAttemptFails work release => rework.correcting: tell coordinator wake",
  "a conflict asks to apply the change anew":
    "toMerge conflict => rework.reapplying: tell coordinator wake",
  "a rejected merge asks to apply the change anew":
    "toMerge reject => rework.reapplying: tell coordinator wake",
  "a reapplication that fails stays one":
    "collide workFails => rework.reapplying: tell coordinator wake",
  "a reapplication is claimed as any task":
    "collide claim => active.claimed: tell coordinator claimed, tell agent:a-1 assign",

  "the third failed run blocks (T4)": "3*workFails => blocked",
  "two failed runs do not (T4)": "2*workFails => backlog.ready: tell coordinator wake",
  "the third failure blocks at the gate (T4)": "2*workFails gateAttemptFails => blocked",
  "the third failure blocks at the merge (T4)":
    "workFails gateAttemptFails mergeAttemptFails => blocked",
  "the third failed merge blocks (T4)": "3*mergeAttemptFails => blocked",
  "the third failed gate blocks (T4)": "3*gateAttemptFails => blocked",
  "a release is no attempt (T4)":
    "2*workFails work release work release => backlog.ready: tell coordinator wake",
  "a conflict is no attempt (T4)":
    "workFails collide gateAttemptFails => rework.correcting: tell coordinator wake",
  "a success in between resets nothing (T4)":
    "workFails collide workFails collide workFails => blocked: tell refinery release",
  "an unblocked task has three attempts again (T4)":
    "3*workFails unblock 2*workFails => backlog.ready: tell coordinator wake",
  "and no more (T4)": "3*workFails unblock 3*workFails => blocked",
  "the second conflict reserves the target (T4)":
    "2*collide => rework.reapplying: tell refinery reserve, tell coordinator wake",
  "the fourth conflict does not block (T4)":
    "4*collide => rework.reapplying: tell refinery reserve, tell coordinator wake",
  "the fifth conflict blocks, and gives the target free (T4)":
    "5*collide => blocked: tell refinery release",
  "an unblocked task may collide five times again (T4)":
    "5*collide unblock collide => rework.reapplying: tell coordinator wake",
  "what was reserved is given free by the merge":
    "2*collide toMerge merged => done: tell refinery release",
  "what was reserved is given free by giving up":
    "2*collide cancel => cancelled: tell refinery release",

  "a lost gate blocks, it does not pass (T2)": "handIn gateLost => blocked",
  "a lost merge blocks, it is not done (T2)": "toMerge mergeLost => blocked",
  "a blocked task is claimed by nobody":
    "handIn gateLost claim => blocked: tell budget release, tell coordinator claimLost",
  "an unblocked task is ready": "handIn gateLost unblock => backlog.ready: tell coordinator wake",

  "a ready task is cancelled at once": "cancel => cancelled",
  "a blocked task is cancelled at once": "3*workFails cancel => cancelled",
  "a task in rework is cancelled at once": "gateAttemptFails cancel => cancelled",
  "cancelling a claimed task stops the run first (T6)":
    "claim cancel => active.cancelling: tell agent:a-1 stop",
  "cancelling a running task stops the run first (T6)":
    "work cancel => active.cancelling: tell agent:a-1 stop",
  "the stopped run ends the cancelling (T6)": "work cancel release => cancelled",
  "a run that failed meanwhile does as well (T6)": "work cancel fail => cancelled",
  "a run that finished meanwhile does as well (T6)": "work cancel finish => cancelled",
  "the third failure is no block while cancelling (T6)":
    "2*workFails work cancel fail => cancelled",
  "cancelling is asked once": "work cancel !cancel !start => active.cancelling",
  "cancelling at the gate ends the gate": "handIn cancel => cancelled: tell gate:T-1.1 cancel",
  "cancelling at the merge withdraws it first (T6)":
    "toMerge cancel => gate.withdrawing: tell merge-request:T-1.1 withdraw",
  "a withdrawn merge ends the cancelling (T6)": "toMerge cancel withdrawn => cancelled",
  "a merge that came first is done, cancelled or not": "toMerge cancel merged => done",
  "a conflict ends the cancelling": "toMerge cancel conflict => cancelled",
  "a rejection ends the cancelling": "toMerge cancel reject => cancelled",
  "a lost merge ends the cancelling": "toMerge cancel mergeLost => cancelled",
  "the fifth conflict is no block while withdrawing":
    "4*collide toMerge cancel conflict => cancelled: tell refinery release",
  "those who wait hear that it is done":
    "awaitedByT9 toMerge merged => done: tell task:T-9 dependencyDone",
  "those who wait hear that it is cancelled":
    "awaitedByT9 cancel => cancelled: tell task:T-9 dependencyCancelled",
  "those who wait no more hear nothing": "awaitedByT9 leftByT9 cancel => cancelled",
  "those who come late hear that it is done (T5)":
    "toMerge merged awaitedByT9 => done: tell task:T-9 dependencyDone",
  "those who come late hear that it is cancelled (T5)":
    "cancel awaitedByT9 => cancelled: tell task:T-9 dependencyCancelled",
  "a settled task is claimed by nobody (T5)":
    "toMerge merged claim => done: tell budget release, tell coordinator claimLost",
};

const imports: readonly (readonly [title: string, stage: Stage, end: string])[] = [
  [
    "it waits for what it depends on, and says so there (T3)",
    staged(["T-0", "T-5"]),
    "backlog.waiting: tell task:T-0 addDependent, tell task:T-5 addDependent",
  ],
  ["done before we knew it, it is imported (T2)", staged([], "done"), "imported"],
  ["cancelled before, it is cancelled", staged([], "cancelled"), "cancelled"],
  [
    "blocked before, it is blocked",
    staged(["T-0"], "blocked"),
    "blocked: tell task:T-0 addDependent",
  ],
];
const imported: Rows = {
  "an imported task is done to those who depend on it (T5)":
    "awaitedByT9 => imported: tell task:T-9 dependencyDone",
  "an imported task is claimed by nobody (T2)":
    "claim => imported: tell budget release, tell coordinator claimLost",
};
const waiting: Rows = {
  "it waits until the last one is done (T3)": "doneT0 => backlog.waiting",
  "and is ready then (T3)": "doneT0 doneT5 => backlog.ready: tell coordinator wake",
};

const tables = [
  ["a task without dependencies", staged([]), free],
  ["an imported task", staged([], "done"), imported],
  ["a task with two dependencies", staged(["T-0", "T-5"]), waiting],
] as const;

describe.each(tables)("%s", (_name, stage, rows) => {
  test.each(Object.entries(rows))("%s", (_title, row) => {
    const [seen, written] = compare(stage, row);
    expect(seen).toBe(written);
  });
});

test.each(imports)("a task that is imported: %s", (_title, stage, end) => {
  expect(compare(stage, ["", end])).toEqual([end, end]);
});

test("the rows take every transition and reach every state", () => {
  const starts = imports.map(([title, stage, end]) => [stage, { [title]: ["", end] }] as const);
  expect(gapsOf(...starts, ...tables.map(([, stage, rows]) => [stage, rows] as const))).toEqual([]);
});
