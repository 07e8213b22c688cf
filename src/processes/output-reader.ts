/**
 * Reading a stream of output while it is still written, also where its end goes to pieces beside
 * the file, the oldest of which may be gone before they were read.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { droppedLine, piecesOf } from "./output-pieces.ts";
import type { Piece } from "./output-pieces.ts";
import { codeOf } from "./run-folder.ts";

const NEWLINE = 10;
const NOTHING = new Uint8Array();
const CHUNK_BYTES = 256 * 1024;
/** A piece that was listed may be gone before it is opened, but not again and again. */
const TRIES_MAX = 10;

export class OutputReader {
  readonly #path: string;
  #file: number | null = null;
  /** The piece that is being read, and how much of it has been. */
  #offset = 0;
  #read = 0;
  /** After a gap the first line is only the end of one. */
  #isInGap = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** What has come since the last call; a line stands for what was dropped before it was read. */
  *news(): Generator<Uint8Array> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      yield* this.#rest();
      const next = this.#next();
      if (next === undefined) return;
      // A piece is whole as soon as there is another one.
      yield* this.#rest();
      yield* this.#move(next);
    }
  }

  /**
   * What is left of a stream of so many bytes, once its pieces were put together in one file: what
   * comes last there is what comes last in the stream.
   */
  *rest(streamBytes: number): Generator<Uint8Array> {
    const left = streamBytes - this.#offset - this.#read;
    this.close();
    if (left <= 0 || !this.#open(this.#path) || this.#file === null) return;
    this.#read = Math.max(0, fstatSync(this.#file).size - left);
    yield* this.#rest();
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  *#rest(): Generator<Uint8Array> {
    if (this.#file === null && !this.#open(this.#path)) return;
    const file = this.#file ?? -1;
    while (true) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const length = readSync(file, chunk, 0, CHUNK_BYTES, this.#read);
      if (length === 0) return;
      this.#read += length;
      const bytes = this.#afterGap(chunk.subarray(0, length));
      if (bytes.length > 0) yield bytes;
    }
  }

  #next(): Piece | undefined {
    const reached = this.#offset + this.#read;
    return piecesOf(this.#path).find(({ offset }) => offset >= reached && offset > this.#offset);
  }

  *#move({ path, offset }: Piece): Generator<Uint8Array> {
    const missing = offset - this.#offset - this.#read;
    const before = this.#file;
    if (!this.#open(path)) return;
    if (before !== null) closeSync(before);
    this.#offset = offset;
    this.#read = 0;
    this.#isInGap = missing > 0;
    if (this.#isInGap) yield Buffer.from(`\n${droppedLine(missing)}`);
  }

  #afterGap(bytes: Uint8Array): Uint8Array {
    if (!this.#isInGap) return bytes;
    const end = bytes.indexOf(NEWLINE);
    this.#isInGap = end < 0;
    return end < 0 ? NOTHING : bytes.subarray(end + 1);
  }

  /** False where it is not there, or not yet. */
  #open(path: string): boolean {
    try {
      this.#file = openSync(path, "r");
      return true;
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") return false;
      throw thrown;
    }
  }
}
