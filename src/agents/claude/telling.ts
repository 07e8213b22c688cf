/** What the events of Claude Code tell people. Pieces of a message are passed over: it comes whole. */
import { z } from "zod";
import { amount, count, listOf, text } from "../lenient.ts";
import type { Told } from "../telling.ts";

const block = z.object({
  type: z.string(),
  text,
  name: text,
  input: z.record(z.string(), z.unknown()).catch({}),
  is_error: z.boolean().catch(false),
  content: z.unknown().optional(),
});
type Block = z.output<typeof block>;

const event = z.object({
  type: z.enum(["system", "assistant", "user", "result", "stream_event", "rate_limit_event"]),
  subtype: text,
  model: text,
  claude_code_version: text,
  error: text,
  tool_name: text,
  is_error: z.boolean().catch(false),
  result: text,
  num_turns: count,
  total_cost_usd: amount,
  message: z.object({ content: listOf(block) }).catch({ content: [] }),
});
type Event = z.output<typeof event>;

/** Null for what is no event of Claude Code. */
export function tellClaude(json: unknown): readonly Told[] | null {
  const parsed = event.safeParse(json);
  if (!parsed.success) return null;
  const { data } = parsed;
  switch (data.type) {
    case "system":
      return tellSystem(data);
    case "assistant":
      return data.message.content.flatMap((each) => tellBlock(each));
    case "user":
      return data.message.content.flatMap((each) => tellResult(each));
    case "result":
      return [tellEnd(data)];
    case "stream_event":
    case "rate_limit_event":
      return [];
    default:
      return data.type satisfies never;
  }
}

function tellSystem(data: Event): readonly Told[] {
  const { subtype, model, claude_code_version: version } = data;
  if (subtype === "init")
    return [{ kind: "note", text: `Claude Code ${version ?? ""} with ${model ?? "its model"}` }];
  if (subtype === "api_retry")
    return [{ kind: "trouble", text: `tries again: ${data.error ?? "unknown"}` }];
  if (subtype === "permission_denied")
    return [{ kind: "trouble", text: `denied: ${data.tool_name ?? "a tool"}` }];
  return [];
}

/** The tools that write files, by the input that names the file. */
const FILE_TOOLS: ReadonlySet<string> = new Set(["Write", "Edit", "MultiEdit", "NotebookEdit"]);

function tellBlock({ type, text: said, name, input }: Block): readonly Told[] {
  if (type === "text") return [{ kind: "text", text: said ?? "" }];
  if (type !== "tool_use" || name === null) return [];
  const [subject] = [input["file_path"], input["command"], ...Object.values(input)].filter(
    (each) => typeof each === "string",
  );
  return [
    { kind: FILE_TOOLS.has(name) ? "file" : "tool", text: `${name} ${subject ?? ""}`.trim() },
  ];
}

function tellResult({ type, is_error: isError, content }: Block): readonly Told[] {
  if (type !== "tool_result" || !isError) return [];
  const why = typeof content === "string" ? content : JSON.stringify(content ?? "unknown");
  return [{ kind: "trouble", text: `failed: ${why.split("\n", 1)[0]}` }];
}

function tellEnd(data: Event): Told {
  const cost = data.total_cost_usd === null ? "" : `, ${data.total_cost_usd} USD`;
  const size = `${data.num_turns} turns${cost}`;
  if (!data.is_error) return { kind: "note", text: `says that it is done: ${size}` };
  return { kind: "trouble", text: `failed: ${data.result ?? data.subtype ?? "unknown"} (${size})` };
}
