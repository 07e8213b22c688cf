/** Gathers what an agent must know of its task, and has planning write the brief from it. */
import { actorId } from "../../machines/protocol.ts";
import type { Assignment } from "../../machines/protocol.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import type { Clock } from "../clock.ts";
import { FaultError } from "../fault.ts";
import type { SnapshotRecord } from "../host/record.ts";
import { composeBrief } from "../planning/brief.ts";
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
    startFrom: work.startFrom,
    findings,
    // Decisions and learnings come with the context service; until then there are none to tell.
    decisions: [],
    learnings: [],
    nowMs: clock.now(),
    attempt: runs,
  });
  return { text: brief.text, attempt: runs };
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
