/** What a provider is walked with: limits with and without a time, and failures to start. */
import type { ProviderEvent, ProviderInput } from "../../../machines/capacity.ts";
import type { ProviderContext } from "../../../machines/provider.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const input: ProviderInput = { name: "local" };
const reason = "too many requests";
const HOUR_MS = 60 * 60_000;
/** The wait is at its longest after these; more setbacks change nothing. */
const SETBACKS_COUNTED = 8;

export const cases: Cases<ProviderContext, ProviderEvent> = {
  actor: "provider:local",
  inputs: [input],
  events: ({ nowMs }) => [
    { type: "limitHit", untilMs: null, reason },
    { type: "limitHit", untilMs: nowMs + HOUR_MS, reason },
    { type: "limitHit", untilMs: nowMs - HOUR_MS, reason },
    { type: "startFailed", reason: "no such program" },
    { type: "runEnded" },
    { type: "recheck" },
  ],
  essence: ({ setbacks, untilMs }) => [Math.min(setbacks, SETBACKS_COUNTED), untilMs === null],
};
