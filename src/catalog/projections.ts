/**
 * What people see of each actor, computed from its snapshot alone: the status word of a task
 * follows from its state and is stored nowhere else.
 */
import type { AgentContext } from "../../machines/agent-setup.ts";
import type { CoordinatorContext } from "../../machines/coordinator.ts";
import type { GateContext } from "../../machines/gate.ts";
import { meanScore } from "../../machines/gate.ts";
import type { MergeRequestContext } from "../../machines/merge-request-setup.ts";
import type { ProviderContext } from "../../machines/provider-setup.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import type { Projected } from "../host/charts.ts";
import { stateText } from "../host/record.ts";
import type { StateValue } from "../host/record.ts";
import { LANES, laneOf, scoreOf } from "../planning/rank.ts";
import type {
  AgentRow,
  DependencyRow,
  MergeRequestRow,
  ProviderRow,
} from "../store/views/tables.ts";
import type { TaskStatus, ViewSlice } from "../store/views/tables.ts";

/** The root state of a task and its status word (conflict C1 of the requirements). */
const STATUS: Readonly<Record<string, TaskStatus>> = {
  created: "pending",
  backlog: "pending",
  active: "in_progress",
  gate: "needs_review",
  rework: "needs_improvement",
  blocked: "blocked",
  done: "done",
  imported: "done",
  cancelled: "cancelled",
};

const flag = (value: boolean): 0 | 1 => (value ? 1 : 0);
const rootOf = ({ record }: Projected): string =>
  typeof record.value === "string" ? record.value : (Object.keys(record.value)[0] ?? "");

export function projectTask(projected: Projected): readonly ViewSlice[] {
  const { record, atMs } = projected;
  const context = record.context as TaskContext;
  const { id, spec, run } = context;
  const status = STATUS[rootOf(projected)] ?? "blocked";
  const substate = stateText(record.value);
  const isReady = substate === "backlog.ready" || status === "needs_improvement";
  return [
    {
      table: "tasks",
      owner: id,
      rows: [
        {
          id,
          title: spec.title,
          type: spec.type,
          status,
          substate,
          priority: spec.priority,
          value: spec.value,
          time_criticality: spec.timeCriticality,
          complexity: spec.complexity,
          epic_id: spec.epicId,
          milestone_id: spec.milestoneId,
          lane: isReady ? LANES.indexOf(laneOf(status, spec.type)) : null,
          wsjf: scoreOf(spec),
          attempts: context.attempts,
          conflicts: context.conflicts,
          runs: context.runs,
          spent_tokens: context.spent.tokens,
          spent_micro_usd: context.spent.microUsd,
          assigned_to: run?.agentId ?? null,
          run_id: run?.runId ?? null,
          provider: run?.provider ?? null,
          tier: run?.tier ?? null,
          rationale: run?.rationale ?? null,
          last_agent: context.lastAgentId,
          has_deep_findings: flag(context.findings.some((finding) => finding.deep === true)),
          description: spec.description,
          reason: context.reason,
          handed_in: context.commit,
          merged_commit: context.mergedCommit,
          created_at: context.createdAtMs,
          updated_at: atMs,
        },
      ],
    },
    { table: "task_dependencies", owner: id, rows: dependencyRows(context) },
  ];
}

function dependencyRows({ id, spec, blockers }: TaskContext): readonly DependencyRow[] {
  const row = (depends_on: string, dependency_type: DependencyRow["dependency_type"]) => {
    const is_open = flag(dependency_type === "blocks" && blockers.includes(depends_on));
    return { task_id: id, depends_on, dependency_type, is_open };
  };
  const rows = [
    ...spec.dependsOn.map((each) => row(each, "blocks")),
    ...spec.related.map((each) => row(each, "related")),
    ...spec.suggested.map((each) => row(each, "suggested")),
  ];
  const seen = new Set<string>();
  return rows.filter(({ depends_on: each }) => !seen.has(each) && seen.add(each));
}

export function projectAgent(projected: Projected): readonly ViewSlice[] {
  const { id, work, leaseUntilMs, freeSinceMs, reason } = projected.record.context as AgentContext;
  const substate = stateText(projected.record.value);
  const status = { "free.idle": "idle", "free.resting": "resting" }[substate] ?? "busy";
  const row: AgentRow = {
    agent_id: id,
    status: status as AgentRow["status"],
    substate,
    provider: work?.provider ?? null,
    current_task_id: work?.taskId ?? null,
    run_id: work?.runId ?? null,
    lease_until: leaseUntilMs,
    free_since: freeSinceMs,
    reason,
  };
  return [{ table: "agent_pool", owner: id, rows: [row] }];
}

export function projectProvider({ record }: Projected): readonly ViewSlice[] {
  const { name, reason, untilMs, windows } = record.context as ProviderContext;
  const [status = "", level = null] = stateText(record.value).split(".");
  const row = { name, status, level, reason, until: untilMs } as ProviderRow;
  const rows = windows.map(({ usedRatio, resetsAtMs, ...window }) => {
    return { provider: name, name: window.name, used: usedRatio, resets_at: resetsAtMs };
  });
  return [
    { table: "providers", owner: name, rows: [row] },
    { table: "provider_windows", owner: name, rows },
  ];
}

export function projectCoordinator({ actor, record }: Projected): readonly ViewSlice[] {
  const { wipLimit, wishes } = record.context as CoordinatorContext;
  const row = { id: actor, wip_limit: wipLimit, wishes: JSON.stringify(wishes) };
  return [{ table: "coordinators", owner: actor, rows: [row] }];
}

/** States in which a merge request waits outside the slot or has left it. */
const ENDS = ["merged", "conflicted", "rejected", "inconclusive", "withdrawn"];
const OUTSIDE_SLOT: ReadonlySet<string> = new Set(["queued", ...ENDS]);

/** While a merge lands, people want to know at which step it is; a withdrawal shows at its end. */
function mergeStatus(value: StateValue): string {
  const landing = typeof value === "object" ? value["landing"] : undefined;
  return stateText((typeof landing === "object" ? landing["step"] : undefined) ?? value);
}

export function projectMergeRequest({ record }: Projected): readonly ViewSlice[] {
  const context = record.context as MergeRequestContext;
  const status = mergeStatus(record.value);
  const row: MergeRequestRow = {
    id: context.id,
    task_id: context.taskId,
    status,
    in_slot: flag(!OUTSIDE_SLOT.has(status)),
    commit_id: context.commit,
    rebased: context.rebased,
    rounds: context.rounds,
    reason: context.reason,
  };
  return [{ table: "merge_requests", owner: context.id, rows: [row] }];
}

export function projectGate({ record, atMs }: Projected): readonly ViewSlice[] {
  const { id, taskId, commit, reason, results, replyTo } = record.context as GateContext;
  // A trial says nothing of the task: it is asked for by its own id.
  if (replyTo === null) return [];
  const status = stateText(record.value);
  const gate = { id, task_id: taskId, commit_id: commit, status, reason };
  const dimensions = results.map(({ name, passed, score, evidence }) => ({
    gate_id: id,
    task_id: taskId,
    dimension: name,
    passed: flag(passed),
    score,
    evidence_path: evidence?.path ?? null,
    evidence_sha256: evidence?.sha256 ?? null,
    at: atMs,
  }));
  return [
    { table: "gates", owner: id, rows: [{ ...gate, score: meanScore(results) }] },
    { table: "quality_metrics", owner: id, rows: dimensions },
  ];
}
