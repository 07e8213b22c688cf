/** The invariants of a provider (V1 to V3). */
import type { ProviderContext } from "../../machines/provider.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { at, enters, isIn, known, typesIn, whatIn } from "./moments.ts";

const MINUTE_MS = 60_000;
const WAIT_MIN_MS = 1_000;
const WAIT_MAX_MS = 8 * 24 * 60 * MINUTE_MS;

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
