/**
 * Each task of a roadmap beside what the database has of it, and the spec that it has after an
 * import. What is created, revised and reported is left to the import.
 */
import type { TaskSpec } from "../../machines/protocol.ts";
import { without } from "./fields.ts";
import type { ParsedTask } from "./parse.ts";
import type { StatusWord } from "./schema.ts";

/** A task that the database has already. */
export interface ExistingTask {
  readonly id: string;
  readonly status: StatusWord;
  readonly spec: TaskSpec;
}
export type ExistingTasks = ReadonlyMap<string, ExistingTask>;

export interface Pairing {
  readonly task: ParsedTask;
  readonly existing: ExistingTask | null;
  /** Its dependencies that neither file nor database know. */
  readonly missing: readonly string[];
  /** The spec that it has after the import. */
  readonly spec: TaskSpec;
}

export const isSettled = (status: StatusWord): boolean =>
  status === "done" || status === "cancelled";

/** Once work has begun, the chart takes no new dependencies. */
export const isBegun = (status: StatusWord): boolean =>
  status !== "pending" && status !== "blocked" && !isSettled(status);

export function pairWith(all: ExistingTasks, task: ParsedTask): Pairing {
  const existing = all.get(task.id) ?? null;
  const missing = task.missing.filter((id) => !all.has(id));
  return { task, existing, missing, spec: specAfter(task, existing, missing) };
}

function specAfter(task: ParsedTask, existing: ExistingTask | null, missing: readonly string[]) {
  if (existing !== null && isSettled(existing.status)) return existing.spec;
  if (existing === null || !isBegun(existing.status)) {
    return { ...task.spec, dependsOn: without(task.spec.dependsOn, missing) };
  }
  const { dependsOn } = existing.spec;
  const related = without(task.spec.related, dependsOn);
  const suggested = without(task.spec.suggested, dependsOn);
  return { ...task.spec, dependsOn, related, suggested };
}
