/** What a check leaves behind: a file that says what was run on what and how it ended, hashed. */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, fstatSync, mkdirSync, openSync, readSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Evidence {
  readonly path: string;
  readonly sha256: string;
}

/** Writes a piece of evidence; the hash covers the file, which holds the hashes of the outputs. */
export function writeEvidence(path: string, facts: object): Evidence {
  const text = `${JSON.stringify(facts, null, 2)}\n`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return { path, sha256: createHash("sha256").update(text).digest("hex") };
}

/** The hash of a file of any size. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** The end of a text file; the beginning of a long one is left out. */
export function tailOf(path: string, bytesMax: number): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const length = Math.min(size, bytesMax);
    const buffer = Buffer.alloc(length);
    readSync(file, buffer, 0, length, size - length);
    const text = buffer.toString("utf8");
    return size > bytesMax ? `…${text.slice(text.indexOf("\n") + 1)}` : text;
  } finally {
    closeSync(file);
  }
}
