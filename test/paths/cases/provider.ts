/** What a provider is walked with: limits with and without a time, and failures to start. */
import type { ProviderEvent, ProviderInput } from "../../../machines/capacity.ts";
import type { ProviderContext } from "../../../machines/provider-setup.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const input: ProviderInput = { name: "local" };
const reason = "too many requests";
const HOUR_MS = 60 * 60_000;
/** From the third one on the breaker opens; more of them only lengthen its wait. */
const ERRORS_COUNTED = 4;

const usedUntil = (usedRatio: number, resetsAtMs: number): ProviderEvent => ({
  type: "usageReported",
  windows: [{ name: "five_hour", usedRatio, resetsAtMs }],
});
/** The wait is at its longest after these; more setbacks change nothing. */
const SETBACKS_COUNTED = 8;

export const cases: Cases<ProviderContext, ProviderEvent> = {
  actor: "provider:local",
  inputs: [input],
  events: ({ nowMs }) => [
    { type: "limitHit", untilMs: null, reason },
    { type: "limitHit", untilMs: nowMs + HOUR_MS, reason },
    { type: "limitHit", untilMs: nowMs - HOUR_MS, reason },
    { type: "serverFailed", reason: "overloaded" },
    { type: "accessRefused", reason: "no credit" },
    ...[0.5, 0.9, 0.97].map((usedRatio) => usedUntil(usedRatio, nowMs + HOUR_MS)),
    { type: "startFailed", reason: "no such program" },
    { type: "runEnded" },
    { type: "recheck" },
  ],
  faults: [{ code: "agents.logged-out", message: "no login" }],
  essence: ({ setbacks, errors, untilMs, windows }) => [
    Math.min(setbacks, SETBACKS_COUNTED),
    Math.min(errors, ERRORS_COUNTED),
    untilMs === null,
    windows.map(({ usedRatio }) => usedRatio),
  ],
};
