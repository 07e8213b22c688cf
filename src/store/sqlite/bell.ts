/**
 * Wakes the owner when something waits. Within the process it is a call; another process rings by
 * touching a file beside the database, and a slow look at `PRAGMA data_version` catches the rings
 * that got lost.
 */
import { closeSync, openSync, utimesSync, watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { repeat } from "../../clock.ts";
import type { Clock } from "../../clock.ts";
import type { Connection } from "./database.ts";

/** A lost ring costs at most this long. */
export const WAKE_BOUND_MS = 5_000;

export class Bell {
  readonly #path: string;
  readonly #db: Connection;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #stop: (() => void) | null = null;

  constructor(db: Connection, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#path = `${db.name}-bell`;
  }

  /** Something waits; the listener is in this process or in another one. */
  ring(): void {
    for (const listener of this.#listeners) listener();
    if (this.#listeners.size > 0) return;
    const seconds = this.#clock.now() / 1_000;
    try {
      closeSync(openSync(this.#path, "a"));
      utimesSync(this.#path, seconds, seconds);
    } catch {
      // A ring may be lost. What waits is on disk already, so the caller must not hear of failure.
    }
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#stop ??= this.#watch();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  close(): void {
    this.#stop?.();
    this.#stop = null;
  }

  #watch(): () => void {
    const wake = (): void => this.#listeners.forEach((listener) => listener());
    const watcher = this.#watchFile(wake);
    let seen = this.#dataVersion();
    const cancel = repeat(this.#clock, WAKE_BOUND_MS, () => {
      const now = this.#dataVersion();
      if (now !== seen) wake();
      seen = now;
    });
    return () => {
      watcher?.close();
      cancel();
    };
  }

  /** Null where the system has no watch left to give; the slow look then does alone. */
  #watchFile(wake: () => void): FSWatcher | null {
    try {
      closeSync(openSync(this.#path, "a"));
      return watch(this.#path, wake).on("error", () => {});
    } catch {
      return null;
    }
  }

  /** Changes when another connection has committed. */
  #dataVersion(): number {
    return Number(this.#db.pragma("data_version", { simple: true }));
  }
}
