/**
 * What a run of Codex has said so far, folded from its events. What it comes to is judged in
 * `judge.ts`.
 *
 * X1 A line that is said twice in a row counts once.
 * X2 An item of the type `error` is a warning, and an `error` event is a failure only where its turn
 *    then fails: a request that is tried again is told the same way.
 */
import type { Usage } from "../../../machines/protocol.ts";
import { listed } from "../transcript.ts";
import type { Denial } from "../verdict.ts";
import { parseEvent } from "./events.ts";
import type { CodexEvent, Item } from "./events.ts";

export interface CodexTranscript {
  readonly sessionId: string | null;
  readonly hasSpoken: boolean;
  readonly isTurnOpen: boolean;
  /** True where its model has answered with something. */
  readonly hasWorked: boolean;
  /** Ids of what it has begun and not finished. */
  readonly openItems: readonly string[];
  readonly denials: readonly (Denial & { readonly itemId: string | null })[];
  /** Files that a patch was refused for. */
  readonly refusedFiles: readonly string[];
  readonly lastMessage: string | null;
  /** Why it is trying again. */
  readonly retrying: string | null;
  /** The last error that was not a retry. */
  readonly error: string | null;
  readonly sessionUsage: Usage | null;
  readonly ending: { readonly kind: "done" } | { readonly kind: "failed"; message: string } | null;
}

export const begin: CodexTranscript = {
  sessionId: null,
  hasSpoken: false,
  isTurnOpen: false,
  hasWorked: false,
  openItems: [],
  denials: [],
  refusedFiles: [],
  lastMessage: null,
  retrying: null,
  error: null,
  sessionUsage: null,
  ending: null,
};

/** The transcript after one more line of output. */
export function add(transcript: CodexTranscript, json: unknown): CodexTranscript {
  const event = parseEvent(json);
  return event === null ? transcript : fold({ ...transcript, hasSpoken: true }, event);
}

function fold(so: CodexTranscript, event: CodexEvent): CodexTranscript {
  switch (event.kind) {
    case "thread":
      return { ...so, sessionId: event.threadId ?? so.sessionId };
    case "turn":
      return { ...so, isTurnOpen: true };
    case "started":
      return { ...worked(so, event.item), openItems: opened(so.openItems, event.item) };
    case "completed":
      return completed(worked(so, event.item), event.item);
    case "error":
      return troubled(so, event.message);
    case "done":
      return closed(so, { kind: "done" }, event.usage);
    case "failed":
      return closed(so, { kind: "failed", message: event.message || (so.error ?? "") }, null);
    default:
      return event satisfies never;
  }
}

/** An item of the type `error` is a word of the program itself. */
const worked = (so: CodexTranscript, { type }: Item): CodexTranscript => {
  return { ...so, retrying: null, hasWorked: so.hasWorked || type !== "error" };
};

const opened = (items: readonly string[], { id }: Item): readonly string[] =>
  listed(items, id ?? "", (each) => each === id);

const RETRY = /^Reconnecting\.\.\.[^(]*(?:\((.*)\))?$/s;

function troubled(so: CodexTranscript, message: string): CodexTranscript {
  const retry = RETRY.exec(message);
  return retry === null ? { ...so, error: message } : { ...so, retrying: retry[1] ?? message };
}

function completed(so: CodexTranscript, item: Item): CodexTranscript {
  const openItems = so.openItems.filter((id) => id !== (item.id ?? ""));
  const next = { ...so, openItems };
  switch (item.type) {
    case "agent_message":
      return { ...next, lastMessage: item.text };
    case "mcp_tool_call":
    case "command_execution":
      return isDenied(item) ? denied(next, item) : next;
    case "file_change":
      return item.status === "failed" || item.status === "declined" ? refused(next, item) : next;
    default:
      return next;
  }
}

/** A tool that failed was used; one that nobody was there to approve was not. */
const isDenied = ({ status, error }: Item): boolean =>
  status === "declined" || /requires approval|approval policy/i.test(error?.message ?? "");

function denied(so: CodexTranscript, item: Item): CodexTranscript {
  const tool = item.command ?? [item.server, item.tool].filter((each) => each !== null).join(".");
  const reason = item.error?.message ?? "it needs an approval";
  const denial = { tool, reason, itemId: item.id };
  const isSame = ({ itemId }: { readonly itemId: string | null }): boolean => itemId === item.id;
  return { ...so, denials: listed(so.denials, denial, isSame) };
}

function refused(so: CodexTranscript, { changes }: Item): CodexTranscript {
  const refusedFiles = changes.reduce<readonly string[]>(
    (files, { path }) => listed(files, path, (each) => each === path),
    so.refusedFiles,
  );
  return { ...so, refusedFiles };
}

function closed(
  so: CodexTranscript,
  ending: CodexTranscript["ending"],
  told: { readonly input_tokens: number; readonly output_tokens: number } | null,
): CodexTranscript {
  const usage =
    told === null
      ? so.sessionUsage
      : { inputTokens: told.input_tokens, outputTokens: told.output_tokens, costUsd: null };
  return { ...so, isTurnOpen: false, openItems: [], retrying: null, sessionUsage: usage, ending };
}
