/**
 * What the stub models do: a task's text says which tools of ours to call and which file to write.
 * The model does one after the other with the tools of its program, and says that it is done. All
 * follows from the conversation it is sent.
 */

/** Stands in a task's description. */
export const wish = (path: string): string => `Please create the file <${path}>.`;

const WISH = /Please create the file <([^>]+)>\./;

/** The file that a prompt wishes for, or null where it is no prompt of ours. */
export const wishedFile = (prompt: string): string | null => WISH.exec(prompt)?.[1] ?? null;

/** One of our tools, with its arguments. */
export interface ToolWish {
  readonly name: string;
  readonly args: object;
}

/** Stands in a task's description too; calls are made in their order, before the file is written. */
export const wishCall = ({ name, args }: ToolWish): string =>
  `Please call <${name} ${JSON.stringify(args)}>.`;

const WISHED_CALL = /Please call <(\w+) (\{.*?\})>\./g;

export const wishedCalls = (prompt: string): readonly ToolWish[] =>
  [...prompt.matchAll(WISHED_CALL)].map(([, name = "", args = "{}"]) => ({
    name,
    args: JSON.parse(args) as object,
  }));

/** What a model does next: a call of ours, the file, or nothing more. */
export type Step =
  | ({ readonly kind: "call" } & ToolWish)
  | { readonly kind: "write"; readonly file: string }
  | { readonly kind: "end" };

export function nextStep({ file, calls, step }: Pick<ModelCall, "file" | "calls" | "step">): Step {
  const wished = calls[step];
  if (wished !== undefined) return { kind: "call", ...wished };
  return file !== null && step === calls.length ? { kind: "write", file } : { kind: "end" };
}

/** The server by which programs reach us, as our adapters name it. */
export const OWN_SERVER = "mcp__weathervane";

/** A fault of the model's server, as both programs know it. */
export type Fault =
  | { readonly kind: "rate_limited"; readonly retryAfterS: number }
  | { readonly kind: "usage_limited"; readonly resetsAtMs: number };

/** One request of a program, as far as tests ask for it. */
export interface ModelCall {
  readonly file: string | null;
  readonly calls: readonly ToolWish[];
  /** What the newest tool answered, as its program tells it. */
  readonly heard: string;
  /** Tools that have answered so far: 0 is the beginning of a run. */
  readonly step: number;
  readonly answeredBy: "model" | Fault["kind"];
}
