/** Dead letters: events that no chart could take, kept for people, the oldest dropped in the end. */
import type { DeadLetter, Fate } from "../port.ts";
import type { Connection } from "./database.ts";

/** More are not kept: by then the first thousand have told the story. */
const DEAD_LETTERS_MAX = 10_000;

interface DeadRow {
  readonly id: string;
  readonly actor: string;
  readonly body: string;
  readonly cause: string | null;
  readonly why: DeadLetter["why"];
  readonly detail: string;
  readonly at: number;
}

export function openDeadLetters(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO dead_letters (id, actor, body, cause, why, detail, at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const trim = db.prepare(
    `DELETE FROM dead_letters WHERE seq <= (SELECT max(seq) FROM dead_letters) - ?`,
  );
  const newest = db.prepare<[number], DeadRow>(
    "SELECT * FROM dead_letters ORDER BY seq DESC LIMIT ?",
  );
  const byId = db.prepare<[string], DeadRow>(
    "SELECT * FROM dead_letters WHERE id = ? ORDER BY seq DESC LIMIT 1",
  );
  return {
    add({ envelope: { id, actor, body, cause }, why, detail, atMs }: DeadLetter): void {
      insert.run(id, actor, body, cause, why, detail, atMs);
      trim.run(DEAD_LETTERS_MAX);
    },
    find(id: string): Extract<Fate, { kind: "dead" }> | null {
      const row = byId.get(id);
      return row ? { kind: "dead", why: row.why, detail: row.detail } : null;
    },
    newest: (limit: number): readonly DeadLetter[] =>
      newest.all(limit).map(({ id, actor, body, cause, why, detail, at }) => ({
        envelope: { id, actor, body, cause },
        why,
        detail,
        atMs: at,
      })),
  };
}
export type DeadLetters = ReturnType<typeof openDeadLetters>;
