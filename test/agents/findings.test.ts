/** What a run did not tell by its outcome: denied tools, dead servers, refused patches, shapes. */
import { expect, test } from "vitest";
import { recording, verdictOn } from "./recordings.ts";
import {
  claudeInit,
  claudeResult,
  claudeVerdict,
  codexBegin,
  codexItem,
  codexVerdict,
} from "./transcripts.ts";

const end = { type: "turn.completed" };

test("claude: a tool that was denied is told once, with its reason", () => {
  const found = recording("claude-perm-bash-curl-denied");
  const { denials, findings } = verdictOn(found, [found.stdout]);
  expect(denials).toEqual([{ tool: "Bash", reason: "This command requires approval" }]);
  expect(findings).toEqual([
    { source: "permissions", text: "Bash was denied: This command requires approval" },
  ]);
});

test("claude: two denials of one tool are two, also where only the result tells them", () => {
  const permission_denials = [
    { tool_name: "Bash", tool_use_id: "a" },
    { tool_name: "Bash", tool_use_id: "b" },
    { nothing: "of this shape" },
  ];
  const verdict = claudeVerdict([claudeInit, claudeResult({ permission_denials })]);
  expect(verdict.denials.map(({ tool }) => tool)).toEqual(["Bash", "Bash"]);
});

test("claude: only so many are told", () => {
  const permission_denials = Array.from({ length: 1_000 }, (_, at) => {
    return { tool_name: "Bash", tool_use_id: String(at) };
  });
  const verdict = claudeVerdict([claudeInit, claudeResult({ permission_denials })]);
  expect(verdict.denials).toHaveLength(200);
});

test("claude: servers that are not there, and only those", () => {
  const init = {
    ...claudeInit,
    mcp_servers: [
      { name: "well", status: "connected" },
      { name: "slow", status: "pending" },
      { name: "dead", status: "failed" },
      { name: "locked", status: "needs-auth" },
    ],
    mcp_server_errors: [{ name: "odd", message: "command: expected string" }],
  };
  const verdict = claudeVerdict([init, init, claudeResult()]);
  expect(verdict.findings.map(({ text }) => text)).toEqual([
    "the server dead was not there: its status is failed",
    "the server locked was not there: its status is needs-auth",
    "the server odd was not there: command: expected string",
  ]);
});

test("claude: another model than the one asked for is told", () => {
  const fallback = {
    type: "system",
    subtype: "model_fallback",
    original_model: "opus",
    fallback_model: "sonnet",
    trigger: "overloaded",
  };
  expect(claudeVerdict([claudeInit, fallback, fallback, claudeResult()]).findings).toEqual([
    { source: "model", text: "it went on with sonnet instead of opus: overloaded" },
  ]);
});

test("claude: a shape that was asked for and not met", () => {
  const asked = { ...claudeInit, tools: ["Read", "StructuredOutput"] };
  const met = claudeResult({ structured_output: { verdict: "pass" } });
  expect(claudeVerdict([asked, met]).findings).toEqual([]);
  expect(claudeVerdict([asked, claudeResult()]).findings).toHaveLength(1);
  expect(claudeVerdict([claudeInit, claudeResult()]).findings).toEqual([]);
  const failed = claudeResult({ is_error: true });
  expect(claudeVerdict([asked, failed]).findings, "a failure has a class").toEqual([]);
});

test("codex: a shape that was asked for and not met", () => {
  const said = (text: string) => [...codexBegin, codexItem("agent_message", { text }), end];
  expect(codexVerdict(said("{}"), { wantsSchema: true }).findings).toEqual([]);
  expect(codexVerdict(said("words"), { wantsSchema: true }).findings).toHaveLength(1);
  expect(codexVerdict(said("words")).findings).toEqual([]);
});

test("codex: commands and tools that nobody was there to approve", () => {
  const command = codexItem("command_execution", { command: "rm -r x", status: "declined" });
  const tool = codexItem("mcp_tool_call", {
    id: "item_1",
    server: "orch",
    tool: "echo",
    status: "failed",
    error: { message: "MCP tool call requires approval, but approval policy is never" },
  });
  const broken = codexItem("mcp_tool_call", {
    id: "item_2",
    server: "orch",
    tool: "echo",
    status: "failed",
    error: { message: "no such file" },
  });
  expect(codexVerdict([...codexBegin, command, tool, tool, broken, end]).denials).toEqual([
    { tool: "rm -r x", reason: "it needs an approval" },
    {
      tool: "orch.echo",
      reason: "MCP tool call requires approval, but approval policy is never",
    },
  ]);
});

test("codex: a patch that was not made, told by an event or on standard error", () => {
  const patch = codexItem("file_change", { status: "failed", changes: [{ path: "/a" }, 7] });
  const stderr = [
    "2026-11-21T04:03:09Z ERROR codex_core::tools::router: error=patch rejected: read-only",
    "2026-11-21T04:03:10Z ERROR codex_core::tools::router: error=unsupported call: frobnicate",
    "2026-11-21T04:03:11Z ERROR codex_core::session: something else",
  ].join("\n");
  const { denials, findings } = codexVerdict([...codexBegin, patch, end], { stderr });
  expect(denials).toEqual([{ tool: "apply_patch", reason: "read-only" }]);
  expect(findings).toEqual([
    { source: "permissions", text: "apply_patch was denied: read-only" },
    { source: "patches", text: "the change of /a was not made" },
    { source: "tools", text: "unsupported call: frobnicate" },
  ]);
});
