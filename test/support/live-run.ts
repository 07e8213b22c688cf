/** A `wvo` that goes on beside the test, is watched from outside, and never outlives the test. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { pause, stopwatch } from "../../src/clock.ts";
import type { Workspace } from "./workspace.ts";

/** A machine under load takes its time; what has not come by then does not come. */
const APPEAR_LIMIT_MS = 60_000;
const LOOK_MS = 25;

export interface LiveRun {
  readonly pid: number;
  /** Resolves when the text stands in what it said on standard error. */
  readonly says: (text: string) => Promise<void>;
  /** All that it said on standard output. */
  readonly stdout: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
  /** How it ended, with all that it said. */
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `wvo ARGS` and lets it go on. */
export function startLive(yard: Pick<Workspace, "start">, ...args: readonly string[]): LiveRun {
  const child = yard.start(...args);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = endOf(child, { stdout, stderr });
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    says: (text) => eventually(() => (stderr().includes(text) ? true : null), stderr).then(nothing),
    stdout,
    signal: (name) => void child.kill(name),
    ended,
  };
}

const nothing = (): void => {};

function collect(stream: ChildProcess["stdout"]): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

async function endOf(
  child: ChildProcess,
  said: { readonly stdout: () => string; readonly stderr: () => string },
): Promise<Ended> {
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout: said.stdout(), stderr: said.stderr() };
}

/** Looks until there is something to see: real processes announce little. */
export async function eventually<Seen>(
  look: () => Seen | null | Promise<Seen | null>,
  tell: () => string = () => "",
): Promise<Seen> {
  const waitedMs = stopwatch();
  while (waitedMs() < APPEAR_LIMIT_MS) {
    const seen = await look();
    if (seen !== null) return seen;
    await pause(LOOK_MS);
  }
  throw new Error(`it did not come to be seen within ${APPEAR_LIMIT_MS} ms\n${tell()}`);
}
