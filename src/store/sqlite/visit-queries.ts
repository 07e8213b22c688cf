/** The questions about visitors, messages and what agents wrote down, asked in SQL. */
import type { EntryRow, MessageRow, VisitorRow } from "../views/visit-tables.ts";
import type { Views } from "../views/views.ts";
import type { Connection } from "./database.ts";

type Question =
  | ("visitors" | "message" | "messagesFor" | "countMessages")
  | ("entry" | "entriesSince" | "searchEntries");

export function openVisitQueries(db: Connection): Pick<Views, Question> {
  return { ...openMessages(db), ...openEntries(db) };
}

function openMessages(db: Connection) {
  const visitors = db.prepare<[], VisitorRow>("SELECT * FROM visitors ORDER BY name");
  const message = db.prepare<[string], MessageRow>("SELECT * FROM messages WHERE id = ?");
  const waiting = db.prepare<[string, number], MessageRow>(
    `SELECT * FROM messages WHERE status = 'waiting' AND recipient IN (?, '*')
     ORDER BY sent_at, id LIMIT ?`,
  );
  const counts = db.prepare<[], { status: MessageRow["status"]; n: number }>(
    "SELECT status, count(*) AS n FROM messages GROUP BY status",
  );
  return {
    visitors: () => visitors.all(),
    message: (id: string) => message.get(id) ?? null,
    messagesFor: (recipient: string, limit: number) => waiting.all(recipient, limit),
    countMessages: () => {
      const found = Object.fromEntries(counts.all().map(({ status, n }) => [status, n]));
      return { waiting: 0, claimed: 0, done: 0, dead: 0, ...found };
    },
  };
}

function openEntries(db: Connection) {
  const entry = db.prepare<[string], EntryRow>("SELECT * FROM context_entries WHERE id = ?");
  const since = db.prepare<[string, number, number], EntryRow>(
    `SELECT * FROM context_entries WHERE superseded_by IS NULL AND kind = ? AND at >= ?
     ORDER BY at DESC, number LIMIT ?`,
  );
  const search = db.prepare<[string, string | null, string | null, number], EntryRow>(
    `SELECT context_entries.* FROM context_words
     JOIN context_entries ON context_entries.number = context_words.rowid
     WHERE context_words MATCH ? AND superseded_by IS NULL AND (? IS NULL OR kind = ?)
     ORDER BY bm25(context_words), at DESC LIMIT ?`,
  );
  return {
    entry: (id: string) => entry.get(id) ?? null,
    entriesSince: (kind: string, sinceMs: number, limit: number) => since.all(kind, sinceMs, limit),
    searchEntries: (words: readonly string[], kind: string | null, limit: number) =>
      words.length === 0 ? [] : search.all(words.map(quoted).join(" OR "), kind, kind, limit),
  };
}

/** A word as a string of the query language, in which it means nothing but itself. */
const quoted = (word: string): string => `"${word.replaceAll('"', '""')}"`;
