/** What is said of copies of the database: how one is asked for, and what is known of one made. */

export interface BackupInput {
  readonly id: string;
  /** What a person calls it; null where nobody named it. */
  readonly label: string | null;
}

/** A copy that lies on disk, whole and looked through. */
export interface Copied {
  readonly bytes: number;
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
  /** The newest journal row that it contains. */
  readonly seq: number;
  readonly atMs: number;
}

/** Found in a database that was put back: it is what this backup held, and what came of the other. */
export interface Restored {
  readonly type: "restored";
  /** The copy of what was there before; null where that could not be read. */
  readonly safetyId: string | null;
}
