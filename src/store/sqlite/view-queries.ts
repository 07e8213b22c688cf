/** The questions of `views.ts`, asked in SQL. */
import { actorId } from "../../../machines/protocol.ts";
import { TABLES } from "../views/shapes.ts";
import { TASK_STATUSES } from "../views/tables.ts";
import type {
  AgentRow,
  CoordinatorRow,
  DependencyRow,
  GateRow,
  MergeRequestRow,
} from "../views/tables.ts";
import type { ProviderRow, ProviderWindowRow, QualityRow } from "../views/tables.ts";
import type { TableName, TaskRow, TaskStatus } from "../views/tables.ts";
import type { Views } from "../views/views.ts";
import type { Connection } from "./database.ts";
import { openMoneyQueries } from "./money-queries.ts";
import { openVisitQueries } from "./visit-queries.ts";

/** The order of dispatch; the partial index `tasks_ready` holds these columns and no others. */
const READY = "lane, wsjf DESC, created_at, id";

export function openViewQueries(db: Connection): Views {
  const task = db.prepare<[string], TaskRow>("SELECT * FROM tasks WHERE id = ?");
  const tasks = db.prepare<[string, number], TaskRow>(
    "SELECT * FROM tasks WHERE id > ? ORDER BY id LIMIT ?",
  );
  const tasksIn = db.prepare<[TaskStatus, number], TaskRow>(
    "SELECT * FROM tasks WHERE status = ? ORDER BY id LIMIT ?",
  );
  const counts = db.prepare<[], { status: TaskStatus; n: number }>(
    "SELECT status, count(*) AS n FROM tasks GROUP BY status",
  );
  const ready = db.prepare<[number], TaskRow>(
    `SELECT * FROM tasks WHERE lane IS NOT NULL ORDER BY ${READY} LIMIT ?`,
  );
  const running = db.prepare<[], { n: number }>(
    "SELECT count(*) AS n FROM tasks WHERE status = 'in_progress'",
  );
  const dependencies = db.prepare<[string], DependencyRow>(
    "SELECT * FROM task_dependencies WHERE task_id = ? ORDER BY depends_on",
  );
  const dependents = db.prepare<[string], DependencyRow>(
    "SELECT * FROM task_dependencies WHERE depends_on = ? ORDER BY task_id",
  );
  const agents = db.prepare<[], AgentRow>("SELECT * FROM agent_pool ORDER BY agent_id");
  const merges = db.prepare<[], MergeRequestRow>(
    "SELECT * FROM merge_requests WHERE in_slot = 1 OR status = 'queued' ORDER BY rowid",
  );
  const mergesOf = db.prepare<[string], MergeRequestRow>(
    "SELECT * FROM merge_requests WHERE task_id = ? ORDER BY rowid",
  );
  const gates = db.prepare<[string], GateRow>(
    "SELECT * FROM gates WHERE task_id = ? ORDER BY rowid",
  );
  const quality = db.prepare<[string], QualityRow>(
    "SELECT * FROM quality_metrics WHERE task_id = ? ORDER BY at, gate_id, dimension",
  );
  return {
    task: (id) => task.get(id) ?? null,
    tasks: (after, limit) => tasks.all(after, limit),
    tasksIn: (status, limit) => tasksIn.all(status, limit),
    countByStatus: () => {
      const found = new Map(counts.all().map(({ status, n }) => [status, n]));
      const pairs = TASK_STATUSES.map((status) => [status, found.get(status) ?? 0] as const);
      return Object.fromEntries(pairs) as Record<TaskStatus, number>;
    },
    ready: (limit) => ready.all(limit),
    countRunning: () => running.get()?.n ?? 0,
    dependenciesOf: (taskId) => dependencies.all(taskId),
    dependentsOf: (taskId) => dependents.all(taskId),
    agents: () => agents.all(),
    ...openProviderQueries(db),
    mergeRequests: () => merges.all(),
    mergeRequestsOf: (taskId) => mergesOf.all(taskId),
    gatesOf: (taskId) => gates.all(taskId),
    qualityOf: (taskId) => quality.all(taskId),
    ...openMoneyQueries(db),
    ...openVisitQueries(db),
    rowsOf: openRowsOf(db),
  };
}

type Pooled = "providers" | "providerWindows" | "coordinator";

function openProviderQueries(db: Connection): Pick<Views, Pooled> {
  const coordinator = db.prepare<[string], CoordinatorRow>(
    "SELECT * FROM coordinators WHERE id = ?",
  );
  const providers = db.prepare<[], ProviderRow>("SELECT * FROM providers ORDER BY name");
  const windows = db.prepare<[], ProviderWindowRow>(
    "SELECT * FROM provider_windows ORDER BY provider, resets_at, name",
  );
  return {
    providers: () => providers.all(),
    providerWindows: () => windows.all(),
    coordinator: () => coordinator.get(actorId.coordinator) ?? null,
  };
}

function openRowsOf(db: Connection): Views["rowsOf"] {
  const tables = Object.keys(TABLES) as TableName[];
  const queries = new Map(
    tables.map((table) => {
      const where = `SELECT * FROM ${table} WHERE ${TABLES[table].owner} = ?`;
      return [table, db.prepare<[string], object>(where)];
    }),
  );
  return (table, owner) => queries.get(table)?.all(owner) ?? [];
}
