/** What people see of agents, providers, merges and gates, state by state and by hand. */
import { describe, expect, test } from "vitest";
import type { AgentContext } from "../../machines/agent-setup.ts";
import type { GateContext } from "../../machines/gate.ts";
import type { MergeRequestContext } from "../../machines/merge-request-setup.ts";
import type { CheckResult } from "../../machines/protocol.ts";
import type { ProviderContext } from "../../machines/provider-setup.ts";
import { catalog } from "../../src/catalog/catalog.ts";
import type { StateValue } from "../../src/host/record.ts";
import { leavesOf, project, rowsOf, valueOf } from "./rows.ts";

describe("an agent", () => {
  const context: AgentContext = {
    id: "worker-01",
    work: null,
    exit: null,
    reason: "tired",
    leaseUntilMs: 7,
    faults: 0,
    freeSinceMs: 5,
  };
  const working = { working: { session: "started", lease: "live" } };
  test.each<[StateValue, string, string]>([
    [{ free: "idle" }, "idle", "free.idle"],
    [{ free: "resting" }, "resting", "free.resting"],
    [{ preparing: "going" }, "busy", "preparing.going"],
    [working, "busy", "working.(session.started lease.live)"],
    [{ stopping: "asked" }, "busy", "stopping.asked"],
    ["stuck", "busy", "stuck"],
    ["collecting", "busy", "collecting"],
  ])("that is %j is %s", (value, status, substate) => {
    const [row] = rowsOf(project("agent", value, context), "agent_pool");
    expect(row).toEqual({
      agent_id: "worker-01",
      status,
      substate,
      provider: null,
      current_task_id: null,
      run_id: null,
      lease_until: 7,
      free_since: 5,
      reason: "tired",
    });
  });

  test("at work is told with its task, its run and its provider", () => {
    const work = { taskId: "T1", runId: "T1.1", provider: "command" };
    const [row] = rowsOf(project("agent", working, { ...context, work }), "agent_pool");
    expect(row).toMatchObject({ current_task_id: "T1", run_id: "T1.1", provider: "command" });
  });
});

describe("a provider", () => {
  const context: ProviderContext = {
    name: "claude",
    reason: "so",
    untilMs: 9,
    setbacks: 1,
    errors: 2,
    windows: [{ name: "five_hour", usedRatio: 0.9, resetsAtMs: 7 }],
  };
  test.each([
    ["probing", "probing", null],
    ["usable.normal", "usable", "normal"],
    ["usable.warning", "usable", "warning"],
    ["usable.critical", "usable", "critical"],
    ["cooling", "cooling", null],
    ["faltering", "faltering", null],
    ["open", "open", null],
    ["unavailable", "unavailable", null],
    ["down", "down", null],
  ] as const)("that is %s is %s at level %s", (path, status, level) => {
    expect(leavesOf("provider")).toContain(path);
    const row = { name: "claude", status, level, reason: "so", until: 9 };
    const slices = project("provider", valueOf(path), context);
    expect(rowsOf(slices, "providers")).toEqual([row]);
    expect(rowsOf(slices, "provider_windows")).toEqual([
      { provider: "claude", name: "five_hour", used: 0.9, resets_at: 7 },
    ]);
  });

  test("has a row in each of its states", () => {
    expect(leavesOf("provider")).toHaveLength(9);
  });
});

describe("a merge request", () => {
  const context: MergeRequestContext = {
    id: "merge-request:T1.1",
    taskId: "T1",
    commit: "c",
    rounds: 2,
    holds: 0,
    faults: 0,
    rebased: "r",
    onto: "o",
    findings: [],
    reason: "so",
  };
  const landing = (step: string, wish = "wanted"): StateValue => ({ landing: { wish, step } });
  const ROWS: readonly (readonly [StateValue, string, 0 | 1])[] = [
    ["queued", "queued", 0],
    ["rebasing", "rebasing", 1],
    ["faltering", "faltering", 1],
    ["checking", "checking", 1],
    [landing("moving"), "moving", 1],
    [landing("held"), "held", 1],
    [landing("observing"), "observing", 1],
    [landing("wondering", "unwanted"), "wondering", 1],
    ["retiring", "retiring", 1],
    ["merged", "merged", 0],
    ["conflicted", "conflicted", 0],
    ["rejected", "rejected", 0],
    ["inconclusive", "inconclusive", 0],
    ["withdrawn", "withdrawn", 0],
  ];

  test.each(ROWS)("that is %j is %s, and in the slot: %i", (value, status, in_slot) => {
    expect(rowsOf(project("merge-request", value, context), "merge_requests")).toEqual([
      {
        id: "merge-request:T1.1",
        task_id: "T1",
        status,
        in_slot,
        commit_id: "c",
        rebased: "r",
        rounds: 2,
        reason: "so",
      },
    ]);
  });

  test("has a word in each of its states", () => {
    const words = leavesOf("merge-request").flatMap((path) => {
      const [first = "", region, step = ""] = path.split(".");
      return region === "wish" ? [] : [first === "landing" ? step : first];
    });
    expect(words.toSorted()).toEqual(ROWS.map(([, status]) => status).toSorted());
  });
});

test("a gate is told with its mean score, and each check with its evidence", () => {
  const check = { mandatory: true, floor: 0, deep: false, excerpt: "" };
  const results: readonly CheckResult[] = [
    {
      ...check,
      name: "tests",
      passed: true,
      score: null,
      evidence: { path: "/e/1", sha256: "h1" },
    },
    { ...check, name: "style", passed: true, score: 0.9, evidence: { path: "/e/2", sha256: "h2" } },
    {
      ...check,
      name: "depth",
      passed: false,
      score: 0.7,
      evidence: { path: "/e/3", sha256: "h3" },
    },
    { ...check, name: "lost", passed: false, score: null, evidence: null },
  ];
  const context: GateContext = {
    id: "gate:T1.1",
    taskId: "T1",
    commit: "c",
    replyTo: "task:T1",
    tries: 0,
    results,
    reason: "so",
  };
  const slices = project("gate", "failed", context);
  const gate = { id: "gate:T1.1", task_id: "T1", commit_id: "c", status: "failed", reason: "so" };
  const [row] = rowsOf(slices, "gates");
  expect(row).toEqual({ ...gate, score: expect.closeTo(0.8) });
  expect(
    rowsOf(slices, "quality_metrics").map(({ dimension, passed, score, evidence_sha256 }) => [
      dimension,
      passed,
      score,
      evidence_sha256,
    ]),
  ).toEqual([
    ["tests", 1, null, "h1"],
    ["style", 1, 0.9, "h2"],
    ["depth", 0, 0.7, "h3"],
    ["lost", 0, null, null],
  ]);
  expect(
    rowsOf(project("gate", "running", { ...context, results: [] }), "gates")[0]?.score,
  ).toBeNull();
});

test("what is said about dispatching: the limit, and what was asked for, as JSON", () => {
  const wishes = [{ taskId: "T-1", provider: null, tier: "low" }];
  const rows = rowsOf(project("coordinator", "stopped", { wipLimit: 2, wishes }), "coordinators");
  expect(rows).toEqual([{ id: "coordinator:x", wip_limit: 2, wishes: JSON.stringify(wishes) }]);
});

test("a trial has no rows: it says nothing of its task", () => {
  const context = { id: "gate:trial@T1.1", taskId: "T1", commit: "c", replyTo: null, results: [] };
  expect(project("gate", "failed", context)).toEqual([]);
});

test("charts that nobody asks about have no rows", () => {
  const without = catalog.filter(({ project: rows }) => rows === undefined).map(({ name }) => name);
  // Artifacts and convoys are asked for one at a time. Backups lie in a folder.
  // Errands are told to who sent them.
  expect(without).toEqual(["refinery", "roadmap", "artifacts", "backup", "errand", "convoy"]);
});
