/**
 * How Claude Code is called for one run. Its standard input is closed by the runner, and its own
 * retries are few: the orchestrator decides whether to try again.
 */
import type { ClaudeConfig } from "../../config/providers.ts";
import { ownServer } from "../own-server.ts";
import type { McpServer } from "../provider.ts";
import type { Call } from "../transcript-provider.ts";

/** The prompt comes first: options that take a list would take it too. */
export function argumentsFor(config: ClaudeConfig, { prompt, tier, sessionId, server }: Call) {
  const servers = { ...ownServer(server), ...config.mcp_servers };
  const names = Object.keys(servers);
  const tools = [...config.allowed_tools, ...names.map((name) => `mcp__${name}`)];
  return [
    "-p",
    prompt.text,
    ...option("--output-format", "stream-json"),
    "--verbose",
    // Its thinking shows as a stream, so that silence means something (agents.md, trap 6).
    "--include-partial-messages",
    ...option("--model", config.models[tier]),
    ...option("--permission-mode", config.permission_mode),
    ...option("--max-turns", config.max_turns),
    ...option("--max-budget-usd", config.max_cost_usd),
    ...(tools.length === 0 ? [] : ["--allowedTools", ...tools]),
    ...(names.length === 0 ? [] : ["--mcp-config", serversOf(servers), "--strict-mcp-config"]),
    ...option("--add-dir", prompt.folder),
    ...option("--resume", sessionId),
    ...config.flags,
  ];
}

/** An option with its value, where there is one. */
const option = (name: string, value: string | number | null): readonly string[] =>
  value === null ? [] : [name, String(value)];

function serversOf(servers: Readonly<Record<string, McpServer>>): string {
  const entries = Object.entries(servers).map(([name, server]) => [
    name,
    { type: "stdio", ...server },
  ]);
  return JSON.stringify({ mcpServers: Object.fromEntries(entries) });
}

/** Nothing but the model's server is talked to, and it is not waited for longer than told. */
export const variablesFor = ({ retries, answer_limit }: ClaudeConfig) => ({
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  CLAUDE_CODE_MAX_RETRIES: String(retries),
  API_TIMEOUT_MS: String(answer_limit),
});
