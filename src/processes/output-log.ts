/**
 * One output stream of a program on its way to a file: everything is read and counted, and the
 * first part is kept. A program that floods its output neither fills memory nor waits for us.
 *
 * P1 The file never holds more than `bytesMax`, and `bytes` counts what the program wrote.
 * P2 One buffer is read into again and again, and written out before the next read.
 */
import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, unlinkSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { OWNER_ONLY_FILE } from "./run-folder.ts";

export interface OutputLog {
  /** The end that the program writes to; ours is closed by `handOver`. */
  readonly input: number;
  /** Called once the program has its own: only then can the stream end. */
  readonly handOver: () => void;
  /** Resolves when nobody holds the other end any more. */
  readonly ended: Promise<void>;
  readonly bytes: () => number;
  readonly isTruncated: () => boolean;
}

export interface OutputLogOptions {
  readonly path: string;
  readonly bytesMax: number;
  /** Called at each piece of output: the program is not idle. */
  readonly onOutput: () => void;
}

const READ_BYTES = 64 * 1024;
const MKFIFO_LIMIT_MS = 5_000;

export function openOutputLog({ path, bytesMax, onOutput }: OutputLogOptions): OutputLog {
  const file = openSync(path, "w", OWNER_ONLY_FILE);
  const pipe = openPipe(`${path}.pipe`);
  let bytes = 0;
  let kept = 0;
  let hasRoom = true;
  const keep = (count: number, buffer: Uint8Array): boolean => {
    onOutput();
    bytes += count;
    const part = buffer.subarray(0, Math.min(count, bytesMax - kept));
    hasRoom &&= writeAll(file, part);
    if (hasRoom) kept += part.length;
    return true;
  };
  const onread = { buffer: Buffer.alloc(READ_BYTES), callback: keep };
  const stream = new Socket({ fd: pipe.output, readable: true, writable: false, onread });
  const ended = new Promise<void>((resolve) => {
    stream.on("close", () => resolve());
  });
  stream.on("error", () => {}); // it closes as well; the run goes on
  return {
    input: pipe.input,
    handOver: () => closeSync(pipe.input),
    ended,
    bytes: () => bytes,
    isTruncated: () => kept < bytes,
  };
}

/**
 * A pipe of the system's own. Node would give the program a socket instead, which scripts that
 * write to /dev/stderr can't open, and would read it into a new buffer every time.
 */
function openPipe(path: string): { readonly input: number; readonly output: number } {
  execFileSync("mkfifo", ["-m", "600", path], { timeout: MKFIFO_LIMIT_MS });
  try {
    // Opened for reading without waiting for a writer, so that the writer need not wait either.
    const output = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { output, input: openSync(path, constants.O_WRONLY) };
  } finally {
    unlinkSync(path);
  }
}

/** False where the disk takes no more: the run goes on, its log does not. */
function writeAll(file: number, piece: Uint8Array): boolean {
  try {
    let done = 0;
    while (done < piece.length) done += writeSync(file, piece, done);
    return true;
  } catch {
    return false;
  }
}
