/**
 * Which epics, milestones and tasks the data of a roadmap hold, and where, whether or not the
 * rest of it is right. What their fields may hold is left to the schema.
 */
import type { Path } from "./yaml-places.ts";

export type Mapping = Readonly<Record<string, unknown>>;

/** What a task stands under. */
export interface Home {
  readonly epicId: string | null;
  readonly milestoneId: string | null;
}

export interface Entry {
  readonly kind: "epic" | "milestone" | "task";
  readonly path: Path;
  readonly fields: Mapping;
  /** The id, or null where it is missing or no text. */
  readonly id: string | null;
  readonly home: Home;
}

export const NO_HOME: Home = { epicId: null, milestoneId: null };

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every epic, milestone and task, in the order of the file. */
export function outlineOf(data: unknown): readonly Entry[] {
  if (!isMapping(data)) return [];
  const file = { path: [], fields: data };
  return [
    ...entriesIn(file, "epic", NO_HOME).flatMap(withContent),
    ...entriesIn(file, "task", NO_HOME),
  ];
}

function withContent(entry: Entry): readonly Entry[] {
  if (entry.kind === "task") return [entry];
  const home =
    entry.kind === "epic"
      ? { epicId: entry.id, milestoneId: null }
      : { ...entry.home, milestoneId: entry.id };
  const milestones = entry.kind === "epic" ? entriesIn(entry, "milestone", home) : [];
  return [entry, ...milestones.flatMap(withContent), ...entriesIn(entry, "task", home)];
}

function entriesIn(
  parent: Pick<Entry, "path" | "fields">,
  kind: Entry["kind"],
  home: Home,
): readonly Entry[] {
  const list = parent.fields[`${kind}s`];
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown, index) => {
    const fields = isMapping(item) ? item : {};
    const id = typeof fields["id"] === "string" ? fields["id"] : null;
    return { kind, path: [...parent.path, `${kind}s`, index], fields, id, home };
  });
}
