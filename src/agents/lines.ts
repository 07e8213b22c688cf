/** The lines of a run's files, and a line as JSON. What a line means is left to whoever reads it. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { chunksOf, LineSplitter } from "../processes/lines.ts";

/** Read of standard error: what a program says last is what it fails by. */
const LAST_BYTES_MAX = 64 * 1024;
const decoder = new TextDecoder();

/** The lines of a file; one with more than `bytesMax` bytes is left out. */
export function* linesOf(path: string, bytesMax: number): Generator<string> {
  const splitter = new LineSplitter(bytesMax);
  for (const chunk of chunksOf(path)) yield* splitter.push(chunk);
  yield* splitter.end();
}

/** The JSON object in a line, or null where it holds none: such a line is just output. */
export function jsonOf(line: string): unknown {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null; // a line that only begins like an object
  }
}

/** The end of a file, which may begin in the middle of a line; empty where there is none. */
export function lastWords(path: string): string {
  if (!existsSync(path)) return "";
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, LAST_BYTES_MAX));
    return decoder.decode(
      bytes.subarray(0, readSync(file, bytes, { position: size - bytes.length })),
    );
  } finally {
    closeSync(file);
  }
}
