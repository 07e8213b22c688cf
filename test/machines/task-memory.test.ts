/** What a task remembers and what it says to others, besides where it stands. */
import { expect, test } from "vitest";
import type { TaskEvent, TaskInput, TaskSpec } from "../../machines/protocol.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import { machine } from "../../machines/task.ts";
import { all, play, say, STARTED_AT_MS } from "../support/chart-table.ts";
import type { Stage } from "../support/chart-table.ts";
import { claimAfter } from "../support/proposals.ts";

const NO_PLACE = { epicId: null, milestoneId: null, acceptance: [], related: [], suggested: [] };
const specOf = (dependsOn: readonly string[], title = "a title"): TaskSpec => {
  const weight = { value: 5, timeCriticality: 2, complexity: 3, priority: "medium" } as const;
  return { title, description: "", type: "feature", dependsOn, ...weight, ...NO_PLACE };
};
const revised = (...dependsOn: readonly string[]) =>
  say<TaskEvent>({ type: "revise", spec: specOf(dependsOn, "anew") });

const PREFIX = { runId: "", gateId: "gate:", mergeId: "merge-request:" } as const;
/** An event about the present run, its gate or its merge. */
const about = (type: TaskEvent["type"], id: keyof typeof PREFIX, more: object = {}) =>
  say((now) => {
    const { runs } = now.context<TaskContext>();
    return { type, [id]: `${PREFIX[id]}T-1.${runs}`, ...more };
  });
const found = (...texts: readonly string[]) => ({
  findings: texts.map((text) => ({ source: "s", text })),
});
const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);

const claim = say((now) => claimAfter(now.context<TaskContext>().runs));
const handIn = all(
  claim,
  about("runStarted", "runId"),
  about("workFinished", "runId", { commit: "c0ffee", findings: [] }),
);
const toMerge = all(handIn, about("gatePassed", "gateId"));
const workFails = all(
  claim,
  about("runStarted", "runId"),
  about("runFailed", "runId", found("run")),
);

const words = {
  claim,
  handIn,
  toMerge,
  workFails,
  elsewhere: say((now) => {
    return { ...claimAfter(now.context<TaskContext>().runs), agentId: "a-2", tier: "high" };
  }),
  start: about("runStarted", "runId"),
  fail: about("runFailed", "runId", found("run")),
  release: about("runReleased", "runId", { reason: "a limit" }),
  reword: revised(),
  handInDenied: all(
    claim,
    about("runStarted", "runId"),
    about("workFinished", "runId", { commit: "c0ffee", ...found("denied") }),
  ),
  gateFails: about("gateFailed", "gateId", found("gate")),
  gateFindsMany: about("gateFailed", "gateId", found(...numbers(1, 25))),
  gateLost: about("gateInconclusive", "gateId", { reason: "no evidence" }),
  merged: about("merged", "mergeId", { commit: "d00d" }),
  conflict: about("mergeConflicted", "mergeId", found("conflict")),
  reject: about("mergeRejected", "mergeId", found("rejection")),
  mergeLost: about("mergeInconclusive", "mergeId", { reason: "it moved" }),
  withdrawn: about("mergeWithdrawn", "mergeId"),
  cancel: say<TaskEvent>({ type: "cancel", reason: "not wanted" }),
  unblock: say<TaskEvent>({ type: "unblock" }),
  needs0: revised("T-0"),
  needs05: revised("T-0", "T-5"),
  needs057: revised("T-0", "T-5", "T-7"),
  done0: say<TaskEvent>({ type: "dependencyDone", taskId: "T-0" }),
  cancelled0: say<TaskEvent>({ type: "dependencyCancelled", taskId: "T-0" }),
  awaited9: say<TaskEvent>({ type: "addDependent", taskId: "T-9" }),
  awaited8: say<TaskEvent>({ type: "addDependent", taskId: "T-8" }),
  left9: say<TaskEvent>({ type: "dropDependent", taskId: "T-9" }),
};
function staged(dependsOn: readonly string[], status: TaskInput["status"] = "pending"): Stage {
  const input: TaskInput = { id: "T-1", spec: specOf(dependsOn), status, reason: "from a file" };
  return { subject: { machine, actor: "task:T-1", input }, words };
}

const { type: _claim, ...claimed } = claimAfter(0);
const run = { ...claimed, startFrom: "target" };
const assigned = (more: object) => ({
  told: [
    { type: "claimed", taskId: "T-1" },
    { type: "assign", taskId: "T-1", provider: "local", ...more },
  ],
});
const three = "3 attempts failed";
const ONES = { attempts: 1, conflicts: 0 };

const facts: Readonly<Record<string, readonly [script: string, facts: object]>> = {
  "a new task knows when it came": ["", { createdAtMs: STARTED_AT_MS, importedAs: "pending" }],
  "a new task has nothing behind it": ["", { attempts: 0, conflicts: 0, runs: 0, run: null }],
  "the run is kept, with why it was picked (T1)": ["claim", { runs: 1, run, reason: null }],
  "no run is held at the gate (T1)": ["handIn", { run: null, commit: "c0ffee", findings: [] }],
  "no run is held after a failure (T1)": ["workFails", { run: null, commit: null }],
  "no run is held after a release (T1)": ["claim release", { run: null, reason: "a limit" }],
  "no run is held once cancelled (T6)": ["claim cancel release", { run: null }],
  "the agent of the last run is remembered": ["claim release elsewhere", { lastAgentId: "a-2" }],
  "the reason of a release goes with the next run": ["claim release claim", { reason: null }],

  "the first run starts from the target": [
    "claim",
    assigned({ runId: "T-1.1", tier: "low", startFrom: "target", commit: null }),
  ],
  "without a commit the next run starts from the target again": [
    "workFails elsewhere",
    assigned({ runId: "T-1.2", tier: "high", startFrom: "target", commit: null }),
  ],
  "a correction goes on with its branch": [
    "handIn gateFails claim",
    assigned({ runId: "T-1.2", startFrom: "branch", commit: "c0ffee" }),
  ],
  "a conflict is solved in an overlay": [
    "toMerge conflict claim",
    assigned({ runId: "T-1.2", startFrom: "overlay", commit: "c0ffee" }),
  ],
  "a failed overlay is laid anew": [
    "toMerge conflict workFails claim",
    assigned({ runId: "T-1.3", startFrom: "overlay", commit: "c0ffee" }),
  ],
  "work handed in before a block is laid over the target": [
    "handIn gateLost unblock claim",
    assigned({ runId: "T-1.2", startFrom: "overlay", commit: "c0ffee" }),
  ],
  "the gate is given the commit, and answers to the task": [
    "handIn",
    { told: [{ id: "gate:T-1.1", taskId: "T-1", commit: "c0ffee", replyTo: "task:T-1" }] },
  ],
  "the merge is given the commit": [
    "toMerge",
    { told: [{ id: "merge-request:T-1.1", taskId: "T-1", commit: "c0ffee" }] },
  ],
  "a second run has a gate of its own": ["workFails handIn", { told: [{ id: "gate:T-1.2" }] }],
  "the agent is told which run to stop (T6)": [
    "claim cancel",
    { told: [{ type: "stop", runId: "T-1.1", reason: "the task was cancelled" }] },
  ],

  "a failed run is an attempt, and its findings are learnt (T4)": [
    "workFails",
    { ...ONES, ...found("run") },
  ],
  "a failed gate is an attempt (T4)": ["handIn gateFails", { ...ONES, ...found("gate") }],
  "a failed merge is an attempt (T4)": ["toMerge reject", { ...ONES, ...found("rejection") }],
  "a conflict is none (T4)": [
    "toMerge conflict",
    { attempts: 0, conflicts: 1, ...found("conflict") },
  ],
  "a release is none (T4)": ["workFails claim release", { attempts: 1 }],
  "findings add up until work is handed in": ["2*workFails", found("run", "run")],
  "and begin anew then": ["2*workFails handIn", { findings: [] }],
  "with what its run was denied": ["workFails handInDenied", found("denied")],
  "which the next brief tells where the gate fails": [
    "handInDenied gateFails",
    found("denied", "gate"),
  ],
  "the newest twenty are kept": ["handIn gateFindsMany", found(...numbers(6, 25))],
  "the last failure counts and is learnt as well (T4)": [
    "3*workFails",
    { attempts: 3, ...found("run", "run", "run") },
  ],
  "unblocking begins to count anew (T4)": [
    "toMerge conflict 3*workFails unblock",
    { attempts: 0, conflicts: 0, reason: null, commit: "c0ffee", runs: 4 },
  ],

  "three failed runs say so (T4)": ["3*workFails", { reason: `${three}; s: run` }],
  "a last failure at the gate says so": [
    "2*workFails handIn gateFails",
    { reason: `${three}, the last at the gate; s: gate`, attempts: 3, ...found("gate") },
  ],
  "a last failure at the merge says so": [
    "2*workFails toMerge reject",
    { reason: `${three}, the last at the merge; s: rejection`, attempts: 3, ...found("rejection") },
  ],
  "five conflicts say so (T4)": [
    "toMerge conflict toMerge conflict toMerge conflict toMerge conflict toMerge conflict",
    { reason: "5 merge conflicts", conflicts: 5, attempts: 0, ...found("conflict") },
  ],
  "a lost gate says why": ["handIn gateLost", { reason: "the gate is inconclusive: no evidence" }],
  "a lost merge says why": ["toMerge mergeLost", { reason: "the merge is inconclusive: it moved" }],
  "a cancelled dependency says so": [
    "needs0 cancelled0",
    { reason: "its dependency T-0 was cancelled", blockers: [] },
  ],
  "a cancelled task says why, from the backlog": ["cancel", { reason: "not wanted" }],
  "from rework": ["handIn gateFails cancel", { reason: "not wanted" }],
  "from a claim": ["claim cancel", { reason: "not wanted" }],
  "from work": ["claim start cancel release", { reason: "not wanted" }],
  "from the gate": ["handIn cancel", { reason: "not wanted" }],
  "from the merge": ["toMerge cancel withdrawn", { reason: "not wanted" }],
  "a failure while cancelling is no attempt (T6)": ["claim cancel fail", { attempts: 0 }],
  "a rejection while withdrawing is no attempt": ["toMerge cancel reject", { attempts: 0 }],
  "the merge's commit is kept (T2)": ["toMerge merged", { mergedCommit: "d00d", reason: null }],
  "also where it came before the cancelling": [
    "toMerge cancel merged",
    { mergedCommit: "d00d", reason: null },
  ],

  "a revision replaces the words": ["reword", { spec: { title: "anew" } }],
  "dependencies that are done are not waited for anew (T3)": [
    "needs05 done0 needs057",
    { blockers: ["T-5", "T-7"], spec: { dependsOn: ["T-0", "T-5", "T-7"] } },
  ],
  "a new dependency hears of its dependent": [
    "needs05 needs057",
    { told: [{ type: "addDependent", taskId: "T-1" }] },
  ],
  "a dropped one hears of it as well": [
    "needs05 needs0",
    { told: [{ type: "dropDependent", taskId: "T-1" }], blockers: ["T-0"] },
  ],
  "after the start the words change and the dependencies do not (T3)": [
    "claim needs0",
    { spec: { title: "anew", dependsOn: [] }, blockers: [], told: [] },
  ],
  "nor at the gate (T3)": ["handIn needs0", { spec: { title: "anew", dependsOn: [] } }],
  "nor in rework (T3)": ["handIn gateFails needs0", { spec: { title: "anew", dependsOn: [] } }],
  "a dependent is remembered once": ["2*awaited9 awaited8", { dependents: ["T-9", "T-8"] }],
  "and forgotten": ["awaited9 awaited8 left9", { dependents: ["T-8"] }],
  "each dependent hears who is done": [
    "awaited9 awaited8 toMerge merged",
    { told: numbers(8, 9).map(() => ({ type: "dependencyDone", taskId: "T-1" })) },
  ],
  "who loses a claim is told for which task": [
    "claim claim",
    {
      told: [
        { type: "release", runId: "T-1.2" },
        { type: "claimLost", taskId: "T-1" },
      ],
    },
  ],
  "the target is reserved for this task (T4)": [
    "toMerge conflict toMerge conflict",
    { told: [{ type: "reserve", taskId: "T-1" }, { type: "wake" }] },
  ],
  "and given free by it": [
    "toMerge conflict toMerge conflict cancel",
    { told: [{ type: "release", taskId: "T-1" }] },
  ],
};

test.each(Object.entries(facts))("%s", (_title, [script, expected]) => {
  expect(play(staged([]), script).facts()).toMatchObject(expected);
});

test("what was imported keeps its reason and what it waits for", () => {
  const imported = play(staged(["T-0"], "blocked"), "").facts();
  expect(imported).toMatchObject({ reason: "from a file", blockers: ["T-0"] });
  expect(imported).toMatchObject({ importedAs: "blocked", told: [{ taskId: "T-1" }] });
});
