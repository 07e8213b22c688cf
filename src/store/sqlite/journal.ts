/**
 * The journal: one row a transition, append-only. Its unique key is also the record that answers a
 * repeated event (P1).
 */
import type { Fate, JournalQuery, JournalRow, Step } from "../port.ts";
import type { Connection } from "./database.ts";

interface EventRow {
  readonly seq: number;
  readonly actor: string;
  readonly version: number;
  readonly event_key: string | null;
  readonly cause: string | null;
  readonly at: number;
  readonly from_state: string;
  readonly to_state: string;
  readonly happening: string;
}

export function openJournal(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO events
       (previous, actor, version, event_key, cause, at, from_state, to_state, happening)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (event_key) WHERE event_key IS NOT NULL DO NOTHING`,
  );
  // Most events have no key: without one there is nothing to collide with, and it is cheaper.
  const insertKeyless = db.prepare(
    `INSERT INTO events (previous, actor, version, cause, at, from_state, to_state, happening)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byKey = db.prepare<[string], EventRow>("SELECT * FROM events WHERE event_key = ?");
  const all = db.prepare<[number, number], EventRow>(
    "SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
  );
  const ofActor = db.prepare<[string, number, number], EventRow>(
    `WITH RECURSIVE chain (seq, depth) AS (
       SELECT last_event, 0 FROM snapshots WHERE actor = ?
       UNION ALL
       SELECT previous, depth + 1 FROM chain JOIN events USING (seq) WHERE previous > 0
     )
     SELECT events.* FROM chain JOIN events USING (seq)
     WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  return {
    /** The new row's number, or null where the key is known already: then nothing was written. */
    add(step: Step, previous: number): number | null {
      const { actor, expect, key, cause, atMs, fromState, toState, happening } = step;
      const version = expect + 1;
      const { changes, lastInsertRowid } =
        key === null
          ? insertKeyless.run(previous, actor, version, cause, atMs, fromState, toState, happening)
          : insert.run(previous, actor, version, key, cause, atMs, fromState, toState, happening);
      return changes === 1 ? Number(lastInsertRowid) : null;
    },
    find(key: string): Extract<Fate, { kind: "taken" }> | null {
      const row = byKey.get(key);
      if (row === undefined) return null;
      const { actor, version, to_state: toState, cause } = row;
      return { kind: "taken", actor, version, toState, cause };
    },
    read({ actor, after = 0, limit }: JournalQuery): readonly JournalRow[] {
      const rows = actor === undefined ? all.all(after, limit) : ofActor.all(actor, after, limit);
      return rows.map(journalRow);
    },
  };
}
export type Journal = ReturnType<typeof openJournal>;

function journalRow(row: EventRow): JournalRow {
  const { seq, actor, version, cause, happening } = row;
  const [key, atMs, fromState, toState] = [row.event_key, row.at, row.from_state, row.to_state];
  return { seq, actor, version, key, cause, atMs, fromState, toState, happening };
}
