/**
 * How Claude Code is called for one run. Its standard input is closed by the runner, and its own
 * retries are few: the orchestrator decides whether to try again.
 */
import type { ClaudeConfig } from "../../config/providers.ts";
import type { Call } from "../transcript-provider.ts";

/** The prompt comes first: options that take a list would take it too. */
export function argumentsFor(config: ClaudeConfig, { prompt, tier, sessionId }: Call) {
  const servers = Object.keys(config.mcp_servers);
  const tools = [...config.allowed_tools, ...servers.map((name) => `mcp__${name}`)];
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
    ...(servers.length === 0 ? [] : ["--mcp-config", serversOf(config), "--strict-mcp-config"]),
    ...option("--add-dir", prompt.folder),
    ...option("--resume", sessionId),
    ...config.flags,
  ];
}

/** An option with its value, where there is one. */
const option = (name: string, value: string | number | null): readonly string[] =>
  value === null ? [] : [name, String(value)];

function serversOf({ mcp_servers }: ClaudeConfig): string {
  const servers = Object.entries(mcp_servers).map(([name, server]) => [
    name,
    { type: "stdio", ...server },
  ]);
  return JSON.stringify({ mcpServers: Object.fromEntries(servers) });
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
