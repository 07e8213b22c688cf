/**
 * What a restore does before the databases change places: the backup is looked through, copied
 * beside the present database, and told what it must know. And what would be lost by it.
 */
import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import type { Clock } from "../../clock.ts";
import { flush } from "../flushing.ts";
import type { Store } from "../port.ts";
import { lookThrough } from "./copy.ts";
import { explaining, orClose } from "./database.ts";
import { openStore } from "./store.ts";
import { BESIDE, stagedBeside } from "./swap.ts";

const OWNER_ONLY_FILE = 0o600;
/** Actors that are named of those that would be lost or be as they were. */
const ACTORS_MAX = 1_000;

export interface Staging {
  /** The file of the backup. */
  readonly from: string;
  readonly clock: Clock;
  /** Says to the database that is put back what happened to it. */
  readonly prepare: (store: Store) => Promise<void>;
}

/** The next one to open the database finds the staged one, whole or not at all. */
export async function stage(path: string, { from, clock, prepare }: Staging): Promise<void> {
  const draft = `${stagedBeside(path)}-draft`;
  const remove = (): void => {
    for (const end of ["", "-bell", ...BESIDE]) rmSync(`${draft}${end}`, { force: true });
  };
  remove();
  try {
    copyFileSync(from, draft);
    chmodSync(draft, OWNER_ONLY_FILE);
    // An older one is brought forward here.
    const store = openStore(draft, clock);
    try {
      await prepare(store);
    } finally {
      await store.close();
    }
    settle(draft);
    lookThrough(draft);
    flush(draft);
    renameSync(draft, stagedBeside(path));
    flush(dirname(path));
  } finally {
    remove();
  }
}

/** One file again, which needs nothing beside it. */
function settle(path: string): void {
  explaining(path, () => {
    const db = new Database(path);
    orClose(db, () => db.pragma("journal_mode = DELETE"));
    db.close();
  });
}

/** What the present journal has and a backup has not. */
export interface Loss {
  readonly events: number;
  /** Actors of these events whose names begin so, at most ACTORS_MAX. */
  readonly actors: readonly string[];
}

export function lossOf(path: string, backup: string, prefix: string): Loss {
  return explaining(path, () => {
    const db = new Database(path, { readonly: true });
    return orClose(db, () => {
      db.prepare("ATTACH ? AS kept").run(backup);
      const lost = `FROM main.events AS now WHERE NOT EXISTS (
        SELECT 1 FROM kept.events AS was WHERE was.seq = now.seq AND was.actor = now.actor
          AND was.version = now.version AND was.at = now.at AND was.to_state = now.to_state)`;
      const count = db.prepare(`SELECT count(*) AS events ${lost}`).get() as { events: number };
      const named = db.prepare<[string, number], { actor: string }>(
        `SELECT DISTINCT actor ${lost} AND now.actor GLOB ? || '*' ORDER BY actor LIMIT ?`,
      );
      const actors = named.all(prefix, ACTORS_MAX).map(({ actor }) => actor);
      db.close();
      return { events: count.events, actors };
    });
  });
}

/** Puts the files of a database that cannot be read aside as they are: nobody may have it open. */
export function copyAsIs(path: string, target: string): void {
  for (const end of ["", ...BESIDE]) {
    if (!existsSync(`${path}${end}`)) continue;
    copyFileSync(`${path}${end}`, `${target}${end}`);
    chmodSync(`${target}${end}`, OWNER_ONLY_FILE);
    flush(`${target}${end}`);
  }
}

/** True until the staged database has taken its place. */
export const isStaged = (path: string): boolean => existsSync(stagedBeside(path));
