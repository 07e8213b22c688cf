/**
 * Plain text as planning reads it: as words, and as something to sort by. What the words mean
 * for a task is left to routing and to the brief.
 */

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** The words of a text in order, in lower case: runs of letters and digits. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** Below, at or above zero, by UTF-16 code units: the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
