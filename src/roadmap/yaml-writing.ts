/**
 * Values as YAML text: fields, lists and mappings, in lines where they may be and in brackets
 * where they must. Where that text goes is left to others.
 */
import { stringify } from "yaml";

/** A task that moves with its own text, which begins in column 0. */
interface Carried {
  readonly source: string;
  /** What to write where that text cannot stand. */
  readonly draft: Mapping;
}
export type Mapping = { readonly [field: string]: Value };
export type Item = Mapping | Carried;
export type Value = string | number | readonly string[] | readonly Item[];

/** Where something is written: how deep, and how much deeper a list in it stands. */
export interface Layout {
  readonly indent: number;
  readonly listIndent: number;
}

/** What may stand without quotes and escapes, as far as single characters go. */
const PRINTABLE = /^[\x20-\x7E\xA0-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
/** Fields whose lists are short words, which read best on one line. */
const FLOW_FIELDS = new Set(["depends_on", "dependencies", "related", "suggested"]);

/** Can a text stand on one line without escapes? */
export const isPrintable = (text: string): boolean => PRINTABLE.test(text);

const isCarried = (item: Item): item is Carried => "source" in item;
const spaces = (count: number): string => " ".repeat(count);

/** A text on one line; `isFlow` where it stands in brackets. */
export function lineText(text: string, isFlow: boolean): string {
  const options = { lineWidth: 0, flowCollectionPadding: false } as const;
  const written = isFlow
    ? stringify([text], { ...options, collectionStyle: "flow" }).slice(1, -2)
    : stringify(text, options).slice(0, -1);
  // The library puts even a short text on several lines if it looks like a document's end.
  return isPrintable(text) && isPrintable(written) ? written : JSON.stringify(text);
}

/** A text of several lines as a block whose lines are indented, or null where it cannot be one. */
export function blockText(text: string, indent: number): string | null {
  const lines = text.split("\n");
  const isClosed = lines.length > 1 && lines.at(-1) === "";
  const content = isClosed ? lines.slice(0, -1) : lines;
  if (lines.length === 1 || !content.every(isTidy) || /^ |^$/.test(content[0] ?? "")) return null;
  if (content.at(-1) === "") return null;
  const indented = content.map((line) => (line === "" ? "" : `${spaces(indent)}${line}`));
  return [isClosed ? "|" : "|-", ...indented].join("\n");
}

const isTidy = (line: string): boolean => isPrintable(line) && !line.endsWith(" ");

/** A value on one line, in brackets where it is a list. */
export function flowText(value: Value | Item): string {
  if (typeof value === "string") return lineText(value, true);
  if (typeof value === "number") return String(value);
  if (isList(value)) return `[${value.map(flowText).join(", ")}]`;
  if (isCarried(value)) return value.source.startsWith("{") ? value.source : flowText(value.draft);
  const fields = Object.entries(value).map(([name, each]) => `${name}: ${flowText(each)}`);
  return `{${fields.join(", ")}}`;
}

const isList = (value: Value | Item): value is readonly string[] | readonly Item[] =>
  Array.isArray(value);

/** A field in lines of its own; the first one carries no indentation. */
export function fieldText(name: string, value: Value, { indent, listIndent }: Layout): string {
  if (typeof value === "string") {
    return `${name}: ${blockText(value, indent + 2) ?? lineText(value, false)}`;
  }
  if (typeof value === "number" || value.length === 0 || FLOW_FIELDS.has(name)) {
    return `${name}: ${flowText(value)}`;
  }
  const layout = { indent: indent + listIndent, listIndent };
  return `${name}:\n${value.map((item) => itemText(item, layout)).join("\n")}`;
}

/** An item of a list in lines of its own, the dash included. */
export function itemText(item: string | Item, layout: Layout): string {
  const { indent } = layout;
  if (typeof item === "string") return `${spaces(indent)}- ${lineText(item, false)}`;
  const inner = { ...layout, indent: indent + 2 };
  const text = isCarried(item) ? shifted(item.source, inner.indent) : mappingText(item, inner);
  return `${spaces(indent)}- ${text}`;
}

/** The fields of a mapping, one below the other; the first line carries no indentation. */
export function mappingText(mapping: Mapping, layout: Layout): string {
  const fields = Object.entries(mapping).map(([name, value]) => fieldText(name, value, layout));
  return fields.join(`\n${spaces(layout.indent)}`);
}

/** Moves all lines but the first; empty ones stay empty. */
function shifted(source: string, indent: number): string {
  return source.replaceAll(/\n(?=[^\r\n])/g, `\n${spaces(indent)}`);
}
