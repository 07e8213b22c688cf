/** The questions that people and the planner ask of the tables. All of them are indexed. */
import type { AgentRow, DependencyRow, GateRow, MergeRequestRow } from "./tables.ts";
import type { ProviderRow, ProviderWindowRow, QualityRow, TableName } from "./tables.ts";
import type { TaskRow, TaskStatus } from "./tables.ts";

export interface Views {
  task(id: string): TaskRow | null;
  /** In the order of their ids, after the given one. */
  tasks(after: string, limit: number): readonly TaskRow[];
  tasksIn(status: TaskStatus, limit: number): readonly TaskRow[];
  countByStatus(): Readonly<Record<TaskStatus, number>>;
  /** What may be dispatched, best first: lane, WSJF, age, id. */
  ready(limit: number): readonly TaskRow[];
  /** Tasks that a run holds now. */
  countRunning(): number;
  dependenciesOf(taskId: string): readonly DependencyRow[];
  dependentsOf(taskId: string): readonly DependencyRow[];
  agents(): readonly AgentRow[];
  providers(): readonly ProviderRow[];
  providerWindows(): readonly ProviderWindowRow[];
  mergeRequests(): readonly MergeRequestRow[];
  mergeRequestsOf(taskId: string): readonly MergeRequestRow[];
  gatesOf(taskId: string): readonly GateRow[];
  qualityOf(taskId: string): readonly QualityRow[];
  /** All rows of one table that belong to one actor. */
  rowsOf(table: TableName, owner: string): readonly object[];
}
