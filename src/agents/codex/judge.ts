/**
 * What a run of Codex came to. `exec --json` tells neither a code nor a status with an error, so
 * the class is found in its text, in one table. What it refused to do it often tells nowhere: the
 * event stream is no record of what was done.
 */
import type { Finding } from "../../../machines/chart.ts";
import type { ErrorClass } from "../../../machines/capacity.ts";
import { NOTHING_USED } from "../../../machines/spending.ts";
import { classOfStatus, REACTIONS } from "../error-classes.ts";
import { classByWords, refusalOf } from "../failures.ts";
import type { Words } from "../failures.ts";
import { moreThan } from "../usage.ts";
import { conclude } from "../verdict.ts";
import type { Denial, Failure, Reading, RunFacts, Verdict } from "../verdict.ts";
import { resetsAt, retryAfter } from "./waits.ts";
import type { CodexTranscript } from "./transcript.ts";

export function judge(transcript: CodexTranscript, facts: RunFacts): Verdict {
  const { sessionId, sessionUsage, hasSpoken, isTurnOpen, openItems, retrying } = transcript;
  const { denials, findings } = refusalsIn(transcript, facts);
  const reading: Reading = {
    sessionId,
    usage: usageOf(transcript, facts),
    sessionUsage,
    denials,
    findings,
    windows: [],
    ending: endingOf(transcript, facts),
    retrying: retrying === null ? null : failureIn(retrying, facts),
    isAwaitingModel: !hasSpoken || (isTurnOpen && openItems.length === 0),
    refusal: hasSpoken ? null : refusalOf(facts, withoutNoise(facts.stderr), WORDS),
    looksInterrupted: looksInterrupted(transcript, facts),
  };
  return conclude(reading, facts);
}

/** It tells what a turn used at the end of one that was done; one that was refused has used nothing. */
function usageOf(transcript: CodexTranscript, facts: RunFacts): Reading["usage"] {
  const { sessionUsage } = transcript;
  const { before } = facts;
  if (sessionUsage === null) return wasRefused(transcript, facts) ? NOTHING_USED : null;
  return {
    inputTokens: moreThan(sessionUsage.inputTokens, before?.inputTokens),
    outputTokens: moreThan(sessionUsage.outputTokens, before?.outputTokens),
    costUsd: null,
  };
}

function wasRefused(transcript: CodexTranscript, facts: RunFacts): boolean {
  const ending = endingOf(transcript, facts);
  if (transcript.hasWorked || ending?.kind !== "failed") return false;
  const { exit } = REACTIONS[ending.failure.errorClass];
  return exit === "limited" || exit === "notStarted";
}

function endingOf({ ending }: CodexTranscript, facts: RunFacts): Reading["ending"] {
  if (ending === null || ending.kind === "done") return ending;
  return { kind: "failed", failure: failureIn(ending.message, facts) };
}

function failureIn(message: string, { endedAtMs }: RunFacts): Failure {
  const errorClass = classOf(message);
  return {
    errorClass,
    message,
    retryAfterMs: errorClass === "rate_limited" ? retryAfter(message) : null,
    resetsAtMs: errorClass === "usage_limited" ? resetsAt(message, endedAtMs) : null,
  };
}

const STATUS = /\b(?:unexpected status|last status:) (\d{3})\b/i;

function classOf(message: string): ErrorClass {
  const status = Number(STATUS.exec(message)?.[1] ?? 0);
  return classByWords(WORDS, message) ?? classOfStatus(status) ?? "unknown";
}

/**
 * The first that is found wins: texts of the more general kind come last. Quotation marks are
 * typographic ones in some texts.
 */
const WORDS: Words = [
  [/hit your usage limit|usage limit has been reached/i, "usage_limited"],
  [/quota exceeded|exceeded your current quota|billing details/i, "billing"],
  [/ran out of room in the model.s context window|exceeds the context window/i, "context_limit"],
  [/does not exist or you do not have access to it/i, "model_not_found"],
  [/missing environment variable|not logged in|log out and sign in again/i, "auth"],
  [/rate limit/i, "rate_limited"],
  [/at capacity|currently overloaded/i, "overloaded"],
  [/currently experiencing high demand/i, "server_error"],
  [/reason: max_output_tokens/i, "output_limit"],
  [/reason: content_filter/i, "refused"],
  [/idle timeout|timed? ?out/i, "timeout"],
  [/connection failed|error sending request|stream (?:disconnected|closed)/i, "network"],
  [/"invalid_request_error"/, "invalid_request"],
  [/no rollout found for thread id/i, "session_not_found"],
];

/** Lines that every run may write to standard error. */
const NOISE = /^(?:Reading (?:additional input|prompt) from stdin|WARNING: |Stack backtrace:|\s)/;

const withoutNoise = (stderr: string): string =>
  stderr
    .split("\n")
    .filter((line) => !NOISE.test(line))
    .join("\n");

/**
 * An interrupted turn ends with exit code 1 in the middle of an item and has no event. What is left
 * of it is that its session is gone before its last item is recorded.
 */
function looksInterrupted({ isTurnOpen, openItems }: CodexTranscript, facts: RunFacts): boolean {
  const isMidway = isTurnOpen && openItems.length > 0;
  return facts.code === 1 && isMidway && SESSION_GONE.test(facts.stderr);
}
const SESSION_GONE = /ERROR codex_core::session: failed to record rollout items/;

/** The only trace that a refused patch leaves, and not each time. */
const ROUTER_ERROR = /ERROR codex_core::tools::router: error=(.+)$/gm;
const REFUSED_PATCH = /^patch rejected: */;
const ROUTER_ERRORS_MAX = 50;

interface Refusals {
  readonly denials: readonly Denial[];
  readonly findings: readonly Finding[];
}

function refusalsIn(transcript: CodexTranscript, facts: RunFacts): Refusals {
  const errors = [...facts.stderr.matchAll(ROUTER_ERROR)].slice(0, ROUTER_ERRORS_MAX);
  const told = [...new Set(errors.map(([, error = ""]) => error))];
  const patches = told.filter((error) => REFUSED_PATCH.test(error));
  const others = told.filter((error) => !REFUSED_PATCH.test(error));
  const denied = patches.map((error) => ({
    tool: "apply_patch",
    reason: error.replace(REFUSED_PATCH, ""),
  }));
  return {
    denials: [...transcript.denials.map(({ tool, reason }) => ({ tool, reason })), ...denied],
    findings: [
      ...transcript.refusedFiles.map((path) => ({
        source: "patches",
        text: `the change of ${path} was not made`,
      })),
      ...others.map((text) => ({ source: "tools", text })),
      ...schemaFindings(transcript, facts),
    ],
  };
}

/** Codex asks its model for a shape and does not look whether it got it. */
function schemaFindings({ ending, lastMessage }: CodexTranscript, facts: RunFacts) {
  if (!facts.wantsSchema || ending?.kind !== "done" || isJson(lastMessage ?? "")) return [];
  return [{ source: "output schema", text: "its answer is not the JSON that was asked for" }];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
