/** The columns, keys and indexes of the tables that people query; their rows are in `tables.ts`. */
import { MONEY } from "./money-tables.ts";
import { TASK_STATUSES } from "./tables.ts";
import type { TableName, Tables } from "./tables.ts";
import type { TableShape } from "./shape.ts";
import { VISIT_TABLES } from "./visit-tables.ts";

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
      level: "TEXT",
      reason: "TEXT",
      until: "INTEGER",
    },
    indexes: [],
  },
  provider_windows: {
    owner: "provider",
    key: ["provider", "name"],
    columns: {
      provider: "TEXT NOT NULL",
      name: "TEXT NOT NULL",
      used: "REAL NOT NULL",
      resets_at: "INTEGER NOT NULL",
    },
    indexes: [],
  },
  coordinators: {
    owner: "id",
    key: ["id"],
    columns: { id: "TEXT NOT NULL", wip_limit: "INTEGER", wishes: "TEXT NOT NULL" },
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
  ...MONEY,
  ...VISIT_TABLES,
};
