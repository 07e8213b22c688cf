/**
 * Opens the SQLite file: the settings every promise rests on, the file's own version, and faults
 * that say what to do. What is in the tables is the business of the other files here.
 */
import { existsSync, mkdirSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { FaultError } from "../../fault.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import { finishRestore } from "./swap.ts";

export type Connection = Database.Database;

/** How long a statement waits for another connection's lock. */
const BUSY_TIMEOUT_MS = 5_000;
const CACHE_KIB = 32 * 1024;
/** Pages (4 KiB) of log before they are moved into the file: a larger log means fewer syncs. */
const CHECKPOINT_PAGES = 4_000;
/** Network file systems, by the magic number of statfs(2): a shared log over them corrupts. */
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x517b, "SMB"],
]);

/** Whether the connection is inside a commit of ours, which is when projections may change. */
export interface WriteFlag {
  writing: 0 | 1;
}

/** Lets projections change while `act` runs, and no longer. */
export function whileWriting<Result>(flag: WriteFlag, act: () => Result): Result {
  flag.writing = 1;
  try {
    return act();
  } finally {
    flag.writing = 0;
  }
}

/** Opens for writing: creates the file and brings its schema forward. */
export function openForWriting(path: string): { db: Connection; flag: WriteFlag } {
  return explaining(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    refuseNetwork(path);
    finishRestore(path);
    const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    const flag: WriteFlag = { writing: 0 };
    return orClose(db, () => {
      db.function("wvo_writing", () => flag.writing);
      refuseForeign(db, path);
      db.pragma("journal_mode = WAL");
      db.pragma("synchronous = FULL");
      db.pragma("foreign_keys = ON");
      // Without it INSERT OR REPLACE would take rows out of the journal past its triggers.
      db.pragma("recursive_triggers = ON");
      db.pragma(`cache_size = -${CACHE_KIB}`);
      db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      migrate(db);
      return { db, flag };
    });
  });
}

/** Opens for reading, also while another process writes. */
export function openForReading(path: string): Connection {
  explaining(path, () => finishRestore(path));
  if (!existsSync(path)) throw missing(path, "no database");
  return explaining(path, () => {
    const db = new Database(path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
    return orClose(db, () => {
      refuseForeign(db, path);
      if (versionOf(db) === MIGRATIONS.length) return db;
      const found = `schema version ${versionOf(db)}; this is version ${MIGRATIONS.length}`;
      throw missing(path, found);
    });
  });
}

/** Closes the connection where it cannot be used. */
export function orClose<Result>(db: Connection, use: () => Result): Result {
  try {
    return use();
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** A reader makes nothing and brings nothing forward. */
const missing = (path: string, found: string): FaultError =>
  new FaultError({
    code: "store.missing",
    kind: "notFound",
    where: path,
    found,
    expected: "the database of this workspace",
    next: "wvo init or wvo run makes it, and brings an older one forward",
  });

function migrate(db: Connection): void {
  const bring = db.transaction(() => {
    const from = versionOf(db);
    MIGRATIONS.slice(from).forEach((sql) => db.exec(sql));
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  if (versionOf(db) < MIGRATIONS.length) bring.immediate();
}

export const versionOf = (db: Connection): number =>
  Number(db.pragma("user_version", { simple: true }));

export function refuseForeign(db: Connection, path: string): void {
  // In this order: another process may make the database between the two questions.
  const tables = db.prepare("SELECT count(*) AS n FROM sqlite_schema").get() as { n: number };
  const application = Number(db.pragma("application_id", { simple: true }));
  if (tables.n > 0 && application !== APPLICATION_ID) {
    throw new FaultError({
      code: "store.foreign",
      where: path,
      found: "an SQLite file of another program",
      expected: "a WeatherVane database",
      next: "name another state root with WVO_STATE_ROOT",
    });
  }
  if (versionOf(db) > MIGRATIONS.length) {
    throw new FaultError({
      code: "store.newer",
      where: path,
      found: `schema version ${versionOf(db)}, written by a newer WeatherVane`,
      expected: `version ${MIGRATIONS.length} or older`,
      next: "run the newer wvo, or restore a backup made before the upgrade",
    });
  }
}

function refuseNetwork(path: string): void {
  const name = NETWORK_FILE_SYSTEMS.get(statfsSync(dirname(path)).type);
  if (name === undefined) return;
  throw new FaultError({
    code: "store.network",
    where: path,
    found: `a network file system (${name}), on which SQLite's log corrupts`,
    expected: "a local disk",
    next: "set WVO_STATE_ROOT to a folder on a local disk",
  });
}

/** What the system says where SQLite was not asked yet: while the folder is made. */
const SYSTEM_CODES = new Map([
  ["EACCES", "SQLITE_READONLY"],
  ["EROFS", "SQLITE_READONLY"],
  ["EPERM", "SQLITE_READONLY"],
  ["EEXIST", "SQLITE_CANTOPEN"],
  ["ENOTDIR", "SQLITE_CANTOPEN"],
  ["ENOENT", "SQLITE_CANTOPEN"],
  ["ENOSPC", "SQLITE_FULL"],
  ["EDQUOT", "SQLITE_FULL"],
]);

interface SqliteTrouble {
  readonly code: string;
  readonly found: string;
  readonly next: string;
  readonly retriable?: boolean;
}

function troubleOf(sqliteCode: string): SqliteTrouble | null {
  if (sqliteCode.startsWith("SQLITE_FULL")) {
    return {
      code: "store.full",
      found: "no space left",
      next: "free disk space, then start again",
    };
  }
  if (sqliteCode.startsWith("SQLITE_IOERR")) {
    const next = "check the disk (df, dmesg), then start again; nothing half-written is kept";
    return { code: "store.io", found: `a failing disk (${sqliteCode})`, next };
  }
  if (sqliteCode.startsWith("SQLITE_READONLY") || sqliteCode.startsWith("SQLITE_CANTOPEN")) {
    const next = "make the file and its folder writable, or set WVO_STATE_ROOT";
    return { code: "store.read-only", found: "a file or folder that cannot be written", next };
  }
  if (sqliteCode.startsWith("SQLITE_CORRUPT") || sqliteCode === "SQLITE_NOTADB") {
    const next = "keep the file, restore a backup, or move it away and import the roadmap again";
    return { code: "store.corrupt", found: "a damaged database", next };
  }
  if (sqliteCode.startsWith("SQLITE_BUSY") || sqliteCode.startsWith("SQLITE_LOCKED")) {
    const next = "wait for the other program, or end it, and try again";
    return { code: "store.busy", found: "a lock held by another program", next, retriable: true };
  }
  return null;
}

/** Runs something on the database and turns SQLite's errors into faults with a way forward. */
export function explaining<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (thrown) {
    const sqliteCode = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    const trouble = troubleOf(SYSTEM_CODES.get(sqliteCode) ?? sqliteCode);
    if (trouble === null) throw thrown;
    const expected = "a WeatherVane database that can be read and written";
    throw new FaultError({ ...trouble, where: path, expected, cause: thrown });
  }
}

/** The same methods, each of them explaining its errors. */
export function explainingAll<Methods extends object>(path: string, methods: Methods): Methods {
  const explained = Object.entries(methods).map(([name, method]) => {
    const call = method as (...args: unknown[]) => unknown;
    return [name, (...args: unknown[]) => explaining(path, () => call(...args))];
  });
  return Object.fromEntries(explained) as Methods;
}
