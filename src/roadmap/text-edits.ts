/**
 * Small edits of a text, and where in it YAML nodes begin and end. Everything outside of an edit
 * stays as it was, byte for byte. What is written is left to others.
 */
import { isCollection, isNode, isPair, isScalar } from "yaml";
import type { Pair, YAMLSeq } from "yaml";

/** Puts `text` in the place of what stands from `start` up to `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Makes edits that do not overlap; those at one place take effect in the order given. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  const parts: string[] = [];
  let position = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(text.slice(position, edit.start), edit.text.replaceAll(/\r?\n/g, lineBreak));
    position = edit.end;
  }
  return [...parts, text.slice(position)].join("");
}

/** Where the line ends that holds the last character before `position`; its break is not in it. */
export function lineEnd(text: string, position: number): number {
  const from = text[position - 1] === "\n" ? position - 1 : position;
  const found = text.indexOf("\n", from);
  const end = found === -1 ? text.length : found;
  return text[end - 1] === "\r" ? end - 1 : end;
}

/** Where the line of `position` begins. */
export function lineStart(text: string, position: number): number {
  const start = text.lastIndexOf("\n", position - 1) + 1;
  return start === 0 && text.startsWith("\uFEFF") ? 1 : start;
}

/** How far a position is indented. */
export const indentOf = (text: string, position: number): number =>
  position - lineStart(text, position);

/** Where a node begins; the indicator of a list item stands before that. */
export const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

/** Where a node's content ends, without the comments and empty lines that YAML counts to it. */
export function endOf(text: string, node: unknown): number {
  if (isPair(node)) return endOf(text, node.value ?? node.key);
  if (isCollection(node) && node.flow !== true && node.items.length > 0) {
    return endOf(text, node.items.at(-1));
  }
  const [start, end] = isNode(node) ? (node.range ?? [0, 0]) : [0, 0];
  if (!isScalar(node) || !node.type?.startsWith("BLOCK_")) return end;
  const block = text.slice(start, end);
  // A block with "+" in its head keeps the empty lines at its end as content.
  const isKept = block.slice(0, block.indexOf("\n")).includes("+");
  return isKept ? end : start + block.replace(/(?:\r?\n)+$/, "").length;
}

/** Where the dash of a block list's item stands. */
export function dashOf(list: YAMLSeq, index: number): number {
  const token = list.srcToken?.type === "block-seq" ? list.srcToken.items[index] : undefined;
  const dash = token?.start.find(({ type }) => type === "seq-item-ind");
  return dash?.offset ?? startOf(list.items[index]);
}

/** Just behind the colon of a field, or null where the name stands alone. */
export function colonEnd({ srcToken }: Pair): number | null {
  const colon = srcToken?.sep?.find(({ type }) => type === "map-value-ind");
  return colon === undefined ? null : colon.offset + 1;
}
