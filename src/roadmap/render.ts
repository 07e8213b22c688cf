/**
 * Tasks written back to the roadmap they came from, or to a new one. Only what differs is
 * touched; where nothing does, the text stays the same byte for byte.
 */
import { isSeq } from "yaml";
import { FaultError } from "../fault.ts";
import { additionsOf } from "./additions.ts";
import { differencesOf, homeDiffers } from "./differences.ts";
import { byHome, epicDraft, homeOf, taskDraft } from "./drafts.ts";
import type { ExportTask } from "./drafts.ts";
import { takeOut } from "./moves.ts";
import { readRoadmap } from "./reading.ts";
import type { Reading } from "./reading.ts";
import { applyEdits, indentOf, startOf } from "./text-edits.ts";
import { mappingText } from "./yaml-writing.ts";

/** What messages call the text, which is not in a file yet. */
const EXPORTED = "the exported roadmap";
const LIST_INDENT = 2;
/** The first pass does all of it, except where aliases share a value; the last finds nothing. */
const PASSES_MAX = 5;

/**
 * Writes tasks to a roadmap's text: changed fields in their places, new tasks under their epic
 * and milestone. A status is written where the file has one. `null` makes a new file. Tasks that
 * belong to another file are for the caller to leave out.
 */
export function renderRoadmap(text: string | null, tasks: readonly ExportTask[]): string {
  if (text === null) return freshText(tasks);
  let current = text;
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const next = revised(current, tasks);
    if (next === current) return current;
    current = next;
  }
  throw entangled(`values that still differ after ${PASSES_MAX} passes`);
}

const entangled = (found: string): FaultError =>
  new FaultError({
    code: "roadmap.aliases",
    kind: "invalid",
    where: EXPORTED,
    found,
    expected: "each value to be written in one place",
    next: "write out what the aliases of the file stand for, then export again",
  });

function freshText(tasks: readonly ExportTask[]): string {
  const placed = tasks.map((task) => ({
    home: homeOf(task.spec),
    item: taskDraft(task, "weathervane"),
  }));
  const homes = byHome(placed);
  const epics = [...homes].flatMap(([id, content]) =>
    id === null ? [] : [epicDraft(id, content)],
  );
  const top = homes.get(null)?.get(null) ?? [];
  const file = {
    version: 1,
    ...(epics.length > 0 ? { epics } : {}),
    ...(epics.length === 0 || top.length > 0 ? { tasks: top } : {}),
  };
  const text = `${mappingText(file, { indent: 0, listIndent: LIST_INDENT })}\n`;
  // What could not be read again must not be written.
  readRoadmap(text, EXPORTED);
  return text;
}

function revised(text: string, tasks: readonly ExportTask[]): string {
  const given = new Map(tasks.map((task) => [task.id, task]));
  const before = readRoadmap(text, EXPORTED);
  if (before.source.root.items.length === 0) return tasks.length === 0 ? text : freshText(tasks);
  const moved = before.tasks.filter((task) => homeDiffers(task, given.get(task.id)));
  if (moved.length > 0 && before.source.targets.size > 0) {
    throw entangled("aliases in a file from whose lists a task has to move");
  }
  const removal = takeOut(before, moved);
  const reading = moved.length > 0 ? readRoadmap(removal.text, EXPORTED) : before;
  const page = { text: removal.text, listIndent: listIndentOf(reading) };
  const present = new Set(reading.tasks.map(({ id }) => id));
  const placed = tasks.flatMap((task) => {
    if (present.has(task.id)) return [];
    const draft = taskDraft(task, reading.format);
    const source = removal.sources.get(task.id);
    return [{ home: homeOf(task.spec), item: source === undefined ? draft : { source, draft } }];
  });
  const edits = [...differencesOf(reading, page, given), ...additionsOf(reading, page, placed)];
  return applyEdits(page.text, edits);
}

/** How much deeper than their fields the lists of a file stand: some files do not indent them. */
function listIndentOf({ source: { text, root } }: Reading): number {
  const lists = root.items.map(({ value }) => value).filter((value) => isSeq(value));
  const list = lists.find(({ flow, items }) => flow !== true && items.length > 0);
  return list === undefined
    ? LIST_INDENT
    : indentOf(text, startOf(list)) - indentOf(text, startOf(root));
}
