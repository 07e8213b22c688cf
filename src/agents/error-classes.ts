/**
 * Why a run of an agent program did not complete, in the words that every adapter shares, and what
 * follows from each. Which class a run belongs to is found out by the adapters.
 */
import type { ErrorClass } from "../../machines/capacity.ts";
import type { RunExit } from "../../machines/protocol.ts";

/** What the orchestrator does about a run that did not complete. */
export interface Reaction {
  /** For people, in docs/providers.md. */
  readonly reaction: string;
  /** How the run's end is told to its chart: `limited` and `notStarted` cost the task no attempt. */
  readonly exit: Exclude<RunExit["outcome"], "completed">;
}

const backOff = "wait as long as it asks, then the same provider; costs no attempt";
const breaker = "back off, longer each time, and route to another provider; costs no attempt";
const down = "the provider is down until a person helps; it is never just tried again";
const smaller = "a new session, with a smaller brief or a smaller task";
const task = "for the task to decide: a failed attempt";
const clean = "clean up the process tree, then resume the session";

/** Design page `agents.md`, section 8, with the reaction that is given there. */
export const REACTIONS = {
  rate_limited: { reaction: backOff, exit: "limited" },
  usage_limited: {
    reaction: "park the provider until its reset and route to another; costs no attempt",
    exit: "limited",
  },
  overloaded: { reaction: breaker, exit: "limited" },
  server_error: { reaction: breaker, exit: "limited" },
  network: { reaction: breaker, exit: "limited" },
  malformed_response: { reaction: breaker, exit: "limited" },
  timeout: { reaction: "stop the tree, resume once, then begin with a fresh tree", exit: "failed" },
  auth: { reaction: down, exit: "notStarted" },
  billing: { reaction: down, exit: "notStarted" },
  model_not_found: { reaction: down, exit: "notStarted" },
  config: { reaction: down, exit: "notStarted" },
  context_limit: { reaction: smaller, exit: "failed" },
  output_limit: { reaction: smaller, exit: "failed" },
  max_turns: { reaction: task, exit: "failed" },
  budget: { reaction: task, exit: "failed" },
  refused: { reaction: task, exit: "failed" },
  invalid_request: { reaction: task, exit: "failed" },
  session_not_found: { reaction: "begin a new session", exit: "failed" },
  crashed: { reaction: clean, exit: "failed" },
  killed: { reaction: clean, exit: "failed" },
  cancelled: { reaction: "nothing: it was asked to end", exit: "stopped" },
  unknown: { reaction: task, exit: "failed" },
} as const satisfies Readonly<Record<ErrorClass, Reaction>>;

/** What an HTTP status of a model's server means; null where it says nothing by itself. */
export function classOfStatus(status: number | null): ErrorClass | null {
  if (status === null || status < 400) return null;
  return BY_STATUS.get(status) ?? (status >= 500 ? "server_error" : "invalid_request");
}

const BY_STATUS: ReadonlyMap<number, ErrorClass> = new Map([
  [401, "auth"],
  [402, "billing"],
  [403, "auth"],
  [404, "model_not_found"],
  [408, "timeout"],
  [429, "rate_limited"],
  [503, "overloaded"],
  [504, "timeout"],
  [529, "overloaded"],
]);
