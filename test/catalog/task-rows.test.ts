/** The status word of a task in each of its states, by hand, and all else that people see of it. */
import { describe, expect, test } from "vitest";
import type { TaskContext } from "../../machines/task-setup.ts";
import { TASK_STATUSES } from "../../src/store/views/tables.ts";
import { ESTIMATE } from "../support/proposals.ts";
import { BARE_SPEC } from "../support/specs.ts";
import { AT_MS, leavesOf, project, rowsOf, valueOf } from "./rows.ts";

describe("a task", () => {
  const context: TaskContext = {
    id: "T1",
    createdAtMs: 42,
    importedAs: "pending",
    spec: { ...BARE_SPEC, value: 8, timeCriticality: 1, complexity: 3 },
    dependents: [],
    blockers: [],
    attempts: 1,
    conflicts: 2,
    runs: 3,
    run: null,
    spent: { tokens: 900, microUsd: 12_000 },
    lastAgentId: "worker-02",
    commit: "c0ffee",
    findings: [],
    left: null,
    cuts: 0,
    reason: null,
    mergedCommit: null,
  };
  const taskIn = (path: string, change: Partial<TaskContext> = {}) =>
    project("task", valueOf(path), { ...context, ...change });
  const rowIn = (path: string, change: Partial<TaskContext> = {}) =>
    rowsOf(taskIn(path, change), "tasks")[0];

  /** Its state, the word that issue 2 names for it, and its lane where it may be dispatched. */
  const WORDS = [
    ["created", "pending", null],
    ["backlog.waiting", "pending", null],
    ["backlog.ready", "pending", 2],
    ["active.claimed", "in_progress", null],
    ["active.working", "in_progress", null],
    ["active.cancelling", "in_progress", null],
    ["active.returning", "in_progress", null],
    ["gate.checking", "needs_review", null],
    ["gate.merging", "needs_review", null],
    ["gate.withdrawing", "needs_review", null],
    ["rework.correcting", "needs_improvement", 1],
    ["rework.reapplying", "needs_improvement", 1],
    ["blocked", "blocked", null],
    ["done", "done", null],
    ["imported", "done", null],
    ["cancelled", "cancelled", null],
  ] as const;

  test.each(WORDS)("that is %s is %s, in lane %s", (path, status, lane) => {
    expect(rowIn(path)).toMatchObject({ status, lane, substate: path });
  });

  test("has a word in each of its states, and every word is used", () => {
    expect(leavesOf("task").toSorted()).toEqual(WORDS.map(([path]) => path).toSorted());
    expect(new Set(WORDS.map(([, status]) => status))).toEqual(new Set(TASK_STATUSES));
  });

  test("of the type review has the first lane, once it is ready", () => {
    const spec = { ...context.spec, type: "review" };
    const lanes = ["backlog.ready", "rework.correcting", "backlog.waiting"];
    expect(lanes.map((path) => rowIn(path, { spec })?.lane)).toEqual([0, 0, null]);
  });

  test("is told with all that its snapshot knows", () => {
    const seat = { agentId: "worker-01", provider: "command", tier: "high" } as const;
    const run = {
      ...seat,
      rationale: "it is first",
      runId: "T1.3",
      startFrom: "target",
      resume: null,
      estimate: ESTIMATE,
    } as const;
    const finding = { source: "check", text: "red", deep: true };
    const more = { run, findings: [finding], reason: "so" };
    expect(rowIn("active.working", more)).toEqual({
      id: "T1",
      title: BARE_SPEC.title,
      type: "task",
      status: "in_progress",
      substate: "active.working",
      priority: "medium",
      value: 8,
      time_criticality: 1,
      complexity: 3,
      epic_id: null,
      milestone_id: null,
      lane: null,
      wsjf: 3,
      attempts: 1,
      conflicts: 2,
      runs: 3,
      spent_tokens: 900,
      spent_micro_usd: 12_000,
      assigned_to: "worker-01",
      run_id: "T1.3",
      provider: "command",
      tier: "high",
      rationale: "it is first",
      last_agent: "worker-02",
      has_deep_findings: 1,
      description: "",
      reason: "so",
      handed_in: "c0ffee",
      merged_commit: null,
      created_at: 42,
      updated_at: AT_MS,
    });
    expect(rowIn("done", { mergedCommit: "abc" })?.merged_commit).toBe("abc");
    expect(rowIn("backlog.ready", { findings: [{ ...finding, deep: false }] })).toMatchObject({
      assigned_to: null,
      run_id: null,
      has_deep_findings: 0,
    });
  });

  test("names what it depends on: each once, and open only where it gates", () => {
    const spec = {
      ...context.spec,
      dependsOn: ["A", "B"],
      related: ["B", "C"],
      suggested: ["C", "D"],
    };
    const slices = taskIn("backlog.waiting", { spec, blockers: ["B", "C"] });
    expect(rowsOf(slices, "task_dependencies")).toEqual([
      { task_id: "T1", depends_on: "A", dependency_type: "blocks", is_open: 0 },
      { task_id: "T1", depends_on: "B", dependency_type: "blocks", is_open: 1 },
      { task_id: "T1", depends_on: "C", dependency_type: "related", is_open: 0 },
      { task_id: "T1", depends_on: "D", dependency_type: "suggested", is_open: 0 },
    ]);
    expect(slices.map(({ table, owner }) => [table, owner])).toEqual([
      ["tasks", "T1"],
      ["task_dependencies", "T1"],
    ]);
  });
});
