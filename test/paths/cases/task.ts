/**
 * What a task is walked with: every way to come into being, and reports of its own run, gate and
 * merge as well as of another one's.
 */
import type { TaskEvent, TaskInput, TaskSpec } from "../../../machines/protocol.ts";
import type { TaskContext } from "../../../machines/task-setup.ts";
import type { Cases } from "../../../src/proof/cases.ts";
import { claimAfter } from "../../support/proposals.ts";

const BARE: TaskSpec = {
  title: "a task",
  description: "",
  type: "task",
  priority: "medium",
  value: 5,
  timeCriticality: 0,
  complexity: 5,
  epicId: null,
  milestoneId: null,
  acceptance: [],
  dependsOn: [],
  related: [],
  suggested: [],
};
const waiting: TaskSpec = { ...BARE, dependsOn: ["T-0"] };
const inputOf = (status: TaskInput["status"], spec = BARE): TaskInput => {
  return { id: "T-1", spec, status, reason: status === "pending" ? null : "from a file" };
};
const findings = [{ source: "check", text: "red" }];
const left = { sessionId: "s-1", used: null, commit: "ba1f" };
const reason = "so it is";
const usage = { inputTokens: 10, outputTokens: null, costUsd: null };

/** All that is reported of a run, its gate and its merge. */
function reportsOf(runId: string): readonly TaskEvent[] {
  const [gateId, mergeId] = [`gate:${runId}`, `merge-request:${runId}`];
  return [
    { type: "runStarted", runId },
    { type: "workFinished", runId, usage, commit: "c0ffee", findings },
    { type: "runFailed", runId, usage, findings },
    { type: "runFailed", runId, usage, findings, left },
    { type: "runReleased", runId, usage, reason },
    { type: "runBlocked", runId, usage, reason },
    { type: "runReleased", runId, usage, reason, left },
    { type: "gatePassed", gateId },
    { type: "gateFailed", gateId, findings },
    { type: "gateInconclusive", gateId, reason },
    { type: "merged", mergeId, commit: "d00d" },
    { type: "mergeConflicted", mergeId, findings },
    { type: "mergeRejected", mergeId, findings },
    { type: "mergeInconclusive", mergeId, reason },
    { type: "mergeWithdrawn", mergeId },
  ];
}

export const cases: Cases<TaskContext, TaskEvent> = {
  actor: "task:T-1",
  inputs: [
    inputOf("pending"),
    inputOf("pending", waiting),
    inputOf("done"),
    inputOf("cancelled"),
    inputOf("blocked"),
  ],
  events: ({ context: { runs } }) => [
    { type: "revise", spec: BARE },
    { type: "revise", spec: waiting },
    { type: "addDependent", taskId: "T-9" },
    { type: "dropDependent", taskId: "T-9" },
    { type: "dependencyDone", taskId: "T-0" },
    { type: "dependencyCancelled", taskId: "T-0" },
    claimAfter(runs),
    claimAfter(runs - 1),
    { type: "cancel", reason },
    { type: "unblock" },
    ...reportsOf(`T-1.${runs}`),
    ...reportsOf("T-1.0"),
  ],
  // How many runs there were is not in it: only their number in the ids grows.
  essence: ({ importedAs, spec, blockers, dependents, attempts, conflicts, run, ...more }) => [
    importedAs,
    [spec.dependsOn.length, blockers.length, dependents.length],
    [attempts, conflicts, run?.startFrom, more.commit !== null],
    [more.cuts, more.left !== null],
  ],
};
