/** Rings once, when the earliest timer is due; setting an earlier one moves it. */
import type { Clock } from "../clock.ts";

/** A timer is late by at most this after the machine was suspended. */
const SLEEP_MAX_MS = 60_000;

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #dueMs: number | null = null;
  #cancel = (): void => {};

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  get isSet(): boolean {
    return this.#dueMs !== null;
  }

  /** Makes sure that it rings no later than `dueMs`. */
  setBy(dueMs: number | null): void {
    if (dueMs === null || (this.#dueMs !== null && this.#dueMs <= dueMs)) return;
    this.clear();
    this.#sleep(dueMs);
  }

  /** A machine that was suspended does not count its sleep, so the time is looked at now and then. */
  #sleep(dueMs: number): void {
    this.#dueMs = dueMs;
    const leftMs = dueMs - this.#clock.now();
    this.#cancel = this.#clock.schedule(Math.min(leftMs, SLEEP_MAX_MS), () => {
      if (this.#clock.now() < dueMs) return this.#sleep(dueMs);
      this.#dueMs = null;
      this.#ring();
    });
  }

  clear(): void {
    this.#cancel();
    this.#dueMs = null;
  }
}
