/**
 * Files that their owner may not read: an agent can leave such, and git would fail on them, or
 * worse, pass them over. Here they are opened to us; what git then does is none of this file's.
 */
import { chmodSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

const ENTRIES_MAX = 2_000_000;
const OWNER_READS = 0o400;
const OWNER_ENTERS = 0o700;

/** Runs work on a folder; where that met a closed file, opens them all and runs it once more. */
export async function withAccess<Result>(
  folder: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    if (!String(thrown).includes("Permission denied") || !openUp(folder)) throw thrown;
    return work();
  }
}

/** Lets the owner read every file and enter every folder; true where anything was closed. */
export function openUp(folder: string): boolean {
  const waiting = [folder];
  let count = 0;
  let wasClosed = false;
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const found = lstatSync(path);
    if (found.isSymbolicLink()) continue; // its target may lie outside
    const needed = found.isDirectory() ? OWNER_ENTERS : OWNER_READS;
    if ((found.mode & needed) !== needed) {
      chmodSync(path, (found.mode & 0o7777) | needed);
      wasClosed = true;
    }
    if (!found.isDirectory() || (count += 1) > ENTRIES_MAX) continue;
    for (const name of readdirSync(path)) waiting.push(join(path, name));
  }
  return wasClosed;
}
