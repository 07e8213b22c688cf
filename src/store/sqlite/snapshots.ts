/**
 * Snapshots: where every actor stands, one row an actor.
 *
 * S1 A head kept in memory is the one on disk: only the owner writes, and a commit that fails, or
 *    a new term, forgets them all.
 */
import type { Step, Stored } from "../port.ts";
import type { Connection } from "./database.ts";

interface SnapshotRow {
  readonly actor: string;
  readonly chart: string;
  readonly chart_version: number;
  readonly version: number;
  readonly saved_at: number;
  readonly body: string;
}

/** How far an actor has come: its row, its version and the journal's row of that step. */
export interface Head {
  /** 0 where the actor does not exist yet. */
  readonly row: number;
  readonly version: number;
  readonly lastEvent: number;
}
const NOWHERE: Head = { row: 0, version: 0, lastEvent: 0 };
/** Heads kept in memory, at about 100 bytes each. */
const HEADS_MAX = 20_000;

export function openSnapshots(db: Connection) {
  const heads = new Map<string, Head>();
  const one = db.prepare<[string], SnapshotRow>("SELECT * FROM snapshots WHERE actor = ?");
  const head = db.prepare<[string], Head>(
    "SELECT id AS row, version, last_event AS lastEvent FROM snapshots WHERE actor = ?",
  );
  const insert = db.prepare(
    `INSERT INTO snapshots (actor, chart, chart_version, version, saved_at, last_event, body)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare(
    `UPDATE snapshots
     SET chart_version = ?, version = ?, saved_at = ?, last_event = ?, body = ? WHERE id = ?`,
  );
  const after = db.prepare<[string, number], SnapshotRow>(
    "SELECT * FROM snapshots WHERE actor > ? ORDER BY actor LIMIT ?",
  );
  return {
    read: (actor: string): Stored | null => {
      const row = one.get(actor);
      return row ? stored(row) : null;
    },
    headOf: (actor: string): Head => heads.get(actor) ?? head.get(actor) ?? NOWHERE,
    save(step: Step, { row }: Head, lastEvent: number): void {
      const { actor, chart, chartVersion, atMs, snapshot } = step;
      const version = step.expect + 1;
      if (row > 0) update.run(chartVersion, version, atMs, lastEvent, snapshot, row);
      const id =
        row > 0
          ? row
          : insert.run(actor, chart, chartVersion, version, atMs, lastEvent, snapshot)
              .lastInsertRowid;
      if (heads.size >= HEADS_MAX) heads.clear();
      heads.set(actor, { row: Number(id), version, lastEvent });
    },
    forgetHeads: (): void => heads.clear(),
    list: (name: string, limit: number): readonly Stored[] => after.all(name, limit).map(stored),
  };
}
export type Snapshots = ReturnType<typeof openSnapshots>;

function stored({ actor, chart, chart_version, version, saved_at, body }: SnapshotRow): Stored {
  return {
    actor,
    chart,
    chartVersion: chart_version,
    version,
    savedAtMs: saved_at,
    snapshot: body,
  };
}
