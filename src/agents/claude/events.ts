/**
 * The events of `claude -p --output-format stream-json`, as far as anything follows from them.
 * Events that are not here are not known, and fields that are not here are not read.
 */
import { z } from "zod";
import { amount, count, listOf, parseNamed, text } from "../lenient.ts";

const NO_TOKENS = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
};

/** Tokens of one message or turn. Claude counts cached input apart; here it is all input. */
const tokens = z
  .object({
    input_tokens: count,
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    output_tokens: count,
  })
  .catch(NO_TOKENS)
  .transform((told) => ({
    inputTokens:
      told.input_tokens + told.cache_creation_input_tokens + told.cache_read_input_tokens,
    outputTokens: told.output_tokens,
  }));

/** What was used of one model, as the program adds it up itself. */
const modelUse = z
  .object({
    inputTokens: count,
    outputTokens: count,
    cacheReadInputTokens: count,
    cacheCreationInputTokens: count,
    costUSD: z.number().min(0).catch(0),
  })
  .transform((told) => ({
    inputTokens: told.inputTokens + told.cacheReadInputTokens + told.cacheCreationInputTokens,
    outputTokens: told.outputTokens,
    costUsd: told.costUSD,
  }));
const useByModel = z.record(z.string(), modelUse).nullable().catch(null);

/** Told in seconds since 1970; here in milliseconds. */
const moment = z
  .number()
  .positive()
  .transform((seconds) => Math.round(seconds * 1_000))
  .nullable()
  .catch(null);

const limitInfo = z.object({
  status: text,
  resetsAt: moment,
  rateLimitType: text,
  utilization: amount,
  unifiedWindows: z
    .record(z.string(), z.object({ utilization: amount, resetsAt: moment, status: text }))
    .catch({}),
});

const init = z.object({
  session_id: text,
  model: text,
  claude_code_version: text,
  tools: listOf(z.string()),
  mcp_servers: listOf(z.object({ name: z.string(), status: z.string() })),
  mcp_server_errors: listOf(z.object({ name: z.string(), message: text })),
});

const retry = z.object({ retry_delay_ms: amount, error_status: amount, error: text });

const denied = z.object({
  tool_name: z.string(),
  tool_use_id: text,
  message: text,
  decision_reason: text,
});

const fallback = z.object({ original_model: text, fallback_model: text, trigger: text });

const assistant = z.object({
  message: z.object({ id: text, model: text, usage: tokens }),
  error: text,
  api_error_params: z.object({ rate_limit_info: limitInfo }).nullable().catch(null),
});

/** The two parts of a streamed message that tell counts. */
const messageStart = z.object({
  event: z.object({ message: z.object({ id: text, usage: tokens }) }),
});
const messageDelta = z.object({ event: z.object({ usage: z.object({ output_tokens: count }) }) });

const result = z.object({
  uuid: text,
  session_id: text,
  subtype: text,
  /** A result that does not say so is not believed to be good. */
  is_error: z.boolean().catch(true),
  api_error_status: amount,
  api_error_type: text,
  api_error: text,
  terminal_reason: text,
  stop_reason: text,
  result: text,
  errors: listOf(z.string()),
  structured_output: z.unknown().optional(),
  permission_denials: listOf(z.object({ tool_name: z.string(), tool_use_id: text })),
  usage: tokens,
  modelUsage: useByModel,
  model_usage_since_last_result: useByModel,
  total_cost_usd: amount,
});

export type TokensTold = z.output<typeof tokens>;
export type InitEvent = z.output<typeof init>;
export type RetryEvent = z.output<typeof retry>;
export type DeniedEvent = z.output<typeof denied>;
export type FallbackEvent = z.output<typeof fallback>;
export type LimitInfo = z.output<typeof limitInfo>;
export type AssistantEvent = z.output<typeof assistant>;
export type ResultEvent = z.output<typeof result>;

export type ClaudeEvent =
  | { readonly kind: "init"; readonly init: InitEvent }
  | { readonly kind: "retry"; readonly retry: RetryEvent }
  | { readonly kind: "denied"; readonly denied: DeniedEvent }
  | { readonly kind: "fallback"; readonly fallback: FallbackEvent }
  | { readonly kind: "limit"; readonly limit: LimitInfo }
  | { readonly kind: "assistant"; readonly assistant: AssistantEvent }
  | { readonly kind: "messageStarted"; readonly id: string | null; readonly usage: TokensTold }
  | { readonly kind: "messageTold"; readonly outputTokens: number }
  | { readonly kind: "messageStopped" }
  | { readonly kind: "streaming" }
  | { readonly kind: "result"; readonly result: ResultEvent }
  | { readonly kind: "requesting" }
  | { readonly kind: "toolResult" };

type Known = readonly [name: string, schema: z.ZodType<ClaudeEvent>];
const KNOWN: ReadonlyMap<string, z.ZodType<ClaudeEvent>> = new Map<string, Known[1]>([
  ["system/init", init.transform((data) => ({ kind: "init", init: data }))],
  ["system/api_retry", retry.transform((data) => ({ kind: "retry", retry: data }))],
  ["system/permission_denied", denied.transform((data) => ({ kind: "denied", denied: data }))],
  ["system/model_fallback", fallback.transform((data) => ({ kind: "fallback", fallback: data }))],
  [
    "system/status",
    z.object({ status: z.literal("requesting") }).transform(() => ({ kind: "requesting" })),
  ],
  [
    "rate_limit_event",
    z
      .object({ rate_limit_info: limitInfo })
      .transform(({ rate_limit_info: limit }) => ({ kind: "limit", limit })),
  ],
  ["assistant", assistant.transform((data) => ({ kind: "assistant", assistant: data }))],
  [
    "stream_event/message_start",
    messageStart.transform(({ event }) => ({ kind: "messageStarted", ...event.message })),
  ],
  [
    "stream_event/message_delta",
    messageDelta.transform(({ event }) => {
      return { kind: "messageTold", outputTokens: event.usage.output_tokens };
    }),
  ],
  ["stream_event/message_stop", z.object({}).transform(() => ({ kind: "messageStopped" }))],
  ["user", z.object({}).transform(() => ({ kind: "toolResult" }))],
  ["result", result.transform((data) => ({ kind: "result", result: data }))],
]);

const STREAM = "stream_event/";

/** One event, or null where it is not known or is no event at all. */
export function parseEvent(json: unknown): ClaudeEvent | null {
  const name = nameOf(json);
  if (name === null) return null;
  // Most lines are pieces of a message, and nothing is read of them.
  if (name.startsWith(STREAM) && !KNOWN.has(name)) return { kind: "streaming" };
  return parseNamed(KNOWN, name, json);
}

/** What tells one event from another; keys come in no fixed order, so lines are parsed whole. */
function nameOf(json: unknown): string | null {
  if (!isObject(json) || typeof json["type"] !== "string") return null;
  const { type, subtype, event } = json;
  if (type === "system") return `system/${String(subtype)}`;
  return type === "stream_event" && isObject(event) ? `${STREAM}${String(event["type"])}` : type;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
