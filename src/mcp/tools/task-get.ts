/** `task_get`: all that is to be known of one task. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import type { TaskContext } from "../../../machines/task-setup.ts";
import { artifactsOf } from "../../app/artifacts.ts";
import { isoTime } from "../../clock.ts";
import { eventName } from "../../host/record.ts";
import type { SnapshotRecord } from "../../host/record.ts";
import type { JournalRow } from "../../store/port.ts";
import { unknownTask } from "../refusals.ts";
import { defineTool, READS } from "../tool.ts";
import type { McpHost } from "../tool.ts";
import { id, taskLine, taskLineOf } from "../words.ts";

const PARTS = ["history", "gates"] as const;
/** The newest steps of a task's life. */
const HISTORY_MAX = 50;
const JOURNAL_MAX = 10_000;

const step = z.object({ at: z.string(), event: z.string(), state: z.string() });
const gate = z.object({
  id: z.string(),
  commit: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
});

const artifact = z.object({
  name: z.string(),
  uri: z.string(),
  bytes: z.number(),
  media_type: z.string(),
  run_id: z.string(),
  at: z.string(),
});

const wholeTask = taskLine.extend({
  rev: z.number(),
  next_events: z.array(z.string()),
  description: z.string(),
  acceptance: z.array(z.string()).readonly(),
  waits_for: z.array(z.string()),
  needed_by: z.array(z.string()),
  found_wrong: z.array(z.object({ source: z.string(), text: z.string() })),
  attempts: z.number(),
  run_id: z.string().nullable(),
  reason: z.string().nullable(),
  handed_in: z.string().nullable(),
  merged_commit: z.string().nullable(),
  artifacts: z.array(artifact),
  uri: z.string(),
  history: z.array(step).optional(),
  gates: z.array(gate).optional(),
});

export const taskGet = defineTool({
  name: "task_get",
  toolset: "work",
  title: "Read a task",
  description: "One task whole: text, acceptance, what was found wrong, accepted events.",
  input: z.strictObject({ task_id: id, include: z.array(z.enum(PARTS)).optional() }),
  output: z.object({ task: wholeTask }),
  annotations: READS,
  run: async ({ task_id, include = [] }, { app }) => ({
    task: {
      ...(await describeTask(app, task_id)),
      ...(include.includes("history") ? { history: await historyOf(app, task_id) } : {}),
      ...(include.includes("gates") ? { gates: gatesOf(app, task_id) } : {}),
    },
  }),
});

/** A task as every tool and resource tells it. */
export async function describeTask({ store, host }: McpHost, taskId: string) {
  const actor = actorId.task(taskId);
  const row = store.views.task(taskId);
  const stored = await store.read(actor);
  if (row === null || stored === null) throw unknownTask(taskId);
  const { spec, findings } = (JSON.parse(stored.snapshot) as SnapshotRecord).context as TaskContext;
  return {
    ...taskLineOf(row),
    rev: stored.version,
    next_events: [...(await host.accepts(actor))],
    description: spec.description,
    acceptance: spec.acceptance,
    waits_for: store.views.dependenciesOf(taskId).flatMap(openOnly),
    needed_by: store.views.dependentsOf(taskId).map((each) => each.task_id),
    found_wrong: findings.map(({ source, text }) => ({ source, text })),
    attempts: row.attempts,
    run_id: row.run_id,
    reason: row.reason,
    handed_in: row.handed_in,
    merged_commit: row.merged_commit,
    artifacts: await artifactsOf(store, taskId),
    uri: `wvo://tasks/${encodeURIComponent(taskId)}`,
  };
}

const openOnly = (row: { readonly depends_on: string; readonly is_open: 0 | 1 }) =>
  row.is_open === 1 ? [row.depends_on] : [];

async function historyOf({ store }: McpHost, taskId: string) {
  const rows = await store.journal({ actor: actorId.task(taskId), limit: JOURNAL_MAX });
  return rows.slice(-HISTORY_MAX).map(stepOf);
}

const stepOf = ({ atMs, happening, toState }: JournalRow) => ({
  at: isoTime(atMs),
  event: eventName(happening),
  state: toState,
});

const gatesOf = ({ store }: McpHost, taskId: string) =>
  store.views.gatesOf(taskId).map((row) => {
    const { id: gateId, commit_id: commit, status: state, reason } = row;
    return { id: gateId, commit, state, reason };
  });
