/** Rings once, when the earliest timer is due; setting an earlier one moves it. */
import type { Clock } from "../clock.ts";

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
    this.#dueMs = dueMs;
    this.#cancel = this.#clock.schedule(dueMs - this.#clock.now(), () => {
      this.#dueMs = null;
      this.#ring();
    });
  }

  clear(): void {
    this.#cancel();
    this.#dueMs = null;
  }
}
