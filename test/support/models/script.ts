/**
 * What the stub models do: a task's text says which file to write, the model writes it with a tool
 * of its program, and says that it is done. All follows from the conversation it is sent.
 */

/** Stands in a task's description. */
export const wish = (path: string): string => `Please create the file <${path}>.`;

const WISH = /Please create the file <([^>]+)>\./;

/** The file that a prompt wishes for, or null where it is no prompt of ours. */
export const wishedFile = (prompt: string): string | null => WISH.exec(prompt)?.[1] ?? null;

/** A fault of the model's server, as both programs know it. */
export type Fault =
  | { readonly kind: "rate_limited"; readonly retryAfterS: number }
  | { readonly kind: "usage_limited"; readonly resetsAtMs: number };

/** One request of a program, as far as tests ask for it. */
export interface ModelCall {
  readonly file: string | null;
  /** Tools that have answered so far: 0 is the beginning of a run. */
  readonly step: number;
  readonly answeredBy: "model" | Fault["kind"];
}
