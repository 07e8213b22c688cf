/**
 * Takes tasks out of a roadmap's text that belong elsewhere by now, with all that is written in
 * them, so that they can be put where they belong.
 */
import { isMap, isSeq } from "yaml";
import { emptied, removalOf } from "./list-edits.ts";
import type { Reading, ReadTask } from "./reading.ts";
import { applyEdits, endOf, indentOf, lineEnd, startOf } from "./text-edits.ts";
import type { Edit } from "./text-edits.ts";
import { nodeAt, pairOf } from "./yaml-places.ts";

export interface Removal {
  /** The text without these tasks. */
  readonly text: string;
  /** Each task as it was written, its lines beginning in column 0. */
  readonly sources: ReadonlyMap<string, string>;
}

export function takeOut(reading: Reading, moved: readonly ReadTask[]): Removal {
  const { text } = reading.source;
  const sources = new Map(moved.map((task) => [task.id, sourceOf(reading, task)]));
  const lists = Map.groupBy(moved, ({ path }) => path.slice(0, -1).join("\n"));
  const edits = [...lists.values()].flatMap((tasks) => removalsFrom(reading, tasks));
  return { text: applyEdits(text, edits), sources };
}

function sourceOf({ source }: Reading, { path }: ReadTask): string {
  const { text } = source;
  const node = nodeAt(source, path);
  const end = endOf(text, node);
  if (isMap(node) && node.flow === true) return text.slice(startOf(node), end);
  const indent = " ".repeat(indentOf(text, startOf(node)));
  return text.slice(startOf(node), lineEnd(text, end)).replaceAll(`\n${indent}`, "\n");
}

/** Removes tasks from the one list that they are in. */
function removalsFrom({ source }: Reading, tasks: readonly ReadTask[]): readonly Edit[] {
  const { text } = source;
  const listPath = tasks[0]?.path.slice(0, -1) ?? [];
  const parent = nodeAt(source, listPath.slice(0, -1));
  const pair = isMap(parent) ? pairOf(parent, "tasks") : null;
  const list = nodeAt(source, listPath);
  if (pair === null || !isSeq(list)) return [];
  const gone = new Set(tasks.map(({ path }) => Number(path.at(-1))));
  const kept = list.items.filter((_, index) => !gone.has(index));
  if (list.flow !== true) {
    return kept.length === 0
      ? emptied(text, pair, list)
      : [...gone].map((index) => removalOf(text, list, index));
  }
  const items = kept.map((item) => text.slice(startOf(item), endOf(text, item)));
  const [start, end] = [startOf(list.items[0]), endOf(text, list.items.at(-1))];
  return [{ start, end, text: items.join(", ") }];
}
