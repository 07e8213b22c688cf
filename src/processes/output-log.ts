/**
 * One output stream of a program on its way to its file: everything is read and counted; what is
 * kept of it is decided in `kept-output.ts`. A program that floods its output neither fills memory
 * nor waits for us.
 *
 * P1 One buffer is read into again and again, and written out before the next read.
 */
import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";
import { KeptOutput } from "./kept-output.ts";

export interface OutputLog {
  /** The end that the program writes to; ours is closed by `handOver`. */
  readonly input: number;
  /** Called once the program has its own: only then can the stream end. */
  readonly handOver: () => void;
  /** Resolves when nobody holds the other end any more. */
  readonly ended: Promise<void>;
  /** What was written and what is kept of it; nothing is kept after this. */
  readonly settle: () => KeptOutput;
}

export interface OutputLogOptions {
  readonly path: string;
  readonly bytesMax: number;
  /** Called at each piece of output; its bytes are good during the call only. */
  readonly onOutput: (bytes: Uint8Array) => void;
}

const READ_BYTES = 64 * 1024;
const MKFIFO_LIMIT_MS = 5_000;

export function openOutputLog({ path, bytesMax, onOutput }: OutputLogOptions): OutputLog {
  const kept = new KeptOutput(path, bytesMax);
  const pipe = openPipe(`${path}.pipe`);
  const keep = (count: number, buffer: Uint8Array): boolean => {
    const bytes = buffer.subarray(0, count);
    onOutput(bytes);
    kept.write(bytes);
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
    settle: () => {
      stream.destroy(); // what comes after the end of a run is nobody's
      kept.settle();
      return kept;
    },
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
