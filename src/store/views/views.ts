/** The questions that people and the planner ask of the tables. All of them are indexed. */
import type { BudgetRow, ReservationRow } from "./money-tables.ts";
import type {
  AgentRow,
  CoordinatorRow,
  DependencyRow,
  GateRow,
  MergeRequestRow,
} from "./tables.ts";
import type { ProviderRow, ProviderWindowRow, QualityRow, TableName } from "./tables.ts";
import type { TaskRow, TaskStatus } from "./tables.ts";
import type { EntryRow, MessageRow, VisitorRow } from "./visit-tables.ts";

/** What the cost of runs is told by. */
export type CostGroup = "task_id" | "provider" | "tier" | "day";

/** The sum of some receipts. Actual figures are the sums of what programs told. */
export interface CostRow {
  /** The task, provider, tier or day. */
  readonly name: string;
  readonly runs: number;
  readonly estimated_tokens: number;
  readonly estimated_micro_usd: number;
  readonly actual_tokens: number;
  readonly actual_micro_usd: number;
  readonly counted_tokens: number;
  readonly counted_micro_usd: number;
  /** Runs of which the expected cost, the tokens, or the money are not known. */
  readonly runs_without_estimate: number;
  readonly runs_without_tokens: number;
  readonly runs_without_cost: number;
}

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
  /** What is said about dispatching; null before anything was. */
  coordinator(): CoordinatorRow | null;
  providers(): readonly ProviderRow[];
  providerWindows(): readonly ProviderWindowRow[];
  mergeRequests(): readonly MergeRequestRow[];
  mergeRequestsOf(taskId: string): readonly MergeRequestRow[];
  gatesOf(taskId: string): readonly GateRow[];
  qualityOf(taskId: string): readonly QualityRow[];
  visitors(): readonly VisitorRow[];
  message(id: string): MessageRow | null;
  /** Messages that wait for an agent, or for anybody, the oldest first. */
  messagesFor(recipient: string, limit: number): readonly MessageRow[];
  countMessages(): Readonly<Record<MessageRow["status"], number>>;
  entry(id: string): EntryRow | null;
  /** Entries in force of one kind, not older than a moment, the newest first. */
  entriesSince(kind: string, sinceMs: number, limit: number): readonly EntryRow[];
  /** Entries in force that share words with a text, the best match first. */
  searchEntries(words: readonly string[], kind: string | null, limit: number): readonly EntryRow[];
  /** What the budget has counted; null before there was one. */
  budget(): BudgetRow | null;
  /** Runs that money is held back for, by run id. */
  reservations(): readonly ReservationRow[];
  /** What runs that have ended came to, by one of their words. */
  costs(by: CostGroup): readonly CostRow[];
  /** All rows of one table that belong to one actor. */
  rowsOf(table: TableName, owner: string): readonly object[];
}
