/** The tables about agents from outside: visitors, messages, and what agents write down. */
import type { TableShape } from "./shape.ts";

/** An agent that took tasks by itself. */
export interface VisitorRow {
  readonly name: string;
  readonly status: string;
  readonly task_id: string | null;
  readonly run_id: string | null;
  readonly lease_until: number | null;
  readonly note: string | null;
  readonly reason: string | null;
}

export interface MessageRow {
  readonly id: string;
  readonly status: "waiting" | "claimed" | "done" | "dead";
  readonly recipient: string;
  readonly topic: string;
  readonly payload: string;
  readonly sender: string;
  readonly sent_at: number;
  readonly claims: number;
  readonly holder: string | null;
  readonly lease_until: number | null;
  readonly error: string | null;
}

export interface EntryRow {
  /** From the id, so that the words of an entry are found by the same number for ever. */
  readonly number: number;
  readonly id: string;
  readonly kind: string;
  readonly topic: string;
  readonly content: string;
  /** JSON: a list of ids. */
  readonly related_tasks: string;
  readonly confidence: number | null;
  readonly author: string;
  readonly superseded_by: string | null;
  readonly at: number;
}

export interface VisitTables {
  readonly visitors: VisitorRow;
  readonly messages: MessageRow;
  readonly context_entries: EntryRow;
}

export const VISIT_TABLES: {
  readonly [Table in keyof VisitTables]: TableShape<VisitTables[Table]>;
} = {
  visitors: {
    owner: "name",
    key: ["name"],
    columns: {
      name: "TEXT NOT NULL",
      status: "TEXT NOT NULL",
      task_id: "TEXT",
      run_id: "TEXT",
      lease_until: "INTEGER",
      note: "TEXT",
      reason: "TEXT",
    },
    indexes: ["UNIQUE INDEX visitors_one_each ON visitors (task_id) WHERE task_id IS NOT NULL"],
  },
  messages: {
    owner: "id",
    key: ["id"],
    columns: {
      id: "TEXT NOT NULL",
      status: "TEXT NOT NULL CHECK (status IN ('waiting', 'claimed', 'done', 'dead'))",
      recipient: "TEXT NOT NULL",
      topic: "TEXT NOT NULL",
      payload: "TEXT NOT NULL",
      sender: "TEXT NOT NULL",
      sent_at: "INTEGER NOT NULL",
      claims: "INTEGER NOT NULL",
      holder: "TEXT",
      lease_until: "INTEGER",
      error: "TEXT",
    },
    indexes: [
      "INDEX messages_status ON messages (status)",
      "INDEX messages_waiting ON messages (recipient, sent_at, id) WHERE status = 'waiting'",
    ],
  },
  context_entries: {
    owner: "id",
    key: ["number"],
    columns: {
      number: "INTEGER NOT NULL",
      id: "TEXT NOT NULL UNIQUE",
      kind: "TEXT NOT NULL",
      topic: "TEXT NOT NULL",
      content: "TEXT NOT NULL",
      related_tasks: "TEXT NOT NULL",
      confidence: "REAL",
      author: "TEXT NOT NULL",
      superseded_by: "TEXT",
      at: "INTEGER NOT NULL",
    },
    indexes: ["INDEX context_recent ON context_entries (kind, at) WHERE superseded_by IS NULL"],
  },
};
