/**
 * What a run of Claude Code has said so far, folded from its events. What it comes to is judged in
 * `judge.ts`.
 *
 * T1 A line that is said twice in a row counts once.
 * T2 Only the turn that came last has an ending: in a session of several turns the results before
 *    it are passed.
 */
import type { Denial, LimitWindow } from "../verdict.ts";
import { listed } from "../transcript.ts";
import { parseEvent } from "./events.ts";
import type { AssistantEvent, ClaudeEvent, DeniedEvent, FallbackEvent } from "./events.ts";
import type { InitEvent, LimitInfo, ResultEvent, RetryEvent } from "./events.ts";
import { countMessage, countOutput, NOTHING_USED, settle } from "./use.ts";
import type { ClaudeUse } from "./use.ts";

export interface ClaudeTranscript {
  readonly sessionId: string | null;
  readonly version: string | null;
  readonly hasSpoken: boolean;
  readonly wantsSchema: boolean;
  readonly deadServers: readonly { readonly name: string; readonly why: string }[];
  readonly denials: readonly (Denial & { readonly toolUseId: string | null })[];
  /** Switches from the model that was asked for to another one. */
  readonly switches: readonly string[];
  /** The request that it is trying again. */
  readonly retry: RetryEvent | null;
  /** How long it was asked to wait by the latest rate limit. */
  readonly retryAfterMs: number | null;
  readonly limit: LimitInfo | null;
  readonly windows: readonly LimitWindow[];
  /** The kind of error that the program's own last message carries. */
  readonly error: string | null;
  readonly isAwaitingModel: boolean;
  readonly use: ClaudeUse;
  readonly result: ResultEvent | null;
}

export const begin: ClaudeTranscript = {
  sessionId: null,
  version: null,
  hasSpoken: false,
  wantsSchema: false,
  deadServers: [],
  denials: [],
  switches: [],
  retry: null,
  retryAfterMs: null,
  limit: null,
  windows: [],
  error: null,
  isAwaitingModel: false,
  use: NOTHING_USED,
  result: null,
};

/** The transcript after one more line of output. */
export function add(transcript: ClaudeTranscript, json: unknown): ClaudeTranscript {
  const event = parseEvent(json);
  return event === null ? transcript : fold({ ...transcript, hasSpoken: true }, event);
}

function fold(so: ClaudeTranscript, event: ClaudeEvent): ClaudeTranscript {
  switch (event.kind) {
    case "init":
      return begun(so, event.init);
    case "retry":
      return retried(so, event.retry);
    case "denied":
      return deny(so, event.denied);
    case "fallback":
      return switched(so, event.fallback);
    case "limit":
      return limited(so, event.limit);
    case "assistant":
      return answered(so, event.assistant);
    case "messageStarted":
      return streaming({ ...so, use: countMessage(so.use, event.id, event.usage) });
    case "messageTold":
      return streaming({ ...so, use: countOutput(so.use, event.outputTokens) });
    case "streaming":
      return streaming(so);
    case "messageStopped":
      return { ...so, isAwaitingModel: false };
    case "requesting":
      return { ...so, isAwaitingModel: true };
    case "toolResult":
      return { ...so, isAwaitingModel: false };
    case "result":
      return ended(so, event.result);
    default:
      return event satisfies never;
  }
}

/** Each turn of a session begins like this (T2). */
function begun(so: ClaudeTranscript, init: InitEvent): ClaudeTranscript {
  const refused = init.mcp_server_errors.map(({ name, message }) => {
    return { name, why: message ?? "its configuration is not valid" };
  });
  const dead = init.mcp_servers.filter(({ status }) => !LIVING.has(status));
  const failures = dead.map(({ name, status }) => ({ name, why: `its status is ${status}` }));
  return {
    ...so,
    sessionId: init.session_id ?? so.sessionId,
    version: init.claude_code_version ?? so.version,
    wantsSchema: init.tools.includes("StructuredOutput"),
    deadServers: [...failures, ...refused].reduce(
      (list, each) => listed(list, each, ({ name }) => name === each.name),
      so.deadServers,
    ),
    isAwaitingModel: true,
    result: null,
  };
}
/** A server that is switched off, or is still starting, is not dead. */
const LIVING: ReadonlySet<string> = new Set(["connected", "pending", "disabled"]);

function retried(so: ClaudeTranscript, retry: RetryEvent): ClaudeTranscript {
  const isLimit = retry.error_status === 429 || retry.error === "rate_limit";
  return { ...so, retry, retryAfterMs: isLimit ? retry.retry_delay_ms : so.retryAfterMs };
}

function deny(so: ClaudeTranscript, denied: DeniedEvent): ClaudeTranscript {
  const reason = denied.decision_reason ?? denied.message ?? "it needs a permission";
  const denial = { tool: denied.tool_name, reason, toolUseId: denied.tool_use_id };
  return { ...so, denials: withDenial(so.denials, denial) };
}

type Denials = ClaudeTranscript["denials"];
const withDenial = (denials: Denials, denial: Denials[number]): Denials =>
  listed(denials, denial, ({ toolUseId }) => toolUseId !== null && toolUseId === denial.toolUseId);

function switched(so: ClaudeTranscript, told: FallbackEvent): ClaudeTranscript {
  const [from, to] = [told.original_model, told.fallback_model];
  const sentence = `it went on with ${to ?? "another model"} instead of ${from ?? "its own"}`;
  const line = told.trigger === null ? sentence : `${sentence}: ${told.trigger}`;
  return { ...so, switches: listed(so.switches, line, (each) => each === line) };
}

function limited(so: ClaudeTranscript, limit: LimitInfo): ClaudeTranscript {
  const { unifiedWindows, rateLimitType, utilization, resetsAt, status } = limit;
  const parts = Object.entries(unifiedWindows);
  const whole = rateLimitType === null ? [] : [[rateLimitType, { utilization, resetsAt, status }]];
  const windows = (parts.length > 0 ? parts : (whole as typeof parts)).map(([name, window]) => ({
    name,
    usedRatio: window.utilization,
    resetsAtMs: window.resetsAt,
    status: window.status ?? "unknown",
  }));
  return { ...so, limit, windows: windows.length > 0 ? windows : so.windows };
}

/** Errors come as a message that the program wrote itself. */
const SYNTHETIC = "<synthetic>";

function answered(so: ClaudeTranscript, { message, ...told }: AssistantEvent): ClaudeTranscript {
  if (message.model === SYNTHETIC) {
    const limit = told.api_error_params?.rate_limit_info ?? so.limit;
    return { ...so, limit, error: told.error ?? so.error, isAwaitingModel: false };
  }
  const use = countMessage(so.use, message.id, message.usage);
  return { ...so, use, retry: null, error: null, isAwaitingModel: false };
}

/** An answer arrives, and more of it is to come. */
const streaming = (so: ClaudeTranscript): ClaudeTranscript => {
  return { ...so, retry: null, isAwaitingModel: true };
};

function ended(so: ClaudeTranscript, result: ResultEvent): ClaudeTranscript {
  if (result.uuid !== null && result.uuid === so.result?.uuid) return so; // T1
  const denials = result.permission_denials.map((each) => ({
    tool: each.tool_name,
    reason: "it needs a permission",
    toolUseId: each.tool_use_id,
  }));
  return {
    ...so,
    sessionId: result.session_id ?? so.sessionId,
    denials: denials.reduce(withDenial, so.denials),
    use: settle(so.use, result),
    isAwaitingModel: false,
    result,
  };
}
