/**
 * Tasks, milestones and epics that a file does not have yet, as mappings to be written. Where
 * they go in a text is left to others.
 */
import type { TaskSpec } from "../../machines/protocol.ts";
import { fieldsOf, tellingFields } from "./fields.ts";
import { NO_HOME } from "./outline.ts";
import type { Home } from "./outline.ts";
import type { RoadmapFormat } from "./reading.ts";
import type { StatusWord } from "./schema.ts";
import { oldNameOf } from "./spellings.ts";
import type { Item, Mapping } from "./yaml-writing.ts";

/** A task as an export is given it. */
export interface ExportTask {
  readonly id: string;
  readonly status: StatusWord;
  readonly spec: TaskSpec;
}

/** A task's place in a file; there is none for a milestone without an epic. */
export const homeOf = ({ epicId, milestoneId }: TaskSpec): Home =>
  epicId === null ? NO_HOME : { epicId, milestoneId };

/** The name of a field in a format. */
export const spelling = (field: string, format: RoadmapFormat): string =>
  format === "legacy" ? oldNameOf(field) : field;

/** A whole task; the status of a pending one goes without saying, except in the older format. */
export function taskDraft({ id, status, spec }: ExportTask, format: RoadmapFormat): Mapping {
  const fields = fieldsOf(spec);
  const entries = tellingFields(spec).map((name) => [spelling(name, format), fields[name]]);
  const isTold = format === "legacy" || status !== "pending";
  return { id, ...Object.fromEntries(entries), ...(isTold ? { status } : {}) };
}

/** A thing to be written, and where it belongs. */
export interface Placed {
  readonly home: Home;
  readonly item: Item;
}
export type Milestones = ReadonlyMap<string | null, readonly Item[]>;

/** Items by epic, then by milestone; null stands for none. */
export function byHome(placed: readonly Placed[]): ReadonlyMap<string | null, Milestones> {
  const epics = Map.groupBy(placed, ({ home }) => home.epicId);
  const milestones = (list: readonly Placed[]) =>
    [...Map.groupBy(list, ({ home }) => home.milestoneId)].map(
      ([id, each]) => [id, each.map(({ item }) => item)] as const,
    );
  return new Map([...epics].map(([id, list]) => [id, new Map(milestones(list))]));
}

/** A new epic with its milestones and tasks. */
export function epicDraft(id: string, content: Milestones): Mapping {
  const milestones = milestoneDrafts(content, new Set());
  const tasks = content.get(null) ?? [];
  return {
    id,
    ...(milestones.length > 0 ? { milestones } : {}),
    ...(tasks.length > 0 ? { tasks } : {}),
  };
}

/** New milestones: those that are not known yet. */
export function milestoneDrafts(
  content: Milestones,
  known: ReadonlySet<string>,
): readonly Mapping[] {
  return [...content].flatMap(([id, tasks]) =>
    id === null || known.has(id) ? [] : [{ id, tasks }],
  );
}
