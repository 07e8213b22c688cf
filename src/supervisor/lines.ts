/**
 * Lines of a stream, one at a time: what is not read yet stays in the stream, so a slow reader slows
 * its writer down. A line that is too long is told of and never kept.
 */
import { once } from "node:events";
import type { Duplex, Readable, Writable } from "node:stream";
import type { Clock } from "../clock.ts";

export type Line =
  | { readonly kind: "line"; readonly text: string }
  /** Its beginning and its end are kept, to answer whoever sent it. */
  | { readonly kind: "oversize"; readonly head: string; readonly tail: string };

/** What a client may say in one line: texts belong into files. */
export const CLIENT_LINE_BYTES_MAX = 1024 * 1024;
/** What the worker may answer in one line. */
export const WORKER_LINE_BYTES_MAX = 64 * 1024 * 1024;
/** A client that does not read what it asked for is let go of at this. */
export const UNREAD_BYTES_MAX = 64 * 1024 * 1024;
/** A line that goes on after this is no line of ours; the stream is left. */
const ENDLESS_BYTES = 256 * 1024 * 1024;
const EXCERPT_BYTES = 256;
const NEWLINE = 0x0a;

export type Lines = AsyncIterableIterator<Line>;

/** Ends with the stream, however that ends. An unfinished line at the end is none. */
export const readLines = (stream: Readable, bytesMax: number): Lines =>
  new LineReader(stream, bytesMax);

const END = { value: undefined, done: true } as const;

/**
 * By events and not by the stream's own iterator, which costs more than all else that a line takes
 * on its way. The stream flows only while somebody waits for a line.
 */
class LineReader implements Lines {
  readonly #stream: Readable;
  readonly #pending: Pending;
  readonly #ready: Line[] = [];
  #waiting: ((result: IteratorResult<Line>) => void) | null = null;
  #hasBegun = false;
  #isOver = false;

  constructor(stream: Readable, bytesMax: number) {
    this.#stream = stream;
    this.#pending = new Pending(bytesMax);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Line>> {
    const line = this.#ready.shift();
    if (line !== undefined) return Promise.resolve({ value: line, done: false });
    if (this.#waiting !== null) throw new Error("lines are read by one reader at a time");
    this.#begin();
    if (this.#isOver) return Promise.resolve(END);
    this.#stream.resume();
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  /** Who breaks off has no use for the stream any more. */
  return(): Promise<IteratorResult<Line>> {
    this.#stream.destroy();
    return Promise.resolve(END);
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#isOver = this.#stream.destroyed || this.#stream.readableEnded;
    this.#stream.on("data", (chunk: Buffer) => this.#take(chunk));
    // An error (ECONNRESET) is an end like any other: the other side is gone.
    for (const name of ["end", "close", "error"]) this.#stream.on(name, () => this.#end());
  }

  #take(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#pending.add(chunk.subarray(from, at));
      from = at + 1;
      const line = this.#pending.take();
      if (line !== null) this.#give(line);
    }
    this.#pending.add(chunk.subarray(from));
    if (this.#ready.length > 0) this.#stream.pause();
    if (this.#pending.bytes > ENDLESS_BYTES) this.#stream.destroy();
  }

  #give(line: Line): void {
    if (this.#waiting === null) return void this.#ready.push(line);
    this.#waiting({ value: line, done: false });
    this.#waiting = null;
    return undefined;
  }

  #end(): void {
    this.#isOver = true;
    this.#waiting?.(END);
    this.#waiting = null;
  }
}

class Pending {
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  #tail: Buffer = Buffer.alloc(0);
  bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(part: Buffer): void {
    if (part.length === 0) return;
    this.bytes += part.length;
    if (this.bytes <= this.#bytesMax) {
      this.#parts.push(part);
      return;
    }
    // Only the first part and the last bytes of a line over the limit are kept.
    const end = Buffer.concat([...this.#parts.slice(1), this.#tail, part]).subarray(-EXCERPT_BYTES);
    this.#tail = Buffer.from(end);
    this.#parts = this.#parts.slice(0, 1);
  }

  /** The line as it stands; null where it is empty. */
  take(): Line | null {
    const [parts, bytes, tail] = [this.#parts, this.bytes, this.#tail];
    this.#parts = [];
    this.#tail = Buffer.alloc(0);
    this.bytes = 0;
    if (bytes > this.#bytesMax) {
      const head = (parts[0] ?? tail).subarray(0, EXCERPT_BYTES).toString("utf8");
      return { kind: "oversize", head, tail: tail.toString("utf8") };
    }
    const [only = tail] = parts;
    const whole = parts.length > 1 ? Buffer.concat(parts) : only;
    const text = whole.toString("utf8").trim();
    return text === "" ? null : { kind: "line", text };
  }
}

/** Writes a line and waits while the other side does not read. */
export async function putLine(stream: Writable, text: string): Promise<void> {
  if (stream.destroyed || stream.writableEnded) return;
  if (stream.write(`${text}\n`)) return;
  const left = new AbortController();
  const { signal } = left;
  const waits = ["drain", "close"].map((name) => once(stream, name, { signal }));
  // A stream that fails closes as well.
  await Promise.race(waits).catch(() => {});
  left.abort();
  await Promise.allSettled(waits);
}

/** A side that does not read what is left for it. */
const FINISH_LIMIT_MS = 2_000;

/** Lets what was written arrive, and closes. */
export function finish(stream: Duplex, clock: Clock): void {
  const close = (): void => void stream.destroy();
  const cancel = clock.schedule(FINISH_LIMIT_MS, close);
  stream.once("close", cancel);
  stream.end(close);
}
