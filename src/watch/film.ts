/**
 * The journal as a film of inspection frames: first everybody who plays, then every row, and then
 * what happens from now on. It only reads.
 *
 * F1 No frame of an actor comes before its definition, wherever the film begins.
 * F2 A row is told once, and rows in the order of the journal.
 */
import type { Charts } from "../host/charts.ts";
import type { LiveActor } from "../host/kernel.ts";
import type { JournalRow, StoreReader } from "../store/port.ts";
import { definitionOf } from "./definition.ts";
import { actorFrame } from "./frame.ts";
import type { ActorFrame, Frame, Place } from "./frame.ts";
import { rowsAfter, rowsFollowed } from "./rows.ts";
import type { Follow } from "./rows.ts";
import { Stage } from "./stage.ts";
import { effectFrame, framesOf, journalSnapshot, snapshotOf } from "./telling.ts";

export interface FilmSetting {
  readonly store: StoreReader;
  readonly charts: Charts;
  /** Tells the rows after this number; those before are in the definitions. 0 tells all. */
  readonly after: number;
  /** Goes on where the journal ends; without it the film ends there. */
  readonly follow?: Follow;
}

/** The whole film. Whoever reads it slowly is read to slowly: it keeps no frames. */
export async function* film(setting: FilmSetting): AsyncGenerator<Frame> {
  const { store, after, follow } = setting;
  const stage = new Stage(store, setting.charts);
  const cast = new Cast(setting, stage);
  yield* cast.before();
  yield* cast.after();
  const rows = follow === undefined ? rowsAfter(store, after) : rowsFollowed(store, after, follow);
  for await (const row of rows) {
    const scene = await stage.take(row);
    if (!cast.has(row.actor)) yield cast.introduce(row, scene.live);
    yield* framesOf(scene, { rootId: cast.rootOf(row.actor), sourceId: cast.sourceOf(row) });
  }
}

/** Everybody who has been introduced, with the first of those who started each other. */
class Cast {
  readonly #setting: FilmSetting;
  readonly #stage: Stage;
  readonly #roots = new Map<string, string>();

  constructor(setting: FilmSetting, stage: Stage) {
    this.#setting = setting;
    this.#stage = stage;
  }

  has(actor: string): boolean {
    return this.#roots.has(actor);
  }

  rootOf(actor: string): string {
    return this.#roots.get(actor) ?? actor;
  }

  /** The actor whose step this row follows from. */
  sourceOf({ cause }: JournalRow): string | undefined {
    const [, source = ""] = STEP.exec(cause ?? "") ?? [];
    return this.has(source) ? source : undefined;
  }

  /** Those who began before the film does, as they stand then, with the effects under way. */
  async *before(): AsyncGenerator<Frame> {
    const { store, after } = this.#setting;
    const last = new Map<string, JournalRow>();
    const causes = new Map<string, string | null>();
    for await (const row of after > 0 ? rowsAfter(store, 0) : []) {
      if (row.seq > after) break;
      if (row.version === 1) causes.set(row.actor, row.cause);
      last.set(row.actor, row);
    }
    for (const [actor, row] of last) {
      const live = await this.#stage.at(actor, row.version);
      yield this.introduce({ ...row, cause: causes.get(actor) ?? null }, live);
      const place = this.#placeOf(row);
      yield* [...(live?.children ?? [])].map(([child, id]) => effectFrame(place, { id, child }));
    }
  }

  /** Those who began later and are known today, as they began: late readers need them at once. */
  async *after(): AsyncGenerator<Frame> {
    const { store, after } = this.#setting;
    for await (const row of rowsAfter(store, after)) {
      if (row.version > 1) continue;
      const { live } = await this.#stage.take(row);
      yield this.introduce(row, live);
    }
  }

  introduce(row: JournalRow, live: LiveActor | null): ActorFrame {
    const { actor } = row;
    const parentId = this.sourceOf(row);
    this.#roots.set(actor, parentId === undefined ? actor : this.rootOf(parentId));
    const definition = definitionOf(this.#setting.charts, actor);
    const snapshot = live === null ? journalSnapshot(row) : snapshotOf(live);
    return actorFrame(this.#placeOf(row), { name: actor, parentId, definition, snapshot });
  }

  #placeOf({ actor, seq, atMs }: JournalRow): Place {
    return { sessionId: actor, rootId: this.rootOf(actor), seq, atMs };
  }
}

/** A step's name, as in the journal's cause: `task:T-1@4`. */
const STEP = /^(.+)@\d+$/;
