/**
 * The tables behind the store, as SQL. A change here needs a new entry in MIGRATIONS: databases
 * out there are brought forward step by step, and one that is newer is refused.
 */
import { TABLES } from "../views/shapes.ts";
import type { TableName } from "../views/tables.ts";

/** Marks a file as ours (`PRAGMA application_id`): "WVAN" in ASCII. */
export const APPLICATION_ID = 0x5756414e;

const CORE = `
CREATE TABLE owner (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  name TEXT,
  process TEXT
) STRICT;
INSERT INTO owner (id, epoch) VALUES (1, 0);

CREATE TABLE charts (
  chart TEXT PRIMARY KEY,
  chart_version INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY,
  actor TEXT NOT NULL UNIQUE,
  chart TEXT NOT NULL,
  chart_version INTEGER NOT NULL,
  version INTEGER NOT NULL,
  saved_at INTEGER NOT NULL,
  last_event INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- An actor's rows are a list: its snapshot names the last one, every row the one before. An index
-- on the actor would touch a page of its own for every row and triple the cost of a commit.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  previous INTEGER NOT NULL,
  actor TEXT NOT NULL,
  version INTEGER NOT NULL,
  event_key TEXT,
  cause TEXT,
  at INTEGER NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  happening TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_key ON events (event_key) WHERE event_key IS NOT NULL;
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;

CREATE TABLE inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  actor TEXT NOT NULL,
  body TEXT NOT NULL,
  cause TEXT
) STRICT;

CREATE TABLE timers (
  actor TEXT NOT NULL,
  name TEXT NOT NULL,
  set_by INTEGER NOT NULL,
  due INTEGER NOT NULL,
  PRIMARY KEY (actor, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due);

CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  token INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  worker TEXT,
  until INTEGER
) STRICT;
CREATE INDEX outbox_kind ON outbox (kind);

CREATE TABLE dead_letters (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  actor TEXT NOT NULL,
  body TEXT NOT NULL,
  cause TEXT,
  why TEXT NOT NULL,
  detail TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letters_id ON dead_letters (id);
`;

/** What came after the first version: databases get it by the second step and by the third. */
const SECOND_TABLES: readonly string[] = [
  "provider_windows",
  "visitors",
  "messages",
  "context_entries",
  "budgets",
  "reservations",
  "receipts",
];
const THIRD_TABLES: readonly string[] = ["coordinators"];
const ADDED_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  tasks: ["spent_tokens", "spent_micro_usd"],
  providers: ["level"],
};

const valueFor = (type: string): string => (type.includes("NOT NULL") ? " DEFAULT 0" : "");
const isFirst = (table: TableName): boolean => ![...SECOND_TABLES, ...THIRD_TABLES].includes(table);

/** Nothing was counted before, and of what may be unknown nothing is known. */
function addedColumns(table: TableName): readonly string[] {
  const columns = Object.entries(TABLES[table].columns);
  return columns
    .filter(([name]) => ADDED_COLUMNS[table]?.includes(name) === true)
    .map(([name, type]) => `ALTER TABLE ${table} ADD COLUMN "${name}" ${type}${valueFor(type)};`);
}

/** A projection is written by the host alone: `wvo_writing()` exists in its connection only. */
function viewSql(table: TableName): string {
  const { columns, key, indexes } = TABLES[table];
  const lines = Object.entries(columns)
    .filter(([name]) => ADDED_COLUMNS[table]?.includes(name) !== true)
    .map(([name, type]) => `  "${name}" ${type}`);
  const guards = ["INSERT", "UPDATE", "DELETE"].map(
    (verb) => `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table}
  WHEN wvo_writing() = 0
  BEGIN SELECT RAISE(ABORT, '${table} is a projection; send an event to the actor instead'); END;`,
  );
  return [
    `CREATE TABLE ${table} (\n${lines.join(",\n")},\n  PRIMARY KEY (${key.join(", ")})\n) STRICT;`,
    ...indexes.map((index) => `CREATE ${index};`),
    ...guards,
  ].join("\n");
}

/**
 * The words of what agents wrote down. It takes its text from `context_entries`, by a number that
 * follows from the entry's id, so that no rewriting of the file can make it point elsewhere.
 */
const WORDS = `
CREATE VIRTUAL TABLE context_words USING fts5 (
  topic, content, content = 'context_entries', content_rowid = 'number', tokenize = 'porter'
);
CREATE TRIGGER context_entries_words_in AFTER INSERT ON context_entries BEGIN
  INSERT INTO context_words (rowid, topic, content) VALUES (new.number, new.topic, new.content);
END;
CREATE TRIGGER context_entries_words_out AFTER DELETE ON context_entries BEGIN
  INSERT INTO context_words (context_words, rowid, topic, content)
  VALUES ('delete', old.number, old.topic, old.content);
END;
`;

const names = Object.keys(TABLES) as TableName[];
/** The step from version i to version i + 1, in order. */
export const MIGRATIONS: readonly string[] = [
  [CORE, ...names.filter(isFirst).map(viewSql)].join("\n"),
  [
    ...names.flatMap(addedColumns),
    ...names.filter((table) => SECOND_TABLES.includes(table)).map(viewSql),
    WORDS,
  ].join("\n"),
  names
    .filter((table) => THIRD_TABLES.includes(table))
    .map(viewSql)
    .join("\n"),
];
