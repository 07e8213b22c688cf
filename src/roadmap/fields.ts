/**
 * The fields of a task in a roadmap and the spec that charts know, each made from the other, and
 * when two specs say the same.
 */
import type { TaskSpec } from "../../machines/protocol.ts";
import type { Home } from "./outline.ts";
import { BARE_TASK } from "./schema.ts";
import type { FileTask } from "./schema.ts";

/** The fields that hold a spec, in the order in which a new task is written. */
export type SpecFields = Omit<FileTask, "id" | "status" | "value"> & { readonly value: number };
export type FieldName = keyof SpecFields;

const VALUE_BY_PRIORITY = { high: 10, medium: 5, low: 1 } as const;
/** Lists of task ids: their order says nothing. */
const ID_LISTS: ReadonlySet<FieldName> = new Set(["depends_on", "related", "suggested"]);

export const isIdList = (field: FieldName): boolean => ID_LISTS.has(field);

/** What the fields of a task say; its place in the file says what it belongs to. */
export function specOf(task: FileTask, { epicId, milestoneId }: Home): TaskSpec {
  const dependsOn = without(task.depends_on, []);
  const related = without(task.related, dependsOn);
  return {
    title: task.title,
    description: task.description,
    type: task.type,
    priority: task.priority,
    value: task.value ?? VALUE_BY_PRIORITY[task.priority],
    timeCriticality: task.time_criticality,
    complexity: task.complexity,
    epicId,
    milestoneId,
    acceptance: task.acceptance,
    dependsOn,
    related,
    suggested: without(task.suggested, [...dependsOn, ...related]),
  };
}

/** An id counts once, in the list that binds most: the database keeps one row for each pair. */
export function without(ids: readonly string[], taken: readonly string[]): readonly string[] {
  const left = new Set(ids);
  for (const id of taken) left.delete(id);
  return [...left];
}

/** A spec as the fields of a file. */
export function fieldsOf(spec: TaskSpec): SpecFields {
  return {
    title: spec.title,
    description: spec.description,
    type: spec.type,
    priority: spec.priority,
    value: spec.value,
    time_criticality: spec.timeCriticality,
    complexity: spec.complexity,
    depends_on: [...spec.dependsOn],
    related: [...spec.related],
    suggested: [...spec.suggested],
    acceptance: [...spec.acceptance],
  };
}

/** The fields in which the second says something else than the first. */
export function changedFields(from: SpecFields, to: SpecFields): readonly FieldName[] {
  return (Object.keys(to) as FieldName[]).filter((name) => !isSameField(name, from, to));
}

function isSameField(name: FieldName, from: SpecFields, to: SpecFields): boolean {
  const [before, after] = [from[name], to[name]];
  if (!Array.isArray(before) || !Array.isArray(after)) return before === after;
  if (before.length !== after.length) return false;
  return isIdList(name)
    ? after.every((id) => before.includes(id))
    : after.every((text, index) => text === before[index]);
}

/** Do both say the same of a task? */
export function isSameSpec(a: TaskSpec, b: TaskSpec): boolean {
  const isSameHome = a.epicId === b.epicId && a.milestoneId === b.milestoneId;
  return isSameHome && changedFields(fieldsOf(a), fieldsOf(b)).length === 0;
}

/** The fields that a new task must name, in order: its title, and what is not the default. */
export function tellingFields(spec: TaskSpec): readonly FieldName[] {
  const bare = fieldsOf(specOf({ ...BARE_TASK, priority: spec.priority }, spec));
  const fields = fieldsOf(spec);
  const telling = new Set<FieldName>(["title", ...changedFields(bare, fields)]);
  if (spec.priority !== BARE_TASK.priority) telling.add("priority");
  return (Object.keys(fields) as FieldName[]).filter((name) => telling.has(name));
}
