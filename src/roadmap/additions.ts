/**
 * The edits that add tasks to a roadmap's text, each under its milestone, its epic or at the top,
 * and that make the epics, milestones and lists which are missing for that.
 */
import { isMap, isSeq } from "yaml";
import type { Node, YAMLMap } from "yaml";
import { byHome, epicDraft, milestoneDrafts } from "./drafts.ts";
import type { Milestones, Placed } from "./drafts.ts";
import { addField, insertion, replacement } from "./field-edits.ts";
import type { Page } from "./field-edits.ts";
import type { Reading } from "./reading.ts";
import { colonEnd, endOf, indentOf, lineEnd, startOf } from "./text-edits.ts";
import type { Edit } from "./text-edits.ts";
import { nodeAt, pairOf } from "./yaml-places.ts";
import type { Path } from "./yaml-places.ts";
import { flowText, itemText } from "./yaml-writing.ts";
import type { Item } from "./yaml-writing.ts";

type Lists = Readonly<Record<string, readonly Item[]>>;

/** Adds tasks where they belong; those of one list keep their order. */
export function additionsOf(
  reading: Reading,
  page: Page,
  placed: readonly Placed[],
): readonly Edit[] {
  const { epics } = reading.file;
  const homes = [...byHome(placed)];
  const known = homes.flatMap(([id, content]) => {
    const index = epics.findIndex((epic) => epic.id === id);
    return index === -1 ? [] : epicAdditions(reading, page, { index, content });
  });
  const isNew = (id: string | null): id is string =>
    id !== null && !epics.some((epic) => epic.id === id);
  return [
    ...known,
    ...append(reading, page, {
      path: [],
      lists: {
        epics: homes.flatMap(([id, content]) => (isNew(id) ? [epicDraft(id, content)] : [])),
        tasks: homes.flatMap(([id, content]) => (id === null ? (content.get(null) ?? []) : [])),
      },
    }),
  ];
}

interface EpicContent {
  readonly index: number;
  readonly content: Milestones;
}

function epicAdditions(reading: Reading, page: Page, { index, content }: EpicContent) {
  const path = ["epics", index];
  const milestones = (reading.file.epics[index]?.milestones ?? []).map(({ id }) => id);
  return [
    ...milestones.flatMap((id, each) =>
      append(reading, page, {
        path: [...path, "milestones", each],
        lists: { tasks: content.get(id) ?? [] },
      }),
    ),
    ...append(reading, page, {
      path,
      lists: {
        milestones: milestoneDrafts(content, new Set(milestones)),
        tasks: content.get(null) ?? [],
      },
    }),
  ];
}

/**
 * Appends to lists of one mapping. What exists comes first: a new field goes behind the last one,
 * which may be a list that grows at the very same place.
 */
function append(
  { source }: Reading,
  page: Page,
  { path, lists }: { readonly path: Path; readonly lists: Lists },
): readonly Edit[] {
  const map = nodeAt(source, path);
  if (!isMap(map)) return [];
  const grown = Object.entries(lists).filter(([, items]) => items.length > 0);
  const isThere = ([name]: [string, unknown]) => pairOf(map, name) !== null;
  return [
    ...grown
      .filter(isThere)
      .flatMap(([name, items]) =>
        extend(page, map, { name, list: nodeAt(source, [...path, name]), items }),
      ),
    ...grown.filter((each) => !isThere(each)).map((field) => addField(page, map, field)),
  ];
}

interface Growth {
  readonly name: string;
  readonly list: Node | null;
  readonly items: readonly Item[];
}

function extend(page: Page, map: YAMLMap, { name, list, items }: Growth): readonly Edit[] {
  const { text } = page;
  const pair = pairOf(map, name);
  if (pair === null) return [];
  if (isSeq(list) && list.items.length > 0) {
    const end = endOf(text, list);
    const indent = indentOf(text, startOf(list));
    if (list.flow !== true) return [insertion(lineEnd(text, end), linesOf(page, indent, items))];
    const last = endOf(text, list.items.at(-1));
    return [insertion(last, items.map((item) => `, ${flowText(item)}`).join(""))];
  }
  if (map.flow === true) return [replacement(page, pair, flowText(items))];
  const start = colonEnd(pair) ?? endOf(text, pair.key);
  const end = Math.max(start, endOf(text, pair.value));
  const indent = indentOf(text, startOf(map)) + page.listIndent;
  return [{ start, end, text: "" }, insertion(lineEnd(text, end), linesOf(page, indent, items))];
}

function linesOf({ listIndent }: Page, indent: number, items: readonly Item[]): string {
  return items.map((item) => `\n${itemText(item, { indent, listIndent })}`).join("");
}
