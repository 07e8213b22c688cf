/**
 * Time, timers, identifiers and randomness: the only file that says Date, setTimeout or
 * Math.random. Everything else is handed a `Clock`, so that tests and the simulator move time.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

/** Where the time comes from. All times are milliseconds since 1970, UTC. */
export interface Clock {
  /** The present, in milliseconds. */
  now(): number;
  /** Calls `wake` once, `delayMs` from now; the returned function takes that back. */
  schedule(delayMs: number, wake: () => void): () => void;
  /** A new identifier that sorts by time and never repeats, also between processes. */
  newId(): string;
}

/** Calls `act` every `periodMs` until the returned function is called. */
export function repeat(clock: Clock, periodMs: number, act: () => void): () => void {
  const again = (): void => {
    act();
    cancel = clock.schedule(periodMs, again);
  };
  let cancel = clock.schedule(periodMs, again);
  return () => cancel();
}

/** setTimeout fires at once above this delay (2^31-1 ms), so longer waits are cut and renewed. */
const TIMEOUT_MAX_MS = 2_147_483_647;
const ID_RANDOM_BYTES = 8;
const ID_TIME_DIGITS = 9;

let idCount = 0;

function newId(): string {
  idCount = (idCount + 1) % 1_679_616;
  const time = Date.now().toString(36).padStart(ID_TIME_DIGITS, "0");
  return `${time}${idCount.toString(36).padStart(4, "0")}${PROCESS_MARK}`;
}
const PROCESS_MARK = randomBytes(ID_RANDOM_BYTES).toString("hex");

function schedule(delayMs: number, wake: () => void): () => void {
  let handle: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    const partMs = Math.min(leftMs, TIMEOUT_MAX_MS);
    handle = setTimeout(() => (leftMs > partMs ? wait(leftMs - partMs) : wake()), partMs);
  };
  wait(Math.max(0, delayMs));
  return () => clearTimeout(handle);
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now(), schedule, newId };

/** Resolves after `delayMs` of real time: for watching things outside, which no event announces. */
export function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  return delay(delayMs, undefined, signal === undefined ? {} : { signal });
}

/** Resolves once everything that is ready now has had its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Milliseconds of a monotonic clock, for measuring durations. */
export function stopwatch(): () => number {
  const startedMs = performance.now();
  return () => performance.now() - startedMs;
}

/** ISO 8601 text for a time in milliseconds; people read these, programs keep the number. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** Milliseconds since 1970 of a time as `isoTime` writes it. */
export const parseIsoTime = (text: string): number => Date.parse(text);

/** The day that it is on this machine, as `parseLocalTime` reads it back: `Sat Nov 21 2026`. */
export function localDay(timeMs: number): string {
  return new Date(timeMs).toDateString();
}

/** A day and a time of day of this machine, such as `Nov 21 2026 5:21 AM`; null where it is none. */
export function parseLocalTime(text: string): number | null {
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? null : timeMs;
}
