/**
 * The pieces that the end of an output stream lies in while it is written, and making one file of
 * them afterwards. How they are written is left to `kept-output.ts`.
 *
 * O1 What is kept is whole lines, but for a beginning that is one line, and one line says how much
 *    is missing, which no reader takes for an event.
 * O2 Settling may be killed anywhere and done again by anybody: the file is then the same.
 */
import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { chunksOf } from "./lines.ts";
import { OWNER_ONLY_FILE } from "./run-folder.ts";

const NEWLINE = 10;

/** A part of the stream as it lies on disk. */
export interface Piece {
  readonly path: string;
  /** How much of the stream comes before it. */
  readonly offset: number;
}

/** Where a piece lies, by its place in the stream. */
export const pieceAt = (path: string, offset: number): string => `${path}.from-${offset}`;

/** The pieces of the end that are there, in their order. */
export function piecesOf(path: string): readonly Piece[] {
  const prefix = `${basename(path)}.from-`;
  const folder = dirname(path);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ path: join(folder, name), offset: Number(name.slice(prefix.length)) }))
    .toSorted((one, other) => one.offset - other.offset);
}

/** The line that stands for what was dropped. */
export const droppedLine = (bytes: number): string =>
  `${JSON.stringify({ wvo: "dropped", bytes })}\n`;

/** Makes one file of what is kept of a stream that is over; also of one whose keeper was killed. */
export function settleOutput(path: string): void {
  const whole = `${path}.whole`;
  const pieces = piecesOf(path);
  if (pieces.length > 0 && !existsSync(whole)) {
    const draft = `${path}.draft`;
    writeWhole(draft, path, pieces);
    renameSync(draft, whole);
  }
  for (const piece of pieces) rmSync(piece.path, { force: true });
  if (existsSync(whole)) renameSync(whole, path);
}

function writeWhole(draft: string, path: string, pieces: readonly Piece[]): void {
  const file = openSync(draft, "w", OWNER_ONLY_FILE);
  try {
    for (const bytes of wholeOf(path, pieces)) writeFileSync(file, bytes);
  } catch (thrown) {
    rmSync(draft); // a full disk is not to be kept full by it
    throw thrown;
  } finally {
    closeSync(file);
  }
}

function* wholeOf(path: string, pieces: readonly Piece[]): Generator<Uint8Array> {
  const headBytes = statSync(path).size;
  const from = pieces[0]?.offset ?? headBytes;
  const end = contentsOf(pieces.map((piece) => piece.path));
  if (from === headBytes) {
    yield* chunksOf(path);
    yield* end;
    return;
  }
  const wholeBytes = endOfLastLine(path);
  // A beginning that is one line, or no text, is shown to people all the same.
  const keptBytes = wholeBytes === 0 ? headBytes : wholeBytes;
  const skipped = firstLineIn(pieces);
  yield* firstBytes(path, keptBytes);
  if (wholeBytes === 0 && headBytes > 0) yield Buffer.of(NEWLINE);
  yield Buffer.from(droppedLine(from + skipped - keptBytes));
  yield* afterBytes(end, skipped);
}

function* contentsOf(paths: readonly string[]): Generator<Uint8Array> {
  for (const path of paths) yield* chunksOf(path);
}

/** Where the last whole line of a file ends; 0 where it has none. */
function endOfLastLine(path: string): number {
  let [end, at] = [0, 0];
  for (const chunk of chunksOf(path)) {
    const last = chunk.lastIndexOf(NEWLINE);
    if (last >= 0) end = at + last + 1;
    at += chunk.length;
  }
  return end;
}

/** Where the first whole line begins; behind everything where there is none. */
function firstLineIn(pieces: readonly Piece[]): number {
  let at = 0;
  for (const chunk of contentsOf(pieces.map(({ path }) => path))) {
    const first = chunk.indexOf(NEWLINE);
    if (first >= 0) return at + first + 1;
    at += chunk.length;
  }
  return at;
}

function* firstBytes(path: string, count: number): Generator<Uint8Array> {
  let left = count;
  for (const chunk of chunksOf(path)) {
    yield chunk.subarray(0, left);
    left -= Math.min(left, chunk.length);
  }
}

function* afterBytes(chunks: Iterable<Uint8Array>, count: number): Generator<Uint8Array> {
  let left = count;
  for (const chunk of chunks) {
    yield chunk.subarray(left);
    left -= Math.min(left, chunk.length);
  }
}
