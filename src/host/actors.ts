/**
 * The actors in memory: loaded when first needed, kept while they are used, dropped when there are
 * too many. What is not in memory is where the store says it is.
 *
 * H1 An actor in the cache stands where its last committed step left it.
 */
import type { Fence, Store } from "../store/port.ts";
import type { Charts } from "./charts.ts";
import type { LiveActor } from "./kernel.ts";

/** Actors kept in memory: at about 5 kB each, 50 MB. */
const CACHE_MAX = 10_000;

export interface Loaded {
  readonly live: LiveActor;
  /** The chart version the stored snapshot had, where migrations were applied. */
  readonly migratedFrom: number | null;
}

export class Actors {
  readonly #charts: Charts;
  readonly #store: Store;
  readonly #fence: Fence;
  readonly #cache = new Map<string, LiveActor>();

  constructor(charts: Charts, store: Store, fence: Fence) {
    this.#charts = charts;
    this.#store = store;
    this.#fence = fence;
  }

  /** Null where there is no such actor. */
  async load(actor: string): Promise<Loaded | null> {
    const cached = this.#cache.get(actor);
    if (cached !== undefined) return { live: cached, migratedFrom: null };
    const stored = await this.#store.load(this.#fence, actor);
    if (stored === null) return null;
    const loaded = this.#charts.revive(stored);
    if (loaded.migratedFrom === null) this.keep(loaded.live);
    return loaded;
  }

  peek(actor: string): LiveActor | undefined {
    return this.#cache.get(actor);
  }

  /** Who took a step goes to the end, so the first is the one that stood still for longest. */
  keep(live: LiveActor): void {
    this.#cache.delete(live.actor);
    this.#cache.set(live.actor, live);
    if (this.#cache.size <= CACHE_MAX) return;
    const oldest = this.#cache.keys().next().value;
    if (oldest !== undefined) this.#cache.delete(oldest);
  }
}
