/**
 * What a life is born with: plain JSON, since it goes to another process; and what it writes down
 * for the one after it, besides the database.
 */
import { join } from "node:path";
import type { Happening } from "../../src/host/record.ts";
import type { Breakage } from "./breakages.ts";
import type { Ending } from "./cues.ts";
import type { Kill } from "./killing.ts";

/** One thing of a script, under the key by which the journal knows it. */
export interface Cued {
  readonly actor: string;
  readonly key: string;
  readonly atMs: number;
  readonly happening: Happening;
}

export interface Birth {
  readonly folder: string;
  /** The charts' names and files. */
  readonly charts: readonly { readonly name: string; readonly file: string }[];
  readonly script: readonly Cued[];
  /** How the effects end that the script names, by their ids. */
  readonly plans: Readonly<Record<string, Ending>>;
  readonly kill: Kill | null;
  readonly breakage: Breakage | null;
}

/** The keys of the calls that were answered. */
export const answersPath = ({ folder }: Birth): string => join(folder, "answered.log");
/** One line for every time a handler was entered: the effect's id and its kind. */
export const startsPath = (folder: string): string => join(folder, "started.log");
