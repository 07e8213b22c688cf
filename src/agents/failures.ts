/** Finding the class of a failure in the words of a program, which is where some of them tell it. */
import type { ErrorClass } from "../../machines/capacity.ts";
import type { Failure, RunFacts } from "./verdict.ts";

/** Texts of a program's own. They may change with every version, so each adapter has one table. */
export type Words = readonly (readonly [pattern: RegExp, errorClass: ErrorClass])[];

/** The class of the first pattern that is found. */
export const classByWords = (table: Words, text: string): ErrorClass | null =>
  table.find(([pattern]) => pattern.test(text))?.[1] ?? null;

export const failureOf = (errorClass: ErrorClass, message: string): Failure => ({
  errorClass,
  message,
  retryAfterMs: null,
  resetsAtMs: null,
});

/** Codes above this tell a signal. */
const CODE_MAX = 127;

/** What a program says that ends before its first event: it refuses its flags or its session. */
export function refusalOf({ code }: RunFacts, said: string, table: Words): Failure | null {
  const message = said.trim();
  if (code === null || code === 0 || code > CODE_MAX || message === "") return null;
  return failureOf(classByWords(table, message) ?? "config", message);
}
