/**
 * Failures that were seen of the real programs and of which no recording lies here: their events as
 * the samples and the tables of the design page have them.
 */
import { describe, expect, test } from "vitest";
import { REACTIONS } from "../../src/agents/error-classes.ts";
import type { ErrorClass } from "../../machines/capacity.ts";
import { claudeError, claudeInit, claudeResult, claudeVerdict } from "./transcripts.ts";
import { codexBegin, codexFailed, codexVerdict } from "./transcripts.ts";

interface ClaudeRow {
  readonly error?: string;
  readonly said?: object;
  readonly result: object;
}

const text = (result: string, more: object = {}): ClaudeRow["result"] => ({ result, ...more });

const CLAUDE: readonly (readonly [string, ErrorClass, ClaudeRow])[] = [
  [
    "no credit",
    "billing",
    {
      error: "billing_error",
      result: text("Credit balance is too low", { api_error_status: 400 }),
    },
  ],
  [
    "an account on hold",
    "billing",
    { error: "account_on_hold", result: text("Your account is on hold") },
  ],
  [
    "403",
    "auth",
    {
      error: "authentication_failed",
      result: text("Failed to authenticate. API Error: 403 not yours", { api_error_status: 403 }),
    },
  ],
  [
    "an organisation that may not log in",
    "auth",
    { error: "oauth_org_not_allowed", result: text("Your organization does not allow this") },
  ],
  [
    "an answer longer than it may be",
    "output_limit",
    {
      error: "max_output_tokens",
      result: text("API Error: Claude's response exceeded the 128000 output token maximum.", {
        api_error: "max_output_tokens",
      }),
    },
  ],
  [
    "the same, told by its text alone",
    "output_limit",
    { result: text("API Error: Claude's response exceeded the 128000 output token maximum.") },
  ],
  [
    "a prompt too long, told by its text alone",
    "context_limit",
    { error: "invalid_request", result: text("Prompt is too long", { api_error_status: 400 }) },
  ],
  [
    "529 without its kind",
    "overloaded",
    { error: "server_error", result: text("API Error: 529", { api_error_status: 529 }) },
  ],
  [
    "an overload by its kind alone",
    "overloaded",
    { error: "server_error", result: text("API Error", { api_error_type: "overloaded_error" }) },
  ],
  [
    "502 of a gateway",
    "server_error",
    { error: "server_error", result: text("API Error: 502", { api_error_status: 502 }) },
  ],
  [
    "a server error that says no more",
    "server_error",
    { error: "server_error", result: text("API Error: something") },
  ],
  [
    "a lost connection, told by its text alone",
    "network",
    { error: "server_error", result: text("API Error: socket hang up (ECONNRESET)") },
  ],
  [
    "a name that can't be resolved",
    "network",
    { error: "server_error", result: text("API Error: getaddrinfo ENOTFOUND api.invalid") },
  ],
  [
    "a page of a proxy instead of an answer",
    "malformed_response",
    {
      error: "unknown",
      result: text("API Error: API returned an empty or malformed response (HTTP 200) — <html>"),
    },
  ],
  [
    "an error that nobody knows",
    "unknown",
    { error: "never_seen_before", result: text("Something went wrong") },
  ],
  ["an error without a word", "unknown", { result: { result: undefined } }],
  [
    "a usage limit whose event was lost",
    "usage_limited",
    {
      error: "rate_limit",
      result: text("You've hit your weekly limit", {
        api_error_status: 429,
        api_error: "usage_limit_reached",
      }),
    },
  ],
  [
    "a limit that was rejected without a time",
    "rate_limited",
    {
      error: "rate_limit",
      said: { type: "rate_limit_event", rate_limit_info: { status: "rejected" } },
      result: text("API Error: Request rejected (429)", { api_error_status: 429 }),
    },
  ],
  [
    "a warning of a limit, and then something else",
    "server_error",
    {
      error: "server_error",
      said: {
        type: "rate_limit_event",
        rate_limit_info: { status: "allowed_warning", resetsAt: 1_795_237_979 },
      },
      result: text("API Error: 500", { api_error_status: 500 }),
    },
  ],
  [
    "a rate limit, while a window only warns",
    "rate_limited",
    {
      error: "rate_limit",
      said: {
        type: "rate_limit_event",
        rate_limit_info: { status: "allowed_warning", resetsAt: 1_795_237_979 },
      },
      result: text("API Error: Request rejected (429)", { api_error_status: 429 }),
    },
  ],
];

test.each(CLAUDE)("claude: %s", (_title, errorClass, { error, said, result }) => {
  const events = [
    claudeInit,
    ...(said === undefined ? [] : [said]),
    ...(error === undefined ? [] : [claudeError(error)]),
    claudeResult({ is_error: true, terminal_reason: "api_error", ...result }),
  ];
  expect(claudeVerdict(events, { code: 1 })).toMatchObject({ outcome: "failed", errorClass });
});

test("claude: a result that does not say whether it is an error is not believed", () => {
  const verdict = claudeVerdict([claudeInit, claudeResult({ is_error: undefined })]);
  expect(verdict).toMatchObject({ outcome: "failed", errorClass: "unknown" });
});

const CODEX: readonly (readonly [string, ErrorClass])[] = [
  ["Quota exceeded. Check your plan and billing details.", "billing"],
  [
    "rate limit exceeded: Rate limit reached for gpt-5.5 in organization org-stub on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.",
    "rate_limited",
  ],
  ["You've hit your usage limit. Try again at 4:59 AM.", "usage_limited"],
  ["The model 'x' does not exist or you do not have access to it.", "model_not_found"],
  ["Incomplete response returned, reason: max_output_tokens", "output_limit"],
  ["exceeded retry limit, last status: 500 Internal Server Error, request id: r", "server_error"],
  ["exceeded retry limit, last status: 503 Service Unavailable, request id: r", "overloaded"],
  ["unexpected status 402 Payment Required: no", "billing"],
  ["unexpected status 404 Not Found: no such route", "model_not_found"],
  ["unexpected status 422 Unprocessable Entity: no", "invalid_request"],
  ["stream disconnected before completion: idle timeout waiting for SSE", "timeout"],
  ["stream disconnected before completion: stream closed before response.completed", "network"],
  ["something that nobody has seen", "unknown"],
  ["", "unknown"],
];

test.each(CODEX)("codex: %s", (message, errorClass) => {
  const verdict = codexVerdict([...codexBegin, codexFailed(message)], { code: 1 });
  expect(verdict).toMatchObject({ outcome: "failed", errorClass });
});

test("codex: a failed turn without a message has the last error's", () => {
  const error = { type: "error", message: "Selected model is at capacity." };
  const verdict = codexVerdict([...codexBegin, error, { type: "turn.failed" }], { code: 1 });
  expect(verdict).toMatchObject({ outcome: "failed", errorClass: "overloaded" });
});

const REFUSALS: readonly (readonly [string, string, ErrorClass])[] = [
  ["claude", "Error: Invalid MCP configuration: no such file", "config"],
  ["claude", "No conversation found with session ID: 1", "session_not_found"],
  ["claude", "Invalid API key", "auth"],
  ["codex", "Reading additional input from stdin...\nerror: unexpected argument '-x'", "config"],
  ["codex", "Error: thread/resume: no rollout found for thread id 1", "session_not_found"],
];

test.each(REFUSALS)("%s refuses to begin: %s", (program, stderr, errorClass) => {
  const verdict = (program === "claude" ? claudeVerdict : codexVerdict)([], { code: 1, stderr });
  expect(verdict).toMatchObject({ outcome: "failed", errorClass });
});

describe("a program that ends without a word", () => {
  test.each([
    ["nothing on standard error", { code: 1, stderr: "" }],
    ["only what every run says", { code: 1, stderr: "Reading additional input from stdin...\n" }],
    ["a complaint, but exit code 0", { code: 0, stderr: "warning: something" }],
    ["a complaint, but a signal", { code: null, signal: "SIGSEGV", stderr: "oh" }],
  ])("%s: crashed", (_title, facts) => {
    const verdict = codexVerdict([], facts);
    expect(verdict).toMatchObject({ outcome: "aborted", errorClass: "crashed" });
  });
});

test("only limits and broken programs cost no attempt", () => {
  const free = Object.entries(REACTIONS).filter(
    ([, { exit }]) => exit === "limited" || exit === "notStarted",
  );
  expect(free.map(([name]) => name)).toEqual([
    "rate_limited",
    "usage_limited",
    "overloaded",
    "server_error",
    "network",
    "malformed_response",
    "auth",
    "billing",
    "model_not_found",
    "config",
  ]);
});
