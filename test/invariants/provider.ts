/** The invariants of a provider (V1 to V6), and what the checker cannot see in its chart. */
import { BREAKER_AT } from "../../machines/provider-setup.ts";
import type { ProviderContext } from "../../machines/provider-setup.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { at, enters, isIn, known, leaves, typesIn, whatIn } from "./moments.ts";

const MINUTE_MS = 60_000;
const WAIT_MIN_MS = 1_000;
const WAIT_MAX_MS = 8 * 24 * 60 * MINUTE_MS;
const WAITING = ["cooling", "faltering", "open", "unavailable"];

const is = ({ after }: Moment): ProviderContext => known<ProviderContext>(after);
const was = ({ before }: Moment): ProviderContext | undefined =>
  known<ProviderContext | undefined>(before);
const timersOf = ({ after }: Moment, delay: string): number =>
  [...after.timers.keys()].filter((name) => name.startsWith(`${delay}@`)).length;

/** A wait that begins ends exactly when the context says so. */
function waitsAsSaid(moment: Moment): boolean {
  const { untilMs, setbacks } = is(moment);
  const waits = moment.requests.timers.filter(({ name }) => name.startsWith("wait@"));
  const isWaiting = WAITING.includes(at(moment.after));
  const due = Math.max(WAIT_MIN_MS, (untilMs ?? 0) - moment.atMs);
  const isCleared = whatIn(moment) === "runEnded" && isIn(moment.before, "usable");
  return (
    waits.every(({ delayMs }) => delayMs === due && delayMs <= WAIT_MAX_MS) &&
    timersOf(moment, "wait") === (isWaiting ? 1 : 0) &&
    (!isCleared || setbacks === 0)
  );
}

/** One failure a time, and only where runs are started. */
function countsFailures(moment: Moment): boolean {
  const what = whatIn(moment);
  const { errors } = is(moment);
  const had = was(moment)?.errors ?? 0;
  const isFailure = what === "serverFailed" && isIn(moment.before, "usable");
  const isCleared = what === "runEnded" && isIn(moment.before, "usable");
  const place = isFailure ? (errors >= BREAKER_AT ? "open" : "faltering") : at(moment.after);
  return errors === (isCleared ? 0 : had + Number(isFailure)) && at(moment.after) === place;
}

function levelFollows(moment: Moment): boolean {
  if (!isIn(moment.after, "usable")) return timersOf(moment, "windowEnd") === 0;
  const { windows } = is(moment);
  const fullest = Math.max(0, ...windows.map(({ usedRatio }) => usedRatio));
  const level = fullest >= 0.95 ? "critical" : fullest >= 0.8 ? "warning" : "normal";
  const isTimed = timersOf(moment, "windowEnd") === 1;
  return at(moment.after) === `usable.${level}` && isTimed === (level !== "normal");
}

export const invariants: readonly Invariant[] = [
  {
    id: "V1",
    text: "usable is entered from probing alone, and the coordinator is woken where that is left",
    holds: (moment) =>
      (!enters(moment, "usable") || isIn(moment.before, "probing")) &&
      (typesIn(moment, "coordinator").join() === "wake") === leaves(moment, "probing"),
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
  {
    id: "V4",
    text: "down is left by a recheck alone, and nothing in it is timed",
    holds: (moment) =>
      (!isIn(moment.before, "down") ||
        isIn(moment.after, "down") ||
        whatIn(moment) === "recheck") &&
      (!isIn(moment.after, "down") || moment.after.timers.size === 0),
  },
  {
    id: "V5",
    text: "failures of the server count in usable alone, and the third in a row opens the breaker",
    holds: countsFailures,
  },
  {
    id: "V6",
    text: "in usable the level is that of the fullest window, and is timed by it",
    holds: levelFollows,
  },
];

/** Without access a person has to see to it. */
export const facts: Facts = { waits: { down: "person" } };
