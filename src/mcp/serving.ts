/**
 * Puts tools onto a server of the SDK: arguments are checked, an answer is structured content with
 * the same JSON as text, and whatever is refused says the way out.
 */
import { createHash } from "node:crypto";
import type { CallToolResult, McpServer, ServerContext } from "@modelcontextprotocol/server";
import { FaultError, faultData } from "../fault.ts";
import type { Refusal } from "../host/answer.ts";
import type { McpHost, SessionScope, Tool } from "./tool.ts";
import { keyPrefix } from "./visiting.ts";

/** Arguments of one call; large texts belong into files. */
export const ARGUMENTS_BYTES_MAX = 1024 * 1024;

export interface Serving {
  readonly app: McpHost;
  readonly scope: SessionScope;
}

export function serveTool(server: McpServer, tool: Tool, serving: Serving): void {
  const { name, title, description, output, annotations, isLoop = false } = tool;
  const meta = isLoop ? { _meta: { "anthropic/alwaysLoad": true } } : {};
  const config = { title, description, annotations: { ...annotations, title }, ...meta };
  server.registerTool(
    name,
    { ...config, inputSchema: bounded(tool), outputSchema: output },
    (args: unknown, context: ServerContext) => call(tool, args, { ...serving, context }),
  );
}

/** The tool's own schema, asked only where the arguments are of a bearable size. */
function bounded({ input }: Tool) {
  const standard = input["~standard"];
  const validate: typeof standard.validate = (value, options) => {
    const bytes = Buffer.byteLength(JSON.stringify(value) ?? "");
    if (bytes <= ARGUMENTS_BYTES_MAX) return standard.validate(value, options);
    const message =
      `arguments of ${bytes} bytes; at most ${ARGUMENTS_BYTES_MAX} are taken. ` +
      "Next: put the text into a file of your worktree and pass its path";
    return { issues: [{ message }] };
  };
  return { "~standard": { ...standard, validate, jsonSchema: slim(standard.jsonSchema) } };
}

type Converter = Tool["input"]["~standard"]["jsonSchema"];

/** The dialect is the protocol's own: naming it in every schema would only cost tokens. */
const slim = ({ input, output }: Converter): Converter => ({
  input: (target) => without$schema(input(target)),
  output: (target) => without$schema(output(target)),
});

function without$schema({ $schema: _dialect, ...schema }: Readonly<Record<string, unknown>>) {
  return schema;
}

interface Called extends Serving {
  readonly context: ServerContext;
}

async function call(tool: Tool, args: unknown, called: Called): Promise<CallToolResult> {
  const { app, scope, context } = called;
  const { signal, _meta: meta } = context.mcpReq;
  const cause = `mcp:${tool.name}:${hashOf(args)}`;
  const key = keyOf(args, meta, scope);
  try {
    const found = await tool.run(args as never, { app, scope, key, cause, signal });
    return {
      content: [{ type: "text", text: JSON.stringify(found) }],
      structuredContent: { ...found },
    };
  } catch (thrown) {
    return { content: [{ type: "text", text: JSON.stringify(told(thrown)) }], isError: true };
  }
}

/** Which call a repetition repeats: the caller's own key, else what its program or the way here says. */
function keyOf(args: unknown, meta: object | undefined, scope: SessionScope): string | null {
  const { idempotency_key: own } = args as { readonly idempotency_key?: string };
  const ids = (meta ?? {}) as Readonly<Record<string, unknown>>;
  const named = [own, ...CALL_IDS.map((name) => ids[name])].find(isKey);
  return named === undefined ? null : keyPrefix(scope) + named;
}

/** What Claude Code, Codex and the supervisor call the identity of one call. */
const CALL_IDS = ["claudecode/toolUseId", "callId", "dev.weathervane/callKey"];
const KEY_CHARS_MAX = 200;

const isKey = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= KEY_CHARS_MAX;

/** The same arguments give the same text, in whatever order they stand. */
export function hashOf(args: unknown): string {
  const { idempotency_key: _key, ...rest } = args as Readonly<Record<string, unknown>>;
  return createHash("sha256").update(canonical(rest)).digest("hex").slice(0, 16);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const pairs = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(",")}}`;
}

/** A fault or a refusal as the client reads it: never a stack, always what to do next. */
function told(thrown: unknown): object {
  if (!(thrown instanceof FaultError)) return { error: faultData(thrown) };
  const { code, where, found, expected, next, cause } = thrown.details;
  const refusal = isRefusal(cause) ? { state: cause.state, accepts: cause.accepts } : {};
  return { error: { code, where, found, expected, next }, ...refusal };
}

const isRefusal = (cause: unknown): cause is Refusal =>
  typeof cause === "object" && cause !== null && "accepts" in cause;
