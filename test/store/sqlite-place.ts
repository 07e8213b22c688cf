/** A database file in a folder of its own. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";
import { openReader, openStore } from "../../src/store/sqlite/store.ts";
import { emptyFolder } from "../support/workbench.ts";
import type { Place } from "./place.ts";
import { Remote } from "./remote.ts";

const PROGRAM = new URL("../fixtures/store/remote.ts", import.meta.url).pathname;

export interface SqlitePlace extends Place {
  readonly path: string;
}

export function makeSqlitePlace(folder = emptyFolder()): SqlitePlace {
  const path = join(folder, "orchestrator.db");
  return {
    path,
    deadLettersMax: 10_000,
    open: (clock) => openStore(path, clock),
    openReader: () => {
      const reader = openReader(path);
      onTestFinished(() => reader.close());
      return reader;
    },
    startRemote: () => new Remote(PROGRAM, path),
    sendQuietly: (event) => {
      const db = new Database(path);
      db.prepare(
        "INSERT INTO inbox (id, actor, body, cause) VALUES (@id, @actor, @body, @cause)",
      ).run(event);
      db.close();
    },
  };
}
