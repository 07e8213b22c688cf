/**
 * What a run of an agent program came to: decided once, from what the program said last and from
 * how its process ended. What it said is found out by the adapters; what follows is in
 * `error-classes.ts`.
 */
import type { Finding } from "../../machines/chart.ts";
import type { ErrorClass } from "../../machines/capacity.ts";
import type { Usage } from "../../machines/protocol.ts";

/** How the process of a run ended; null is what nobody saw. */
export interface RunFacts {
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of what it wrote to standard error. */
  readonly stderr: string;
  /** Who ended it; `unknown` for a transcript that comes without its run. */
  readonly endedBy: "itself" | "idleLimit" | "wallLimit" | "stop" | "unknown";
  /** Milliseconds since 1970. */
  readonly endedAtMs: number | null;
  /** True where the end of its output is missing, and its last word with it. */
  readonly lacksEnd: boolean;
  /** What its session had used before this run. */
  readonly before: Usage | null;
  /** True where its last message had to be JSON of a given shape. */
  readonly wantsSchema: boolean;
}

/** A tool that the agent asked for and did not get. */
export interface Denial {
  readonly tool: string;
  readonly reason: string;
}

/** A window of an account's limit, as the program reported it. */
export interface LimitWindow {
  readonly name: string;
  /** 0 to 1, or null where only a status was told. */
  readonly usedRatio: number | null;
  readonly resetsAtMs: number | null;
  readonly status: string;
}

/** Why the program says it failed. */
export interface Failure {
  readonly errorClass: ErrorClass;
  readonly message: string;
  readonly retryAfterMs: number | null;
  readonly resetsAtMs: number | null;
}

/** What a transcript says, before the end of the process is looked at. */
export interface Reading {
  readonly sessionId: string | null;
  readonly usage: Usage | null;
  /** What the session has used in all: to be subtracted where it is resumed. */
  readonly sessionUsage: Usage | null;
  readonly denials: readonly Denial[];
  readonly findings: readonly Finding[];
  readonly windows: readonly LimitWindow[];
  /** Its last word on the turn, if it came to one. */
  readonly ending:
    | { readonly kind: "done" | "interrupted" }
    | { readonly kind: "failed"; readonly failure: Failure }
    | null;
  /** What it was trying again because of, when it ended. */
  readonly retrying: Failure | null;
  /** True where it had nothing to do but wait for an answer of the model. */
  readonly isAwaitingModel: boolean;
  /** Why it refused to begin, where it said so. */
  readonly refusal: Failure | null;
  /** True where it ended as it does when it is interrupted, without a word. */
  readonly looksInterrupted: boolean;
}

export interface Verdict extends Pick<
  Reading,
  "sessionId" | "usage" | "sessionUsage" | "denials" | "findings" | "windows"
> {
  readonly outcome: "completed" | "failed" | "aborted";
  /** Null where it completed. */
  readonly errorClass: ErrorClass | null;
  /** One sentence for people. */
  readonly detail: string;
  readonly retryAfterMs: number | null;
  /** When a limit ends, in milliseconds since 1970. */
  readonly resetsAtMs: number | null;
  /** True where its time was over while it waited for its model. */
  readonly isUnanswered: boolean;
}

type Decision = Pick<Verdict, "outcome" | "errorClass" | "detail" | "retryAfterMs" | "resetsAtMs">;

const DETAIL_CHARS_MAX = 500;

/** The one place in which an outcome is decided. */
export function conclude(reading: Reading, facts: RunFacts): Verdict {
  const { sessionId, usage, sessionUsage, denials, windows } = reading;
  const refused = denials.map(({ tool, reason }) => ({
    source: "permissions",
    text: `${tool} was denied: ${reason}`,
  }));
  const findings = [...refused, ...reading.findings];
  const decision = decide(reading, facts);
  const isUnanswered = decision.errorClass === "timeout" && isWaiting(reading, facts);
  const told = { sessionId, usage, sessionUsage, denials, findings, windows };
  return { ...decision, ...told, isUnanswered };
}

/** A program that works on without an end has its answers. */
const isWaiting = ({ ending, isAwaitingModel }: Reading, { endedBy }: RunFacts): boolean =>
  endedBy !== "wallLimit" && (isAwaitingModel || ending !== null);

function decide(reading: Reading, facts: RunFacts): Decision {
  const { ending } = reading;
  if (facts.endedBy === "stop") return aborted("cancelled", "the run was stopped");
  if (ending?.kind === "failed") return failed(ending.failure);
  if (ending?.kind === "interrupted") return aborted("cancelled", "the turn was interrupted");
  if (ending?.kind === "done" && isCleanEnd(facts)) return COMPLETED;
  if (isByLimit(facts)) return timedOut(reading);
  if (ending === null && facts.lacksEnd && facts.code === 0) return COMPLETED;
  if (ending === null && reading.refusal !== null) return failed(reading.refusal);
  return endedEarly(reading, facts);
}

const COMPLETED: Decision = {
  outcome: "completed",
  errorClass: null,
  detail: "the program says that it is done",
  retryAfterMs: null,
  resetsAtMs: null,
};

const isByLimit = ({ endedBy }: RunFacts): boolean =>
  endedBy === "idleLimit" || endedBy === "wallLimit";

/** A program that was done and then did not end by itself was still done. */
const isCleanEnd = (facts: RunFacts): boolean =>
  isByLimit(facts) || (facts.signal === null && (facts.code === null || facts.code === 0));

/** Retries that never end are as bad as silence, but they say what is wrong. */
function timedOut({ retrying }: Reading): Decision {
  if (retrying !== null) return { ...failed(retrying), outcome: "aborted" };
  return aborted("timeout", "it was ended because it said nothing more, or was not done in time");
}

/** The process ended without a last word, or in another way than its last word promised. */
function endedEarly(reading: Reading, facts: RunFacts): Decision {
  const how = describeEnd(facts);
  const signal = signalOf(facts);
  if (signal === "SIGINT" || reading.looksInterrupted)
    return aborted("cancelled", `it was interrupted: ${how}`);
  if (signal !== "SIGTERM" && signal !== "SIGHUP")
    return aborted("crashed", `${lastWordOf(reading)}: ${how}`);
  const mayHaveHung = facts.endedBy === "unknown" && reading.ending === null;
  return mayHaveHung ? guessed(reading, how) : aborted("killed", `somebody ended it: ${how}`);
}

const lastWordOf = ({ ending }: Reading): string =>
  ending === null ? "it ended without its last word" : "it said that it was done, and then failed";

/**
 * Nobody says who sent the signal. One that waited for the model, or tried again and again, was
 * most likely ended for that.
 */
function guessed(reading: Reading, how: string): Decision {
  const isHanging = reading.retrying !== null || reading.isAwaitingModel;
  return isHanging ? timedOut(reading) : aborted("killed", `somebody ended it: ${how}`);
}

/** Shells and programs that catch a signal tell it as 128 and its number. */
const SIGNAL_CODES: ReadonlyMap<number, string> = new Map([
  [129, "SIGHUP"],
  [130, "SIGINT"],
  [143, "SIGTERM"],
]);
const signalOf = ({ code, signal }: RunFacts): string | null =>
  signal ?? SIGNAL_CODES.get(code ?? 0) ?? null;

function describeEnd({ code, signal }: RunFacts): string {
  if (signal !== null) return `ended by ${signal}`;
  return code === null ? "its exit was not seen" : `exit code ${code}`;
}

const failed = ({ errorClass, message, retryAfterMs, resetsAtMs }: Failure): Decision => ({
  outcome: "failed",
  errorClass,
  detail: message.slice(0, DETAIL_CHARS_MAX),
  retryAfterMs,
  resetsAtMs,
});

const aborted = (errorClass: ErrorClass, detail: string): Decision => ({
  outcome: "aborted",
  errorClass,
  detail,
  retryAfterMs: null,
  resetsAtMs: null,
});
