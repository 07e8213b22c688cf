/** Puts a file or the names in a folder on the disk, so that they outlast a power failure. */
import { closeSync, fsyncSync, openSync } from "node:fs";

export function flush(path: string): void {
  const opened = openSync(path, "r");
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
