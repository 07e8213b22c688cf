/**
 * Where the tasks of a roadmap's text differ from what they have become, as edits. A field that
 * says the same is not touched, however it is written.
 */
import { isMap } from "yaml";
import type { YAMLMap } from "yaml";
import { homeOf, spelling } from "./drafts.ts";
import type { ExportTask } from "./drafts.ts";
import { addField, setText } from "./field-edits.ts";
import type { Page } from "./field-edits.ts";
import { changedFields, fieldsOf, isIdList, specOf } from "./fields.ts";
import type { FieldName, SpecFields } from "./fields.ts";
import { setList } from "./list-edits.ts";
import { statusFor } from "./parse.ts";
import type { Reading, ReadTask } from "./reading.ts";
import type { StatusWord } from "./schema.ts";
import type { Edit } from "./text-edits.ts";
import { nodeAt, pairOf } from "./yaml-places.ts";

type Given = ReadonlyMap<string, ExportTask>;

/** A task of the text beside what it has become. */
interface Change {
  readonly task: ReadTask;
  readonly given: ExportTask;
  readonly map: YAMLMap;
  readonly isKnown: (id: string) => boolean;
}

/** Does a task belong elsewhere by now? */
export function homeDiffers({ home }: ReadTask, given: ExportTask | undefined): boolean {
  if (given === undefined) return false;
  const { epicId, milestoneId } = homeOf(given.spec);
  return epicId !== home.epicId || milestoneId !== home.milestoneId;
}

/** The edits of all tasks that the text and the export share. */
export function differencesOf(reading: Reading, page: Page, given: Given): readonly Edit[] {
  const inText = new Set(reading.tasks.map(({ id }) => id));
  const isKnown = (id: string) => inText.has(id) || given.has(id);
  return reading.tasks.flatMap((task) => {
    const map = nodeAt(reading.source, task.path);
    const become = given.get(task.id);
    if (!isMap(map) || become === undefined) return [];
    return editsOf(reading, page, { task, given: become, map, isKnown });
  });
}

function editsOf({ format }: Reading, page: Page, change: Change): readonly Edit[] {
  const { task, given, map, isKnown } = change;
  const after = fieldsOf(given.spec);
  const names = changedFields(comparable(task, after.priority, isKnown), after);
  const isThere = (name: FieldName) => pairOf(map, name) !== null;
  // A new field goes behind the last one, so whatever changes that one must come before.
  return [
    ...names.filter(isThere).flatMap((name) => setField(page, change, name)),
    ...statusEdit(page, change),
    ...names
      .filter((name) => !isThere(name))
      .map((name) => addField(page, map, [spelling(name, format), after[name]])),
  ];
}

/**
 * What the text says of a task, in the terms of an export. A value that is not written follows
 * the priority; dependencies that nobody knows are no part of any spec.
 */
function comparable(
  { fields, home }: ReadTask,
  priority: SpecFields["priority"],
  isKnown: (id: string) => boolean,
): SpecFields {
  const said = fieldsOf(specOf({ ...fields, priority }, home));
  return { ...said, priority: fields.priority, depends_on: said.depends_on.filter(isKnown) };
}

function setField(page: Page, change: Change, name: FieldName): readonly Edit[] {
  const { task, given, map } = change;
  const pair = pairOf(map, name);
  const value = fieldsOf(given.spec)[name];
  if (pair === null) return [];
  if (!Array.isArray(value)) return [setText(page, { map, pair }, value)];
  const before = task.fields[name] as readonly string[];
  const after = isIdList(name) ? keepingOrder(change, name, value) : value;
  return setList(page, pair, { before, after });
}

/** Ids that stay keep their order; what is new follows. Unknown dependencies stay written. */
function keepingOrder({ task, isKnown }: Change, name: FieldName, ids: readonly string[]) {
  const written = [...new Set(task.fields[name] as readonly string[])];
  const stays = (id: string) => ids.includes(id) || (name === "depends_on" && !isKnown(id));
  return [...written.filter(stays), ...ids.filter((id) => !written.includes(id))];
}

/** A file that calls a pending task held is not corrected: reading it gives pending. */
function statusEdit(page: Page, { task, given, map }: Change): readonly Edit[] {
  const word = task.fields.status;
  const pair = pairOf(map, "status");
  if (word === undefined || pair === null || saysSame(word, given.status)) return [];
  return [setText(page, { map, pair }, given.status)];
}

const saysSame = (word: StatusWord, status: StatusWord): boolean =>
  word === status || (status === "pending" && statusFor(word) === "pending");
