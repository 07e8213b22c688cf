/**
 * What is kept of one output stream: its beginning and its end, because a program says last what
 * its run came to. The end goes to pieces beside the file, the oldest of which makes room for the
 * newest; when the stream is over they are put behind the beginning, in one file.
 *
 * K1 The file and its pieces never hold more than `bytesMax`, and nothing is dropped before.
 */
import { closeSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { pieceAt, settleOutput } from "./output-pieces.ts";
import type { Piece } from "./output-pieces.ts";
import { OWNER_ONLY_FILE } from "./run-folder.ts";

/** The beginning has half of the room, and the end is two pieces of a quarter each. */
const PIECES = 2;
const PIECES_PART = 4;
const NEWLINE = 10;

/** Keeps one stream while it is written. */
export class KeptOutput {
  readonly #path: string;
  readonly #headBytes: number;
  readonly #pieceBytes: number;
  #pieces: readonly Piece[] = [];
  #file: number;
  /** Where the current file is full, in the stream. */
  #fullAt: number;
  #bytes = 0;
  #hasRoom = true;
  /** Where the line that is being written began, and the one before it. */
  #lines = { current: 0, previous: 0 };

  constructor(path: string, bytesMax: number) {
    this.#path = path;
    this.#pieceBytes = Math.floor(bytesMax / PIECES_PART);
    this.#headBytes = bytesMax - PIECES * this.#pieceBytes;
    this.#fullAt = this.#headBytes;
    this.#file = openSync(path, "w", OWNER_ONLY_FILE);
  }

  /** What the program wrote, whether or not it is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** True where something that was written is not kept. */
  get isTruncated(): boolean {
    return !this.#hasRoom || (this.#pieces[0]?.offset ?? this.#headBytes) > this.#headBytes;
  }

  /** True where the last line is not kept whole. */
  get lacksEnd(): boolean {
    const { current, previous } = this.#lines;
    const lastLine = current === this.#bytes ? previous : current;
    return !this.#hasRoom || (this.isTruncated && lastLine <= (this.#pieces[0]?.offset ?? 0));
  }

  write(bytes: Uint8Array): void {
    this.#watchLines(bytes);
    let rest = bytes;
    while (rest.length > 0 && this.#hasRoom) {
      const done = this.#bytes + bytes.length - rest.length;
      const part = rest.subarray(0, this.#fullAt - done);
      if (part.length === 0) this.#hasRoom = this.#nextPiece(done);
      else this.#hasRoom = writeAll(this.#file, part);
      rest = rest.subarray(part.length);
    }
    this.#bytes += bytes.length;
  }

  /** Puts the end behind the beginning; false where the disk takes no more. */
  settle(): boolean {
    closeSync(this.#file);
    try {
      settleOutput(this.#path);
    } catch {
      this.#hasRoom = false; // the pieces stay where they are, and the record says what is missing
    }
    return this.#hasRoom;
  }

  #watchLines(bytes: Uint8Array): void {
    const last = bytes.lastIndexOf(NEWLINE);
    if (last < 0) return;
    const before = last === 0 ? -1 : bytes.lastIndexOf(NEWLINE, last - 1);
    const previous = before < 0 ? this.#lines.current : this.#bytes + before + 1;
    this.#lines = { current: this.#bytes + last + 1, previous };
  }

  #nextPiece(offset: number): boolean {
    if (this.#pieceBytes === 0) return false;
    try {
      const [oldest] = this.#pieces;
      if (oldest !== undefined && this.#pieces.length === PIECES) unlinkSync(oldest.path);
      const path = pieceAt(this.#path, offset);
      const file = openSync(path, "w", OWNER_ONLY_FILE);
      closeSync(this.#file);
      this.#file = file;
      this.#fullAt = offset + this.#pieceBytes;
      this.#pieces = [...this.#pieces.slice(1 - PIECES), { path, offset }];
      return true;
    } catch {
      return false;
    }
  }
}

/** False where the disk takes no more: the run goes on, its log does not. */
function writeAll(file: number, piece: Uint8Array): boolean {
  try {
    writeFileSync(file, piece); // all of it, in as many writes as it takes
    return true;
  } catch {
    return false;
  }
}
