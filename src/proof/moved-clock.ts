/** A clock that moves only when it is moved: walks and tests have their own time. */
import type { Clock } from "../clock.ts";

interface Waiting {
  readonly dueMs: number;
  readonly wake: () => void;
}

export class MovedClock implements Clock {
  #nowMs: number;
  #ids = 0;
  readonly #waiting = new Set<Waiting>();

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  newId(): string {
    this.#ids += 1;
    return `id-${this.#ids.toString().padStart(8, "0")}`;
  }

  schedule(delayMs: number, wake: () => void): () => void {
    const waiting = { dueMs: this.#nowMs + Math.max(0, delayMs), wake };
    this.#waiting.add(waiting);
    return () => this.#waiting.delete(waiting);
  }

  /** Moves time forward and rings everything that became due, in order. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#waiting.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.wake();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Waiting | undefined {
    return [...this.#waiting]
      .filter(({ dueMs }) => dueMs <= untilMs)
      .toSorted((a, b) => a.dueMs - b.dueMs)[0];
  }
}
