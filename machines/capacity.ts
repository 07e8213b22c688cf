/**
 * What is said of an account's capacity: why runs did not complete, how full the windows of its
 * limits are, and what its provider is told of both.
 */

/** Why a run did not complete, in the words that all agent programs share (docs/providers.md). */
export type ErrorClass =
  | "rate_limited"
  | "usage_limited"
  | "overloaded"
  | "server_error"
  | "network"
  | "malformed_response"
  | "timeout"
  | "auth"
  | "billing"
  | "model_not_found"
  | "config"
  | "context_limit"
  | "output_limit"
  | "max_turns"
  | "budget"
  | "refused"
  | "invalid_request"
  | "session_not_found"
  | "crashed"
  | "killed"
  | "cancelled"
  | "unknown";

/** How full one window of an account's limits is: of five hours, a day, a week. */
export interface UsageWindow {
  readonly name: string;
  /** 0 to 1. */
  readonly usedRatio: number;
  /** When it begins anew, in milliseconds since 1970, if the program said so. */
  readonly resetsAtMs: number | null;
}

export interface ProviderInput {
  readonly name: string;
}

export type ProviderEvent =
  /** A rate or usage limit; `untilMs` is its end, if the program said so. */
  | { readonly type: "limitHit"; readonly untilMs: number | null; readonly reason: string }
  /** Its server was overloaded, broken, out of reach or not understood. */
  | { readonly type: "serverFailed"; readonly reason: string }
  /** Login, credit, model or settings: nothing that mends itself. */
  | { readonly type: "accessRefused"; readonly reason: string }
  | { readonly type: "startFailed"; readonly reason: string }
  | { readonly type: "runEnded" }
  | { readonly type: "usageReported"; readonly windows: readonly UsageWindow[] }
  /** Somebody knows better: ask the program again. */
  | { readonly type: "recheck" };
