/** Gathers what an agent must know of its task, and has planning write the brief from it. */
import { actorId } from "../../machines/protocol.ts";
import type { Assignment, TaskSpec } from "../../machines/protocol.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import type { Clock } from "../clock.ts";
import { FaultError } from "../fault.ts";
import type { SnapshotRecord } from "../host/record.ts";
import { composeBrief } from "../planning/brief.ts";
import { wordsOf } from "../planning/words.ts";
import { roadmapSources } from "./roadmap-import.ts";
import type { StoreReader } from "../store/port.ts";

/** The brief of one run, and its number among the runs of the task. */
export async function briefFor(
  work: Assignment,
  { store, clock }: { readonly store: StoreReader; readonly clock: Clock },
): Promise<{ readonly text: string; readonly attempt: number }> {
  const { spec, findings, runs } = await taskContext(store, work.taskId);
  const sources = (await roadmapSources(store)) ?? [];
  const { title, description, acceptance } = spec;
  const brief = composeBrief({
    taskId: work.taskId,
    title,
    description,
    acceptance,
    constraints: [...new Set(sources.flatMap(({ constraints }) => constraints))],
    startFrom: work.resume === null ? work.startFrom : "session",
    findings,
    ...writtenFor(spec, { store, nowMs: clock.now() }),
    nowMs: clock.now(),
    attempt: runs,
  });
  return { text: brief.text, attempt: runs };
}

/** Entries of one kind that are looked at for a brief, which has room for a few of them. */
const ENTRIES_MAX = 100;
/** Words of a task that are looked for in what was written. */
const WORDS_MAX = 100;
const LEARNING_AGE_MAX_MS = 24 * 60 * 60_000;

/** What agents and people wrote down that may concern a task; planning chooses from it. */
function writtenFor(
  { title, description, acceptance }: TaskSpec,
  { store, nowMs }: { readonly store: StoreReader; readonly nowMs: number },
) {
  const { views } = store;
  const words = wordsOf([title, description, ...acceptance].join(" ")).slice(0, WORDS_MAX);
  const settled = ["decision", "constraint"].flatMap((kind) => [
    ...views.searchEntries(words, kind, ENTRIES_MAX),
    ...views.entriesSince(kind, 0, ENTRIES_MAX),
  ]);
  const once = new Map(settled.map((row) => [row.id, row]));
  const recent = views.entriesSince("learning", nowMs - LEARNING_AGE_MAX_MS, ENTRIES_MAX);
  return {
    decisions: [...once.values()].map(({ topic, content: text, related_tasks, at: atMs }) => {
      return { topic, text, atMs, relatedTasks: JSON.parse(related_tasks) as readonly string[] };
    }),
    learnings: recent.map(({ content: text, at: atMs }) => ({ text, atMs })),
  };
}

/** The context of a task, as its last step left it. */
export async function taskContext(store: StoreReader, taskId: string): Promise<TaskContext> {
  const stored = await store.read(actorId.task(taskId));
  if (stored !== null)
    return (JSON.parse(stored.snapshot) as SnapshotRecord).context as TaskContext;
  throw new FaultError({
    code: "task.unknown",
    kind: "notFound",
    where: `task ${taskId}`,
    found: "no such task",
    expected: "a task that is in the database",
    next: "wvo task list shows the tasks that exist",
  });
}
