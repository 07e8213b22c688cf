/** How the programs are called: every setting ends up where the program looks for it. */
import { describe, expect, test } from "vitest";
import {
  argumentsFor as claudeArguments,
  variablesFor,
} from "../../src/agents/claude/command-line.ts";
import { argumentsFor as codexArguments } from "../../src/agents/codex/command-line.ts";
import type { Call } from "../../src/agents/transcript-provider.ts";
import type { ClaudeConfig, CodexConfig } from "../../src/config/providers.ts";
import { PROVIDER_KINDS } from "../../src/config/providers.ts";

const claude = (change: object = {}): ClaudeConfig =>
  PROVIDER_KINDS.claude.parse({ kind: "claude", ...change });
const codex = (change: object = {}): CodexConfig =>
  PROVIDER_KINDS.codex.parse({ kind: "codex", ...change });

const PROMPT = "# T1: Do it\n\nNow.";
const call = (change: Partial<Call> = {}): Call => ({
  prompt: { text: PROMPT, folder: null },
  tier: "medium",
  sessionId: null,
  server: null,
  ...change,
});

/** Arguments, parted by bars. */
const words = (...lines: readonly string[]): readonly string[] => lines.join("|").split("|");

const SERVER = { command: "node", args: ["server.mjs", 'a "word"'], env: { TASK_ID: "t-1" } };

describe("claude", () => {
  test("is called as it was seen to work", () => {
    expect(claudeArguments(claude(), call())).toEqual(
      words(
        `-p|${PROMPT}|--output-format|stream-json|--verbose|--include-partial-messages`,
        "--model|sonnet|--permission-mode|acceptEdits|--max-turns|200|--allowedTools|Bash(git *)",
      ),
    );
  });

  const after = (name: string, change: object, given: Partial<Call> = {}): string | undefined => {
    const all = claudeArguments(claude(change), call(given));
    return all.includes(name) ? all[all.indexOf(name) + 1] : undefined;
  };

  test.each([
    ["the model of a low tier", "--model", {}, { tier: "low" }, "haiku"],
    ["the model of a high tier", "--model", {}, { tier: "high" }, "opus"],
    ["a model of one's own", "--model", { models: { high: "x" } }, { tier: "high" }, "x"],
    ["the permission mode", "--permission-mode", { permission_mode: "plan" }, {}, "plan"],
    ["turns", "--max-turns", { max_turns: 7 }, {}, "7"],
    ["money", "--max-budget-usd", { max_cost_usd: 2.5 }, {}, "2.5"],
    ["no money", "--max-budget-usd", {}, {}, undefined],
    ["a session to go on with", "--resume", {}, { sessionId: "s-1" }, "s-1"],
    ["no session", "--resume", {}, {}, undefined],
    ["no tools", "--allowedTools", { allowed_tools: [] }, {}, undefined],
    ["a brief in a file", "--add-dir", {}, { prompt: { text: "x", folder: "/runs" } }, "/runs"],
    ["flags of one's own", "--effort", { flags: ["--effort", "max"] }, {}, "max"],
  ] as const)("%s", (...[, name, change, given, value]) => {
    expect(after(name, change, given)).toBe(value);
  });

  test("a server comes with the permission to use it, and without those of the user", () => {
    const all = claudeArguments(claude({ mcp_servers: { orch: SERVER } }), call());
    expect(all.slice(all.indexOf("--allowedTools"))).toEqual([
      "--allowedTools",
      "Bash(git *)",
      "mcp__orch",
      "--mcp-config",
      JSON.stringify({ mcpServers: { orch: { type: "stdio", ...SERVER } } }),
      "--strict-mcp-config",
    ]);
  });

  test("our own server comes with its tools and without those of the user; one named so is theirs", () => {
    const own = claudeArguments(claude(), call({ server: SERVER }));
    expect(own.slice(own.indexOf("--allowedTools"))).toEqual([
      "--allowedTools",
      "Bash(git *)",
      "mcp__weathervane",
      "--mcp-config",
      JSON.stringify({ mcpServers: { weathervane: { type: "stdio", ...SERVER } } }),
      "--strict-mcp-config",
    ]);
    const theirs = { ...SERVER, command: "theirs" };
    const given = { mcp_servers: { weathervane: theirs } };
    expect(after("--mcp-config", given, { server: SERVER })).toBe(
      JSON.stringify({ mcpServers: { weathervane: { type: "stdio", ...theirs } } }),
    );
  });

  test("talks to nobody but its server, and retries little", () => {
    expect(variablesFor(claude({ retries: 1, answer_limit: "90s" }))).toEqual({
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
      CLAUDE_CODE_MAX_RETRIES: "1",
      API_TIMEOUT_MS: "90000",
    });
  });
});

describe("codex", () => {
  const QUIET = "-c|check_for_update_on_startup=false|-c|analytics.enabled=false";

  test("is called as it was seen to work", () => {
    expect(codexArguments(codex(), call())).toEqual(
      words(
        "exec|--json|-s|workspace-write|--disable|plugins",
        `--disable|unbounded_connection_retries|${QUIET}`,
        `-c|model_reasoning_effort="medium"|${PROMPT}`,
      ),
    );
  });

  test("goes on with a session in the same sandbox, which resume would forget", () => {
    const all = codexArguments(
      codex({ sandbox: "danger-full-access" }),
      call({ sessionId: "t-1" }),
    );
    expect(all).toEqual(
      words(
        'exec|resume|--json|-c|sandbox_mode="danger-full-access"|-c|features.plugins=false',
        `-c|features.unbounded_connection_retries=false|${QUIET}`,
        `-c|model_reasoning_effort="medium"|t-1|${PROMPT}`,
      ),
    );
  });

  test("has the model and the effort of the tier", () => {
    const config = codex({ models: { low: "small" }, efforts: { high: null } });
    const low = codexArguments(config, call({ tier: "low" }));
    expect(low.slice(2, 4)).toEqual(["-m", "small"]);
    expect(low).toContain('model_reasoning_effort="low"');
    const high = codexArguments(config, call({ tier: "high" }));
    expect(high).not.toContain("-m");
    expect(high.filter((each) => each.startsWith("model_reasoning_effort"))).toEqual([]);
  });

  test("an endpoint comes with retries and a time-out", () => {
    const endpoint = { base_url: "http://127.0.0.1:8080/v1", env_key: "STUB_API_KEY" };
    const all = codexArguments(codex({ endpoint, retries: 1, answer_limit: "60s" }), call());
    expect(all.filter((each) => each.startsWith("model_provider"))).toEqual([
      'model_provider="wvo"',
      'model_providers.wvo={name="wvo",base_url="http://127.0.0.1:8080/v1",env_key="STUB_API_KEY",wire_api="responses",request_max_retries=1,stream_max_retries=1,stream_idle_timeout_ms=60000}',
    ]);
  });

  test("a server is required and its tools are allowed, or it would be silent", () => {
    const all = codexArguments(codex({ mcp_servers: { orch: SERVER } }), call());
    expect(all.filter((each) => each.startsWith("mcp_servers"))).toEqual([
      'mcp_servers.orch={command="node",args=["server.mjs","a \\"word\\""],env={TASK_ID="t-1"},required=true,default_tools_approval_mode="approve"}',
    ]);
  });

  test("our own server is not required: the work can be done without it", () => {
    const given = { mcp_servers: { orch: SERVER } };
    const all = codexArguments(codex(given), call({ server: { ...SERVER, args: [] } }));
    expect(all.filter((each) => each.startsWith("mcp_"))).toEqual([
      "mcp_optional_startup_grace_ms=30000",
      'mcp_servers.weathervane={command="node",args=[],env={TASK_ID="t-1"},required=false,startup_timeout_sec=30,default_tools_approval_mode="approve"}',
      expect.stringMatching(/^mcp_servers\.orch=.*required=true/) as string,
    ]);
  });

  test("flags of one's own stand before the prompt", () => {
    const all = codexArguments(codex({ flags: ["--ephemeral"] }), call());
    expect(all.slice(-2)).toEqual(["--ephemeral", PROMPT]);
  });
});
