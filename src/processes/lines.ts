/**
 * Bytes that arrive cut anywhere, as whole lines again. What a line means is left to whoever reads
 * it.
 */
import { closeSync, openSync, readSync } from "node:fs";

const NEWLINE = 10;
const NOTHING = new Uint8Array();
const CHUNK_BYTES = 256 * 1024;
/** A byte order mark at its beginning is left out, and bytes that are no text become marks. */
const decoder = new TextDecoder();

/** Lines of a stream; the same ones wherever the stream is cut. */
export class LineSplitter {
  readonly #bytesMax: number;
  #parts: Uint8Array[] = [];
  #length = 0;
  #dropped = 0;

  /** A line with more than `bytesMax` bytes is left out. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Lines that were left out because of their length. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): readonly string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      const line = this.#complete(bytes.subarray(from, at));
      if (line !== null) lines.push(line);
      from = at + 1;
    }
    this.#keep(bytes.subarray(from));
    return lines;
  }

  /** The last line, where the stream did not end with a line break. */
  end(): readonly string[] {
    const line = this.#length === 0 ? null : this.#complete(NOTHING);
    return line === null ? [] : [line];
  }

  #keep(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length > this.#bytesMax) this.#parts = [];
    // A copy, because callers read into the same buffer again; a Buffer's `slice` is none.
    else if (piece.length > 0) this.#parts.push(new Uint8Array(piece));
  }

  /** The line that this piece ends, or null where it is too long. */
  #complete(piece: Uint8Array): string | null {
    const parts = this.#parts;
    const isTooLong = this.#length + piece.length > this.#bytesMax;
    if (isTooLong) this.#dropped += 1;
    this.#parts = [];
    this.#length = 0;
    if (isTooLong) return null;
    // Most lines lie within one piece, and need not be put together.
    return decoder.decode(parts.length === 0 ? piece : Buffer.concat([...parts, piece]));
  }
}

/** The bytes of a file, one chunk in memory at a time; a chunk is good until the next one. */
export function* chunksOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, "r");
  const chunk = Buffer.alloc(CHUNK_BYTES);
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      yield chunk.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
}
