/**
 * The events of `codex exec --json`, as far as anything follows from them. Events that are not here
 * are not known, and fields that are not here are not read.
 */
import { z } from "zod";
import { count, listOf, parseNamed, text } from "../lenient.ts";

const item = z.object({
  id: text,
  type: z.string(),
  status: text,
  text,
  command: text,
  server: text,
  tool: text,
  message: text,
  error: z.object({ message: text }).nullable().catch(null),
  changes: listOf(z.object({ path: z.string() })),
});
export type Item = z.output<typeof item>;

/** Totals of the thread, not of the turn; cached input is part of the input. */
const usage = z.object({ input_tokens: count, output_tokens: count });

export type CodexEvent =
  | { readonly kind: "thread"; readonly threadId: string | null }
  | { readonly kind: "turn" }
  | { readonly kind: "started"; readonly item: Item }
  | { readonly kind: "completed"; readonly item: Item }
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "done"; readonly usage: z.output<typeof usage> | null }
  | { readonly kind: "failed"; readonly message: string };

const whole = z.object({ item });
type Schema = z.ZodType<CodexEvent>;

const KNOWN: ReadonlyMap<string, Schema> = new Map<string, Schema>([
  [
    "thread.started",
    z
      .object({ thread_id: text })
      .transform(({ thread_id: threadId }) => ({ kind: "thread", threadId })),
  ],
  ["turn.started", z.object({}).transform(() => ({ kind: "turn" }))],
  ["item.started", whole.transform((data) => ({ kind: "started", item: data.item }))],
  ["item.completed", whole.transform((data) => ({ kind: "completed", item: data.item }))],
  [
    "error",
    z.object({ message: z.string() }).transform(({ message }) => ({ kind: "error", message })),
  ],
  [
    "turn.completed",
    z
      .object({ usage: usage.nullable().catch(null) })
      .transform((data) => ({ kind: "done", usage: data.usage })),
  ],
  [
    "turn.failed",
    z
      .object({ error: z.object({ message: z.string().catch("") }).catch({ message: "" }) })
      .transform(({ error: { message } }) => ({ kind: "failed", message })),
  ],
]);

const named = z.object({ type: z.string() });

/** One event, or null where it is not known or is no event at all. */
export function parseEvent(json: unknown): CodexEvent | null {
  const name = named.safeParse(json);
  return name.success ? parseNamed(KNOWN, name.data.type, json) : null;
}
