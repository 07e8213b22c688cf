/**
 * Copies of the database while it is written: SQLite's own backup, on the connection that writes, so
 * that no commit makes it begin again. What is copied is looked through before anybody is told.
 */
import { closeSync, openSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import { FaultError } from "../../fault.ts";
import { explaining, orClose, refuseForeign, versionOf } from "./database.ts";
import type { Connection } from "./database.ts";
import { BESIDE } from "./swap.ts";

const OWNER_ONLY_FILE = 0o600;
/** 4 MiB at a time: events are taken between two steps. */
const STEP_PAGES = 1_000;
/** Another process that writes makes the copying begin again; after so many it is done in one go. */
const RESTARTS_MAX = 5;
/** Whatever there is by then: what was counted a step ago would leave out what has grown since. */
const ALL_PAGES = 0x7f_ff_ff_ff;
/** Problems that are looked for in a copy: one is enough. */
const PROBLEMS_MAX = 1;

/** What a copy holds: the newest row of its journal. */
export interface Copy {
  readonly seq: number;
}

/** Writes what is committed now into a file of its own. What lies there is written over. */
export async function copyInto(db: Connection, path: string): Promise<Copy> {
  for (const end of BESIDE) rmSync(`${path}${end}`, { force: true });
  // Made here, since SQLite would let others read it.
  closeSync(openSync(path, "w", OWNER_ONLY_FILE));
  let left = Infinity;
  let restarts = 0;
  await db.backup(path, {
    progress: ({ remainingPages }) => {
      // Begun again it has no fewer left than before; nor where the database grew by a step meanwhile,
      // or was busy, which are as good a reason to hurry.
      if (remainingPages >= left) restarts += 1;
      left = remainingPages;
      return restarts < RESTARTS_MAX ? STEP_PAGES : ALL_PAGES;
    },
  });
  return explaining(path, () => {
    // One file, which needs nothing beside it: it may be moved and hashed.
    const copy = new Database(path);
    orClose(copy, () => copy.pragma("journal_mode = DELETE"));
    copy.close();
    return lookThrough(path);
  });
}

/** Reads every page of a copy. Throws a fault where it is damaged, or not of this program. */
export function lookThrough(path: string): Copy {
  return explaining(path, () => {
    const copy = new Database(path, { readonly: true, fileMustExist: true });
    return orClose(copy, () => {
      refuseForeign(copy, path);
      if (versionOf(copy) === 0) throw damaged(path, "no tables");
      const rows = copy.pragma(`integrity_check(${PROBLEMS_MAX})`) as { integrity_check: string }[];
      const found = rows[0]?.integrity_check;
      if (found !== "ok") throw damaged(path, found ?? "no answer");
      const newest = copy.prepare("SELECT coalesce(max(seq), 0) AS seq FROM events").get();
      copy.close();
      return { seq: (newest as Copy).seq };
    });
  });
}

const damaged = (path: string, found: string): FaultError =>
  new FaultError({
    code: "store.copy-damaged",
    where: path,
    found: `a damaged copy: ${found}`,
    expected: "a copy that passes SQLite's integrity_check",
    next: "take another backup; wvo doctor looks at the database itself",
  });
