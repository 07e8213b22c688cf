/** What the events of Codex tell people. */
import type { Told } from "../telling.ts";
import { parseEvent } from "./events.ts";
import type { CodexEvent, Item } from "./events.ts";

/** Null for what is no event of Codex. */
export function tellCodex(json: unknown): readonly Told[] | null {
  const event = parseEvent(json);
  return event === null ? null : tellEvent(event);
}

function tellEvent(event: CodexEvent): readonly Told[] {
  switch (event.kind) {
    case "thread":
      return [{ kind: "note", text: `Codex, session ${event.threadId ?? "unknown"}` }];
    case "turn":
      return [];
    case "started":
      return tellStart(event.item);
    case "completed":
      return tellItem(event.item);
    case "error":
      return [{ kind: "trouble", text: event.message }];
    case "done":
      return [{ kind: "note", text: `says that it is done${tokensOf(event.usage)}` }];
    case "failed":
      return [{ kind: "trouble", text: `failed: ${event.message}` }];
    default:
      return event satisfies never;
  }
}

const tokensOf = (usage: { input_tokens: number; output_tokens: number } | null): string =>
  usage === null ? "" : `: ${usage.input_tokens} tokens in, ${usage.output_tokens} out`;

/** What takes a while is told when it begins. */
function tellStart({ type, command, server, tool }: Item): readonly Told[] {
  if (type === "command_execution") return [{ kind: "tool", text: command ?? "a command" }];
  if (type === "mcp_tool_call")
    return [{ kind: "tool", text: `${server ?? ""}.${tool ?? "a tool"}` }];
  return [];
}

const FAILED: ReadonlySet<string> = new Set(["failed", "declined"]);

function tellItem(item: Item): readonly Told[] {
  const { type, status, text, message, changes, error } = item;
  const hasFailed = FAILED.has(status ?? "");
  if (type === "agent_message") return [{ kind: "text", text: text ?? "" }];
  if (type === "error") return [{ kind: "trouble", text: message ?? "a warning" }];
  if (type === "file_change" && !hasFailed)
    return changes.map(({ path }) => ({ kind: "file", text: path }));
  if (!hasFailed) return [];
  return [{ kind: "trouble", text: `failed: ${error?.message ?? item.command ?? type}` }];
}
