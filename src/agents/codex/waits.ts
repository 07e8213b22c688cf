/**
 * How long Codex says that a limit lasts: "in 2s" for rates, a time of day for usage limits, with
 * a date where it is not today. It tells the time of this machine and no zone.
 */
import { localDay, parseLocalTime } from "../../clock.ts";

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);
const SPAN = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)[a-z]*/gi;
const AGAIN_IN = /try again in ((?:[\d.]+\s*[a-z]+[\s,]*)+)/i;
const AGAIN_AT = /try again at (?:(\w{3} \d{1,2})(?:st|nd|rd|th), (\d{4}) )?(\d{1,2}:\d\d [AP]M)/i;
/** The time is told without its seconds: waking within that minute would be too early. */
const MINUTE_MS = 60_000;

/** Milliseconds from its end on, or null where it names none. */
export function retryAfter(message: string): number | null {
  const span = AGAIN_IN.exec(message)?.[1];
  if (span === undefined) return null;
  const parts = [...span.matchAll(SPAN)];
  return parts.reduce(
    (sum, [, amount = "", unit = ""]) =>
      sum + Math.ceil(Number(amount) * (UNIT_MS.get(unit.toLowerCase()) ?? 0)),
    0,
  );
}

/** When the limit ends, in milliseconds since 1970; null where that can't be told. */
export function resetsAt(message: string, endedAtMs: number | null): number | null {
  const [, day, year, time] = AGAIN_AT.exec(message) ?? [];
  if (time === undefined) return fromNow(message, endedAtMs);
  const today = endedAtMs === null ? undefined : localDay(endedAtMs);
  const date = day === undefined || year === undefined ? today : `${day} ${year}`;
  return date === undefined ? null : endOf(parseLocalTime(`${date} ${time}`));
}

function fromNow(message: string, endedAtMs: number | null): number | null {
  const afterMs = retryAfter(message);
  return afterMs === null || endedAtMs === null ? null : endedAtMs + afterMs;
}

const endOf = (minuteMs: number | null): number | null =>
  minuteMs === null ? null : minuteMs + MINUTE_MS;
