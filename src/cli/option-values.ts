/** What may stand behind an option: one of a few words, or a whole number. Else it is a usage fault. */
import { closest } from "fastest-levenshtein";
import { FaultError } from "../fault.ts";

/** The word, where it is one of those that are known. */
export function wordOf(option: string, given: string, words: readonly string[]): string {
  if (words.includes(given)) return given;
  throw new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: option,
    found: given,
    expected: `one of ${words.join(", ")}`,
    next: `did you mean ${closest(given, words)}?`,
  });
}

/** The number, where it is a whole one and not below zero. */
export function countOf(option: string, given: string): number {
  const number = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: option,
    found: given,
    expected: "a whole number, zero or more",
    next: `name one, as in ${option} 100`,
  });
}
