/** Transcripts written by hand, event by event, and what the adapters make of them. */
import { claudeAdapter } from "../../src/agents/claude/adapter.ts";
import { codexAdapter } from "../../src/agents/codex/adapter.ts";
import { TranscriptReader } from "../../src/agents/transcript.ts";
import type { Adapter } from "../../src/agents/transcript.ts";
import type { RunFacts, Verdict } from "../../src/agents/verdict.ts";

/** A program that ended by itself with exit code 0, and of which nothing else is known. */
export const PLAIN_FACTS: RunFacts = {
  code: 0,
  signal: null,
  stderr: "",
  endedBy: "itself",
  endedAtMs: null,
  lacksEnd: false,
  before: null,
  wantsSchema: false,
};

type Events = readonly object[];
type Change = Partial<RunFacts>;

function verdictBy<T>(adapter: Adapter<T>, events: Events, change: Change): Verdict {
  const reader = new TranscriptReader(adapter);
  for (const event of events) reader.push(Buffer.from(`${JSON.stringify(event)}\n`));
  return adapter.judge(reader.end(), { ...PLAIN_FACTS, ...change });
}

export const claudeVerdict = (events: Events, change: Change = {}): Verdict =>
  verdictBy(claudeAdapter, events, change);
export const codexVerdict = (events: Events, change: Change = {}): Verdict =>
  verdictBy(codexAdapter, events, change);

export const claudeInit = { type: "system", subtype: "init", session_id: "s-1", tools: [] };

let results = 0;
/** A result; each is another one, as its uuid tells. */
export const claudeResult = (change: object = {}): object => ({
  type: "result",
  subtype: "success",
  is_error: false,
  uuid: `result-${(results += 1)}`,
  result: "done",
  ...change,
});

/** The message that the program itself writes in place of its model. */
export const claudeError = (error: string, change: object = {}): object => ({
  type: "assistant",
  message: { id: "m-1", model: "<synthetic>", content: [] },
  error,
  ...change,
});

export const codexBegin: Events = [
  { type: "thread.started", thread_id: "t-1" },
  { type: "turn.started" },
];

export const codexItem = (type: string, change: object = {}): object => ({
  type: "item.completed",
  item: { id: "item_0", type, ...change },
});

export const codexFailed = (message: string): object => ({
  type: "turn.failed",
  error: { message },
});
