/**
 * The tables that people and the planner query. Each is a projection: written with the step it
 * follows from, in the same transaction, and refused to anybody else by trigger. They hold nothing
 * that the snapshots do not hold, so they can be rebuilt at any time.
 */

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
  readonly status: "probing" | "usable" | "cooling" | "unavailable";
  readonly reason: string | null;
  readonly until: number | null;
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
export interface Tables {
  readonly tasks: TaskRow;
  readonly task_dependencies: DependencyRow;
  readonly agent_pool: AgentRow;
  readonly providers: ProviderRow;
  readonly merge_requests: MergeRequestRow;
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

interface TableShape<Row> {
  /** The column that names the actor a row belongs to. */
  readonly owner: keyof Row & string;
  readonly key: readonly (keyof Row & string)[];
  /** Column name to its SQL type and checks. */
  readonly columns: { readonly [Column in keyof Row]-?: string };
  readonly indexes: readonly string[];
}

const STATUS_LIST = TASK_STATUSES.map((status) => `'${status}'`).join(", ");

export const TABLES: { readonly [Table in TableName]: TableShape<Tables[Table]> } = {
  tasks: {
    owner: "id",
    key: ["id"],
    columns: {
      id: "TEXT NOT NULL",
      title: "TEXT NOT NULL",
      type: "TEXT NOT NULL",
      status: `TEXT NOT NULL CHECK (status IN (${STATUS_LIST}))`,
      substate: "TEXT NOT NULL",
      priority: "TEXT NOT NULL",
      value: "REAL NOT NULL",
      time_criticality: "REAL NOT NULL",
      complexity: "REAL NOT NULL",
      epic_id: "TEXT",
      milestone_id: "TEXT",
      lane: "INTEGER",
      wsjf: "REAL NOT NULL",
      attempts: "INTEGER NOT NULL",
      conflicts: "INTEGER NOT NULL",
      runs: "INTEGER NOT NULL",
      spent_tokens: "INTEGER NOT NULL",
      spent_micro_usd: "INTEGER NOT NULL",
      assigned_to: "TEXT",
      run_id: "TEXT",
      provider: "TEXT",
      tier: "TEXT",
      rationale: "TEXT",
      last_agent: "TEXT",
      has_deep_findings: "INTEGER NOT NULL",
      description: "TEXT NOT NULL",
      reason: "TEXT",
      handed_in: "TEXT",
      merged_commit: "TEXT",
      created_at: "INTEGER NOT NULL",
      updated_at: "INTEGER NOT NULL",
    },
    indexes: [
      "INDEX tasks_ready ON tasks (lane, wsjf DESC, created_at, id) WHERE lane IS NOT NULL",
      "INDEX tasks_status ON tasks (status)",
      "UNIQUE INDEX tasks_one_each ON tasks (assigned_to) WHERE assigned_to IS NOT NULL",
    ],
  },
  task_dependencies: {
    owner: "task_id",
    key: ["task_id", "depends_on"],
    columns: {
      task_id: "TEXT NOT NULL",
      depends_on: "TEXT NOT NULL",
      dependency_type: "TEXT NOT NULL",
      is_open: "INTEGER NOT NULL",
    },
    indexes: ["INDEX dependencies_reverse ON task_dependencies (depends_on)"],
  },
  agent_pool: {
    owner: "agent_id",
    key: ["agent_id"],
    columns: {
      agent_id: "TEXT NOT NULL",
      status: "TEXT NOT NULL",
      substate: "TEXT NOT NULL",
      provider: "TEXT",
      current_task_id: "TEXT",
      run_id: "TEXT",
      lease_until: "INTEGER",
      free_since: "INTEGER NOT NULL",
      reason: "TEXT",
    },
    indexes: [
      "UNIQUE INDEX agents_one_each ON agent_pool (current_task_id) WHERE current_task_id IS NOT NULL",
    ],
  },
  providers: {
    owner: "name",
    key: ["name"],
    columns: {
      name: "TEXT NOT NULL",
      status: "TEXT NOT NULL",
      reason: "TEXT",
      until: "INTEGER",
    },
    indexes: [],
  },
  merge_requests: {
    owner: "id",
    key: ["id"],
    columns: {
      id: "TEXT NOT NULL",
      task_id: "TEXT NOT NULL",
      status: "TEXT NOT NULL",
      in_slot: "INTEGER NOT NULL",
      commit_id: "TEXT NOT NULL",
      rebased: "TEXT",
      rounds: "INTEGER NOT NULL",
      reason: "TEXT",
    },
    indexes: [
      "INDEX merges_task ON merge_requests (task_id)",
      "UNIQUE INDEX merges_one_slot ON merge_requests (in_slot) WHERE in_slot = 1",
    ],
  },
  gates: {
    owner: "id",
    key: ["id"],
    columns: {
      id: "TEXT NOT NULL",
      task_id: "TEXT NOT NULL",
      commit_id: "TEXT NOT NULL",
      status: "TEXT NOT NULL",
      score: "REAL CHECK (score BETWEEN 0 AND 1)",
      reason: "TEXT",
    },
    indexes: ["INDEX gates_task ON gates (task_id)"],
  },
  quality_metrics: {
    owner: "gate_id",
    key: ["gate_id", "dimension"],
    columns: {
      gate_id: "TEXT NOT NULL",
      task_id: "TEXT NOT NULL",
      dimension: "TEXT NOT NULL",
      passed: "INTEGER NOT NULL",
      score: "REAL CHECK (score BETWEEN 0 AND 1)",
      evidence_path: "TEXT",
      evidence_sha256: "TEXT",
      at: "INTEGER NOT NULL",
    },
    indexes: ["INDEX quality_task ON quality_metrics (task_id)"],
  },
};
