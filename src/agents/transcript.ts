/**
 * Reading what an agent program writes while it runs: bytes in, a running transcript out. What the
 * events mean is each adapter's own business.
 */
import { existsSync } from "node:fs";
import { chunksOf, LineSplitter } from "../processes/lines.ts";
import { jsonOf } from "./lines.ts";
import type { RunFacts, Verdict } from "./verdict.ts";

/** Tool results stand in one line, whatever their size; a longer line than this is left out. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;
/** Kept of everything that is listed: denials, retries, servers. The rest adds nothing. */
const LISTED_MAX = 200;

/** What one agent program's output is read with. Its functions are pure. */
export interface Adapter<Transcript> {
  /** Before anything was said. */
  readonly begin: Transcript;
  /** The transcript after one more event; what is not known changes nothing. */
  readonly add: (transcript: Transcript, event: unknown) => Transcript;
  readonly judge: (transcript: Transcript, facts: RunFacts) => Verdict;
  /** True once there was an event that it knows. */
  readonly hasSpoken: (transcript: Transcript) => boolean;
}

/** Reads one run's output. */
export class TranscriptReader<Transcript> {
  readonly #adapter: Adapter<Transcript>;
  readonly #lines = new LineSplitter(LINE_BYTES_MAX);
  #transcript: Transcript;

  constructor(adapter: Adapter<Transcript>) {
    this.#adapter = adapter;
    this.#transcript = adapter.begin;
  }

  /** What has been said so far, in whole lines. */
  get transcript(): Transcript {
    return this.#transcript;
  }

  push(bytes: Uint8Array): void {
    this.#take(this.#lines.push(bytes));
  }

  /** Takes the last line too, where it is whole but for its line break. */
  end(): Transcript {
    this.#take(this.#lines.end());
    return this.#transcript;
  }

  #take(lines: readonly string[]): void {
    const { add } = this.#adapter;
    for (const line of lines) this.#transcript = add(this.#transcript, jsonOf(line));
  }
}

/** A whole transcript, ready to be judged. */
export interface Heard {
  readonly hasSpoken: boolean;
  readonly judge: (facts: RunFacts) => Verdict;
}

/** Reads the transcript in a file; one that is missing says nothing. */
export function hear<Transcript>(adapter: Adapter<Transcript>, path: string): Heard {
  const reader = new TranscriptReader(adapter);
  for (const chunk of existsSync(path) ? chunksOf(path) : []) reader.push(chunk);
  const transcript = reader.end();
  return {
    hasSpoken: adapter.hasSpoken(transcript),
    judge: (facts) => adapter.judge(transcript, facts),
  };
}

/** The list with one more item, unless it is there already or the list is full. */
export function listed<Item>(
  list: readonly Item[],
  item: Item,
  isSame: (other: Item) => boolean,
): readonly Item[] {
  return list.length >= LISTED_MAX || list.some(isSame) ? list : [...list, item];
}
