/**
 * The tables that people and the planner query. Each is a projection: written with the step it
 * follows from, in the same transaction, and refused to anybody else by trigger. They hold nothing
 * that the snapshots do not hold, so they can be rebuilt at any time.
 */
import type { MoneyTables } from "./money-tables.ts";
import type { VisitTables } from "./visit-tables.ts";

/** Status words of a task (founding document 1; conflict C1 of the requirements). */
export const TASK_STATUSES = [
  "pending",
  "in_progress",
  "needs_review",
  "needs_improvement",
  "blocked",
  "done",
  "cancelled",
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export interface TaskRow {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly status: TaskStatus;
  readonly substate: string;
  readonly priority: string;
  readonly value: number;
  readonly time_criticality: number;
  readonly complexity: number;
  readonly epic_id: string | null;
  readonly milestone_id: string | null;
  /** 0 review, 1 rework, 2 new; null where the task cannot be dispatched. */
  readonly lane: number | null;
  readonly wsjf: number;
  readonly attempts: number;
  readonly conflicts: number;
  readonly runs: number;
  /** What its runs are counted with: the estimate where a program did not tell. */
  readonly spent_tokens: number;
  /** Millionths of a dollar. */
  readonly spent_micro_usd: number;
  readonly assigned_to: string | null;
  readonly run_id: string | null;
  readonly provider: string | null;
  readonly tier: string | null;
  readonly rationale: string | null;
  readonly last_agent: string | null;
  readonly has_deep_findings: 0 | 1;
  readonly description: string;
  readonly reason: string | null;
  readonly handed_in: string | null;
  readonly merged_commit: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface DependencyRow {
  readonly task_id: string;
  readonly depends_on: string;
  readonly dependency_type: "blocks" | "related" | "suggested";
  /** 1 while the dependency is unfinished and gates the task. */
  readonly is_open: 0 | 1;
}

export interface AgentRow {
  readonly agent_id: string;
  readonly status: "idle" | "busy" | "resting";
  readonly substate: string;
  readonly provider: string | null;
  readonly current_task_id: string | null;
  readonly run_id: string | null;
  readonly lease_until: number | null;
  readonly free_since: number;
  readonly reason: string | null;
}

export interface ProviderRow {
  readonly name: string;
  readonly status: "probing" | "usable" | "cooling" | "faltering" | "open" | "unavailable" | "down";
  /** How full its account is; null where it takes no run. */
  readonly level: "normal" | "warning" | "critical" | null;
  readonly reason: string | null;
  readonly until: number | null;
}

/** What is said about dispatching; there is one row. */
export interface CoordinatorRow {
  readonly id: string;
  /** Null: as the configuration says. */
  readonly wip_limit: number | null;
  /** JSON: the tasks that were asked for, in the order of asking. */
  readonly wishes: string;
}

/** How full one window of a provider's limits was when a run told it last. */
export interface ProviderWindowRow {
  readonly provider: string;
  readonly name: string;
  /** 0 to 1. */
  readonly used: number;
  readonly resets_at: number;
}

export interface MergeRequestRow {
  readonly id: string;
  readonly task_id: string;
  readonly status: string;
  /** 1 from its turn until its end: the one place before the target. */
  readonly in_slot: 0 | 1;
  readonly commit_id: string;
  readonly rebased: string | null;
  readonly rounds: number;
  readonly reason: string | null;
}

export interface GateRow {
  readonly id: string;
  readonly task_id: string;
  readonly commit_id: string;
  readonly status: string;
  readonly score: number | null;
  readonly reason: string | null;
}

/** One dimension of one gate run; the score is null where the check does not score. */
export interface QualityRow {
  readonly gate_id: string;
  readonly task_id: string;
  readonly dimension: string;
  readonly passed: 0 | 1;
  readonly score: number | null;
  readonly evidence_path: string | null;
  readonly evidence_sha256: string | null;
  readonly at: number;
}

/** Every table by its name, with its row. */
export interface Tables extends VisitTables, MoneyTables {
  readonly tasks: TaskRow;
  readonly task_dependencies: DependencyRow;
  readonly agent_pool: AgentRow;
  readonly providers: ProviderRow;
  readonly provider_windows: ProviderWindowRow;
  readonly merge_requests: MergeRequestRow;
  readonly coordinators: CoordinatorRow;
  readonly gates: GateRow;
  readonly quality_metrics: QualityRow;
}
export type TableName = keyof Tables;

/** All rows of one table that belong to one actor: they replace the ones it had there before. */
export type ViewSlice = {
  readonly [Table in TableName]: {
    readonly table: Table;
    readonly owner: string;
    readonly rows: readonly Tables[Table][];
  };
}[TableName];
