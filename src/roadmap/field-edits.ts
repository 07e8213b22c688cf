/**
 * The edits that add a field to a mapping or give one another text, and nothing beside it: quotes
 * and comments stay. Lists have a file of their own; which fields differ is left to the rendering.
 */
import { isNode, isScalar } from "yaml";
import type { Pair, YAMLMap } from "yaml";
import { colonEnd, endOf, indentOf, lineEnd, startOf } from "./text-edits.ts";
import type { Edit } from "./text-edits.ts";
import { blockText, fieldText, flowText, isPrintable, lineText } from "./yaml-writing.ts";
import type { Value } from "./yaml-writing.ts";

/** The text that is edited, and how much deeper than their fields its lists stand. */
export interface Page {
  readonly text: string;
  readonly listIndent: number;
}

/** A field of a mapping. */
export interface Spot {
  readonly map: YAMLMap;
  readonly pair: Pair;
}

export const insertion = (position: number, text: string): Edit => ({
  start: position,
  end: position,
  text,
});

/** Adds a field behind the last one of a mapping. */
export function addField({ text, listIndent }: Page, map: YAMLMap, field: [string, Value]): Edit {
  const [name, value] = field;
  const end = endOf(text, map.items.at(-1));
  if (map.flow === true) return insertion(end, `, ${name}: ${flowText(value)}`);
  const indent = indentOf(text, startOf(map));
  const line = fieldText(name, value, { indent, listIndent });
  return insertion(lineEnd(text, end), `\n${" ".repeat(indent)}${line}`);
}

/** Gives a field of a mapping another text or number. */
export function setText(page: Page, { map, pair }: Spot, value: string | number): Edit {
  const { end } = extentOf(page, pair);
  const isLast = page.text.slice(end, lineEnd(page.text, end)).trim() === "";
  const isBlock = map.flow !== true && isLast;
  const block = isBlock ? blockText(String(value), indentOf(page.text, startOf(map)) + 2) : null;
  return replacement(page, pair, block ?? inlineText(pair.value, value, map.flow === true));
}

/** Where a field's value stands; an empty one stands behind the colon. */
function extentOf({ text }: Page, pair: Pair): { readonly start: number; readonly end: number } {
  const { value } = pair;
  if (isEmpty(value)) {
    const position = colonEnd(pair) ?? endOf(text, pair.key);
    return { start: position, end: position };
  }
  const end = endOf(text, value);
  const isBlock = isScalar(value) && value.type?.startsWith("BLOCK_");
  return { start: startOf(value), end: isBlock === true ? lineEnd(text, end) : end };
}

const isEmpty = (value: unknown): boolean =>
  !isNode(value) || (isScalar(value) && value.source === "" && value.type === "PLAIN");

/** Puts a text in the place of a field's value. */
export function replacement(page: Page, pair: Pair, text: string): Edit {
  const extent = extentOf(page, pair);
  if (!isEmpty(pair.value)) return { ...extent, text };
  return { ...extent, text: colonEnd(pair) === null ? `: ${text}` : ` ${text}` };
}

/** The new text in the quotes of the old one. */
function inlineText(old: unknown, value: string | number, isFlow: boolean): string {
  if (typeof value === "number") return String(value);
  const type = isScalar(old) ? old.type : undefined;
  if (type === "QUOTE_DOUBLE") return JSON.stringify(value);
  if (type === "QUOTE_SINGLE" && isPrintable(value)) return `'${value.replaceAll("'", "''")}'`;
  return lineText(value, isFlow);
}
