/** Steps, events and rows for tests of the store, with only what a test says about them. */
import type { EntryRow, MessageRow } from "../../src/store/views/visit-tables.ts";
import type { DeadLetter, Envelope, Group, NewEffect, Step } from "../../src/store/port.ts";
import type {
  AgentRow,
  MergeRequestRow,
  TaskRow,
  ViewSlice,
} from "../../src/store/views/tables.ts";

export const AT_MS = 1_700_000_000_000;

/** A step of an actor that stands at version `expect`. */
export function step(actor: string, expect: number, more: Partial<Step> = {}): Step {
  const version = expect + 1;
  return {
    actor,
    expect,
    key: null,
    cause: null,
    atMs: AT_MS + version,
    chart: "sample",
    chartVersion: 1,
    snapshot: `{"version":${version}}`,
    happening: `{"n":${version}}`,
    fromState: `s${expect}`,
    toState: `s${version}`,
    fromInbox: false,
    effects: [],
    cancelledEffects: [],
    timers: [],
    cancelledTimers: [],
    sends: [],
    views: [],
    ...more,
  };
}

export const group = (steps: readonly Step[], more: Partial<Group> = {}): Group => ({
  steps,
  dead: [],
  spentInbox: [],
  spentTimers: [],
  ...more,
});

export const event = (id: string, more: Partial<Envelope> = {}): Envelope => ({
  id,
  actor: "a:1",
  body: `{"id":"${id}"}`,
  cause: null,
  ...more,
});

/** A step that takes this event out of the inbox. */
export const taking = ({ id, actor, cause }: Envelope, expect: number, more: Partial<Step> = {}) =>
  step(actor, expect, { key: id, cause, fromInbox: true, ...more });

export const effect = (id: string, more: Partial<NewEffect> = {}): NewEffect => ({
  id,
  kind: "work",
  body: `{"effect":"${id}"}`,
  claimFor: null,
  ...more,
});

export const deadLetter = (id: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  envelope: event(id),
  why: "refused",
  detail: "not in this state",
  atMs: AT_MS,
  ...more,
});

/** Everything a step can bring along, so that a test can see that none of it came. */
export const laden = (actor: string, expect: number, more: Partial<Step> = {}): Step =>
  step(actor, expect, {
    key: `key of ${actor}`,
    effects: [effect(`effect of ${actor}`)],
    timers: [{ name: "alarm", dueMs: AT_MS }],
    sends: [event(`send of ${actor}`)],
    views: [tasks(actor, taskRow(actor))],
    ...more,
  });

export const taskRow = (id: string, more: Partial<TaskRow> = {}): TaskRow => ({
  id,
  title: `Task ${id}`,
  type: "feature",
  status: "pending",
  substate: "backlog.ready",
  priority: "medium",
  value: 5,
  time_criticality: 1,
  complexity: 3,
  epic_id: null,
  milestone_id: null,
  lane: 2,
  wsjf: 2,
  attempts: 0,
  conflicts: 0,
  runs: 0,
  spent_tokens: 0,
  spent_micro_usd: 0,
  assigned_to: null,
  run_id: null,
  provider: null,
  tier: null,
  rationale: null,
  last_agent: null,
  has_deep_findings: 0,
  description: "",
  reason: null,
  handed_in: null,
  merged_commit: null,
  created_at: AT_MS,
  updated_at: AT_MS,
  ...more,
});

export const tasks = (owner: string, ...rows: readonly TaskRow[]): ViewSlice => ({
  table: "tasks",
  owner,
  rows,
});

export function agent(id: string, current_task_id: string | null): ViewSlice {
  const row: AgentRow = {
    agent_id: id,
    status: current_task_id === null ? "idle" : "busy",
    substate: "free.idle",
    provider: null,
    current_task_id,
    run_id: null,
    lease_until: null,
    free_since: AT_MS,
    reason: null,
  };
  return { table: "agent_pool", owner: id, rows: [row] };
}

export function mergeRequest(id: string, in_slot: 0 | 1): ViewSlice {
  const row: MergeRequestRow = {
    id,
    task_id: id,
    status: in_slot === 1 ? "checking" : "queued",
    in_slot,
    commit_id: "c0ffee",
    rebased: null,
    rounds: 0,
    reason: null,
  };
  return { table: "merge_requests", owner: id, rows: [row] };
}

export const visitor = (name: string, task_id: string | null): ViewSlice => {
  const row = { name, status: "free", task_id, run_id: null, lease_until: null };
  return { table: "visitors", owner: name, rows: [{ ...row, note: null, reason: null }] };
};

export const sentMessage = (id: string, more: Partial<MessageRow> = {}): ViewSlice => {
  const row: MessageRow = {
    id,
    status: "waiting",
    recipient: "a",
    topic: "t",
    payload: "{}",
    sender: "b",
    sent_at: AT_MS,
    claims: 0,
    holder: null,
    lease_until: null,
    error: null,
    ...more,
  };
  return { table: "messages", owner: id, rows: [row] };
};

export const entryRow = (number: number, more: Partial<EntryRow> = {}): EntryRow => ({
  number,
  id: `c${number}`,
  kind: "decision",
  topic: "storage",
  content: "one file",
  related_tasks: "[]",
  confidence: null,
  author: "a",
  superseded_by: null,
  at: AT_MS,
  ...more,
});

export const entry = (row: EntryRow): ViewSlice => ({
  table: "context_entries",
  owner: row.id,
  rows: [row],
});
