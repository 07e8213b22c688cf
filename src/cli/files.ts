/** Files that a command makes for a person: where that cannot be done, it says so. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { FaultError, faultData } from "../fault.ts";

/** Writes a text, and makes the folders that it lies in. */
export function writeText(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (cause) {
    throw new FaultError({
      code: "cli.unwritable",
      where: path,
      found: faultData(cause).message,
      expected: "a file that can be written",
      next: "make it and its folder writable, or name another place",
      cause,
    });
  }
}
