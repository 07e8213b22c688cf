/**
 * What a run of Claude Code came to. Every failed request ends as `subtype: "success"` with
 * `is_error: true`, so that flag and what stands around it are read, never the subtype alone.
 */
import type { Finding } from "../../../machines/chart.ts";
import type { ErrorClass } from "../../../machines/capacity.ts";
import { classOfStatus } from "../error-classes.ts";
import { classByWords, failureOf, refusalOf } from "../failures.ts";
import type { Words } from "../failures.ts";
import { conclude } from "../verdict.ts";
import type { Reading, RunFacts, Verdict } from "../verdict.ts";
import type { ResultEvent, RetryEvent } from "./events.ts";
import type { ClaudeTranscript } from "./transcript.ts";
import { usageOf } from "./use.ts";

export function judge(transcript: ClaudeTranscript, facts: RunFacts): Verdict {
  const { sessionId, windows, use, retry, isAwaitingModel, hasSpoken } = transcript;
  const reading: Reading = {
    sessionId,
    usage: usageOf(use, facts.before),
    sessionUsage: use.session,
    denials: transcript.denials.map(({ tool, reason }) => ({ tool, reason })),
    findings: findingsOf(transcript, facts),
    windows,
    ending: endingOf(transcript, facts),
    retrying: retry === null ? null : failureOf(classOfRetry(retry), "it tried again and again"),
    isAwaitingModel: isAwaitingModel || !hasSpoken,
    refusal: hasSpoken ? null : refusalOf(facts, facts.stderr, WORDS),
    looksInterrupted: false,
  };
  return conclude(reading, facts);
}

const isDone = ({ subtype, is_error }: ResultEvent): boolean => subtype === "success" && !is_error;

function endingOf(transcript: ClaudeTranscript, facts: RunFacts): Reading["ending"] {
  const { result, retryAfterMs, limit } = transcript;
  if (result === null) return null;
  if (isDone(result)) return { kind: "done" };
  if (result.terminal_reason?.startsWith("aborted") === true) return { kind: "interrupted" };
  const errorClass = classOf(result, transcript, facts);
  const message = result.result ?? result.errors.join("; ");
  const failure = {
    errorClass,
    message: message === "" ? `it failed: ${result.subtype}` : message,
    retryAfterMs: errorClass === "rate_limited" ? retryAfterMs : null,
    resetsAtMs: errorClass === "usage_limited" ? (limit?.resetsAt ?? null) : null,
  };
  return { kind: "failed", failure };
}

/** What a failed result says, in the order in which it is believed: the first that is there wins. */
function classOf(
  result: ResultEvent,
  { error, limit }: ClaudeTranscript,
  { stderr }: RunFacts,
): ErrorClass {
  const words = [result.result ?? "", ...result.errors, stderr].join("\n");
  const status = classOfStatus(result.api_error_status);
  const isLimit = status === "rate_limited" || error === "rate_limit";
  return (
    BY_REASON.get(result.terminal_reason ?? "") ??
    BY_SUBTYPE.get(result.subtype ?? "") ??
    (result.stop_reason === "refusal" ? "refused" : null) ??
    BY_API_ERROR.get(result.api_error ?? "") ??
    (isLimit && limit?.status === "rejected" && limit.resetsAt !== null ? "usage_limited" : null) ??
    BY_ERROR.get(error ?? "") ??
    classByWords(WORDS, words) ??
    BY_TYPE.get(result.api_error_type ?? "") ??
    status ??
    (error === "server_error" ? "server_error" : "unknown")
  );
}

type Table = ReadonlyMap<string, ErrorClass>;

const BY_REASON: Table = new Map([
  ["prompt_too_long", "context_limit"],
  ["max_turns", "max_turns"],
  ["budget_exhausted", "budget"],
]);

const BY_SUBTYPE: Table = new Map([
  ["error_max_turns", "max_turns"],
  ["error_max_budget_usd", "budget"],
]);

const BY_API_ERROR: Table = new Map([
  ["usage_limit_reached", "usage_limited"],
  ["connection_failed", "network"],
  ["max_output_tokens", "output_limit"],
]);

/** `server_error`, `unknown` and `invalid_request` are too broad: other fields say more. */
const BY_ERROR: Table = new Map([
  ["billing_error", "billing"],
  ["account_on_hold", "billing"],
  ["max_output_tokens", "output_limit"],
  ["authentication_failed", "auth"],
  ["oauth_org_not_allowed", "auth"],
  ["verification_required", "auth"],
  ["cloud_credential_error", "auth"],
  ["rate_limit", "rate_limited"],
  ["overloaded", "overloaded"],
  ["model_not_found", "model_not_found"],
]);

const BY_TYPE: Table = new Map([
  ["overloaded_error", "overloaded"],
  ["request_too_large", "context_limit"],
]);

const WORDS: Words = [
  [/no conversation found with session id/i, "session_not_found"],
  [/credit balance is too low/i, "billing"],
  [/^prompt is too long/im, "context_limit"],
  [/not logged in|invalid api key|failed to authenticate/i, "auth"],
  [/exceeded the \d+ output token maximum/i, "output_limit"],
  [/request timed out|ETIMEDOUT/i, "timeout"],
  [/\bE(?:CONN\w+|NOTFOUND|AI_AGAIN|PIPE|HOSTUNREACH|NETUNREACH)\b|connection refused/i, "network"],
  [/empty or malformed response/i, "malformed_response"],
];

/** A request that is tried again without a status never got an answer. */
const classOfRetry = ({ error, error_status }: RetryEvent): ErrorClass =>
  BY_ERROR.get(error ?? "") ?? classOfStatus(error_status) ?? "network";

function findingsOf(transcript: ClaudeTranscript, facts: RunFacts): readonly Finding[] {
  const { deadServers, switches, result } = transcript;
  const servers = deadServers.map(({ name, why }) => `the server ${name} was not there: ${why}`);
  const isUnmet =
    (transcript.wantsSchema || facts.wantsSchema) &&
    result !== null &&
    isDone(result) &&
    (result.structured_output ?? null) === null;
  const unmet = isUnmet ? ["its answer does not have the shape that was asked for"] : [];
  return [
    ...servers.map((text) => ({ source: "mcp servers", text })),
    ...unmet.map((text) => ({ source: "output schema", text })),
    ...switches.map((text) => ({ source: "model", text })),
  ];
}
