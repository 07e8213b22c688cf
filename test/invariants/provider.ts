/** The invariants of a provider (V1 to V3), what its chart is walked with, and its facts. */
import type { ProviderContext } from "../../machines/provider.ts";
import type { ProviderEvent } from "../../machines/protocol.ts";
import { SURVEYED_AT_MS } from "../../src/proof/checker/survey.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Samples } from "../../src/proof/checker/survey.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { at, enters, isIn, known, typesIn, whatIn } from "./moments.ts";

const MINUTE_MS = 60_000;
const WAIT_MIN_MS = 1_000;
const WAIT_MAX_MS = 8 * 24 * 60 * MINUTE_MS;
/** A setback may come at any time; more of them than these lead to the longest wait as well. */
const SETBACKS_TOLD_APART = 8;

/** A wait that begins ends exactly when the context says so. */
function waitsAsSaid(moment: Moment): boolean {
  const { untilMs, setbacks } = known<ProviderContext>(moment.after);
  const delays = moment.requests.timers.map(({ delayMs }) => delayMs);
  const isWaiting = isIn(moment.after, "cooling") || isIn(moment.after, "unavailable");
  const due = Math.max(WAIT_MIN_MS, (untilMs ?? 0) - moment.atMs);
  const isCleared = whatIn(moment) === "runEnded" && at(moment.before) === "usable";
  return (
    delays.every((delayMs) => delayMs === due && delayMs <= WAIT_MAX_MS) &&
    moment.after.timers.size === (isWaiting ? 1 : 0) &&
    (!isCleared || setbacks === 0)
  );
}

export const invariants: readonly Invariant[] = [
  {
    id: "V1",
    text: "runs start in usable alone: the coordinator is woken there and nowhere else",
    holds: (moment) =>
      (typesIn(moment, "coordinator").join() === "wake") === enters(moment, "usable"),
  },
  {
    id: "V2",
    text: "the way to usable is through probing, where the program itself is asked",
    holds: (moment) =>
      (!enters(moment, "usable") || whatIn(moment) === "probeProvider done") &&
      isIn(moment.after, "probing") === moment.after.children.has("probeProvider"),
  },
  {
    id: "V3",
    text: "a limit cools until it ends, and nobody waits for more than eight days",
    holds: waitsAsSaid,
  },
];

const reason = "too many requests";
const limit = (untilMs: number | null): ProviderEvent => ({ type: "limitHit", untilMs, reason });
const events: readonly ProviderEvent[] = [
  limit(null),
  limit(SURVEYED_AT_MS - MINUTE_MS),
  limit(SURVEYED_AT_MS + 7 * MINUTE_MS),
  limit(SURVEYED_AT_MS + 30 * WAIT_MAX_MS),
  { type: "startFailed", reason },
  { type: "runEnded" },
  { type: "recheck" },
];

export const samples: Samples = {
  actor: "provider:local",
  inputs: [{ name: "local" }],
  events: () => events,
  essence: ({ setbacks, untilMs }: ProviderContext) => [
    Math.min(setbacks, SETBACKS_TOLD_APART),
    untilMs,
  ],
};

export const facts: Facts = { samples };
