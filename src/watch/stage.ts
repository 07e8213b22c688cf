/**
 * The actors as they stood when a row of the journal was written: each row is taken again by its
 * chart. Where today's chart does not come to what the journal says, the journal is right.
 */
import { stateOf } from "../host/answer.ts";
import type { Charts } from "../host/charts.ts";
import { NO_REQUESTS } from "../host/kernel.ts";
import type { LiveActor, Requests } from "../host/kernel.ts";
import type { Happening } from "../host/record.ts";
import { replay, retake } from "../host/replay.ts";
import type { Retaken } from "../host/replay.ts";
import type { JournalRow, StoreReader } from "../store/port.ts";

/** Actors kept in memory, at about 5 kB each; the others are replayed when their turn comes. */
const ACTORS_MAX = 2_000;

/** One row of the journal, and the actor after it. */
export interface Scene {
  readonly row: JournalRow;
  readonly happening: Happening;
  /** Null where the chart of today does not come to the state that the journal names. */
  readonly live: LiveActor | null;
  readonly requests: Requests;
}

export class Stage {
  readonly #store: StoreReader;
  readonly #charts: Charts;
  readonly #actorsMax: number;
  readonly #actors = new Map<string, LiveActor>();

  constructor(store: StoreReader, charts: Charts, actorsMax = ACTORS_MAX) {
    this.#store = store;
    this.#charts = charts;
    this.#actorsMax = actorsMax;
  }

  /** The rows of one actor must come in their order. */
  async take(row: JournalRow): Promise<Scene> {
    const before = row.version === 1 ? null : await this.at(row.actor, row.version - 1);
    const retaken = orNull(() => retake(this.#charts, before, row));
    const next = retaken?.live ?? before;
    // The version counts on in any case, so that the rows after a strange one are found again.
    if (next !== null) this.#keep({ ...next, version: row.version });
    const happening = JSON.parse(row.happening) as Happening;
    return { row, happening, ...(isFaithful(retaken, row) ? retaken : UNKNOWN) };
  }

  /** An actor after its step number `version`; null where that cannot be said. */
  async at(actor: string, version: number): Promise<LiveActor | null> {
    const kept = this.#actors.get(actor);
    if (kept?.version === version) return kept;
    try {
      const live = (await this.#asStored(actor, version)) ?? (await this.#replayed(actor, version));
      if (live !== null) this.#keep(live);
      return live;
    } catch {
      return null; // Its chart is not known here, or is another one today.
    }
  }

  /** An actor that has not moved on since need not be replayed. */
  async #asStored(actor: string, version: number): Promise<LiveActor | null> {
    const stored = await this.#store.read(actor);
    const { chart } = this.#charts.of(actor);
    if (stored?.version !== version || stored.chartVersion !== chart.version) return null;
    return this.#charts.revive(stored).live;
  }

  #replayed(actor: string, until: number): Promise<LiveActor | null> {
    return replay(this.#store, this.#charts, { actor, until });
  }

  /** The newest goes to the end, so the first is the one unused for longest. */
  #keep(live: LiveActor): void {
    this.#actors.delete(live.actor);
    this.#actors.set(live.actor, live);
    if (this.#actors.size <= this.#actorsMax) return;
    const [oldest] = this.#actors.keys();
    if (oldest !== undefined) this.#actors.delete(oldest);
  }
}

const UNKNOWN = { live: null, requests: NO_REQUESTS };

const isFaithful = (retaken: Retaken | null, row: JournalRow): retaken is Retaken =>
  retaken?.live.version === row.version && stateOf(retaken.live) === row.toState;

/** A chart that throws on a row of the past was another one then. */
function orNull<Result>(act: () => Result): Result | null {
  try {
    return act();
  } catch {
    return null;
  }
}
