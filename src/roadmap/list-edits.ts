/**
 * The edits that change a list of texts item by item: what stays in it stays as it was written,
 * with its comments, wherever that can be.
 */
import { isSeq } from "yaml";
import type { Pair, YAMLSeq } from "yaml";
import { insertion, replacement } from "./field-edits.ts";
import type { Page } from "./field-edits.ts";
import { colonEnd, dashOf, endOf, indentOf, lineEnd, lineStart, startOf } from "./text-edits.ts";
import type { Edit } from "./text-edits.ts";
import { flowText, itemText } from "./yaml-writing.ts";

export interface ListChange {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Gives a field of a mapping another list; items that stay are not touched where that can be. */
export function setList(page: Page, pair: Pair, change: ListChange): readonly Edit[] {
  const list = pair.value;
  if (!isSeq(list) || list.items.length === 0) {
    return [replacement(page, pair, flowText(change.after))];
  }
  if (list.flow === true) {
    return change.after.length === 0
      ? [replacement(page, pair, "[]")]
      : [flowEdit(page, list, change)];
  }
  if (change.after.length === 0) return emptied(page.text, pair, list);
  return itemEdits(page, list, change) ?? [rewritten(page, list, change.after)];
}

/** What stays in brackets keeps its quotes. */
function flowEdit({ text }: Page, list: YAMLSeq, { before, after }: ListChange): Edit {
  const end = endOf(text, list.items.at(-1));
  const isLonger = before.every((item, index) => item === after[index]);
  if (isLonger) {
    return insertion(
      end,
      after
        .slice(before.length)
        .map((item) => `, ${flowText(item)}`)
        .join(""),
    );
  }
  const written = writtenItems(text, list, before);
  const items = after.map((item) => written.get(item) ?? flowText(item));
  return { start: startOf(list.items[0]), end, text: items.join(", ") };
}

/** The items of a list as they are written. */
function writtenItems(text: string, list: YAMLSeq, values: readonly string[]) {
  const texts = list.items.map((item) => text.slice(startOf(item), endOf(text, item)));
  return new Map(values.map((value, index) => [value, texts[index]]));
}

/** Removes and appends single lines; null where the order differs. */
function itemEdits({ text }: Page, list: YAMLSeq, { before, after }: ListChange) {
  const kept = before.filter((item) => after.includes(item));
  const added = after.filter((item) => !before.includes(item));
  if ([...kept, ...added].join("\n") !== after.join("\n")) return null;
  const removals = before.flatMap((item, index) =>
    after.includes(item) ? [] : [removalOf(text, list, index)],
  );
  const layout = { indent: indentOf(text, startOf(list)), listIndent: 0 };
  const lines = added.map((item) => `\n${itemText(item, layout)}`).join("");
  return [...removals, insertion(lineEnd(text, endOf(text, list)), lines)];
}

/** Removes the lines of an item, with the break before them. */
export function removalOf(text: string, list: YAMLSeq, index: number): Edit {
  const start = lineEnd(text, lineStart(text, dashOf(list, index)));
  return { start, end: lineEnd(text, endOf(text, list.items[index])), text: "" };
}

/** Writes a whole list anew, in lines as it was. */
function rewritten({ text }: Page, list: YAMLSeq, items: readonly string[]): Edit {
  const layout = { indent: indentOf(text, startOf(list)), listIndent: 0 };
  const lines = items.map((item) => itemText(item, layout)).join("\n");
  return { start: startOf(list), end: endOf(text, list), text: lines.trimStart() };
}

/** Takes all items out of a list in lines; comments stay, and so does the list's anchor. */
export function emptied(text: string, pair: Pair, list: YAMLSeq): readonly Edit[] {
  const colon = colonEnd(pair) ?? endOf(text, pair.key);
  const { anchor } = list;
  const start =
    anchor === undefined ? colon : text.indexOf(`&${anchor}`, colon) + 1 + anchor.length;
  return [insertion(start, " []"), ...list.items.map((_, index) => removalOf(text, list, index))];
}
