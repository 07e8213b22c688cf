/**
 * The bytes of artifacts, in files that are called by their hash: what is there is whole and never
 * changes. What an artifact is and whose, the `artifacts` chart remembers.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemClock } from "../clock.ts";
import { flush } from "./flushing.ts";

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const SHA256 = /^[0-9a-f]{64}$/;
/** Files are spread over folders by the first digits of their hash. */
const FOLDER_DIGITS = 2;

const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const root = (stateRoot: string): string => join(stateRoot, "artifacts");
const pathOf = (stateRoot: string, sha256: string): string =>
  join(root(stateRoot), sha256.slice(0, FOLDER_DIGITS), sha256);

/** Writes the bytes so that they are there whole, also after a power failure; gives their hash. */
export function putArtifact(stateRoot: string, bytes: Buffer): string {
  const sha256 = hashOf(bytes);
  const path = pathOf(stateRoot, sha256);
  // A damaged file is written anew.
  if (readArtifact(stateRoot, sha256) !== null) return sha256;
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
  const draft = `${path}.${systemClock.newId()}`;
  try {
    writeFileSync(draft, bytes, { mode: OWNER_ONLY_FILE, flush: true });
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  flush(dirname(path));
  return sha256;
}

/** The bytes of this hash; null where there are none, or other ones. */
export function readArtifact(stateRoot: string, sha256: string): Buffer | null {
  const path = pathOf(stateRoot, sha256);
  if (!SHA256.test(sha256) || !existsSync(path)) return null;
  const bytes = readFileSync(path);
  return hashOf(bytes) === sha256 ? bytes : null;
}

/** Hashes of artifacts that begin like this. */
export function artifactsBeginning(stateRoot: string, begun: string): readonly string[] {
  const folders = namesIn(root(stateRoot)).filter((name) => {
    const known = begun.slice(0, FOLDER_DIGITS);
    return name.startsWith(known);
  });
  const names = folders.flatMap((name) => namesIn(join(root(stateRoot), name)));
  return names.filter((name) => SHA256.test(name) && name.startsWith(begun)).toSorted();
}

const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).toSorted() : [];
