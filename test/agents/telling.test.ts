/** What people see of an agent's output: texts, tools, files and troubles, and nothing of the rest. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { tell } from "../../src/agents/telling.ts";
import { recording } from "./recordings.ts";

const shown = (line: string, isEvent = true): readonly string[] =>
  tell(line, isEvent).map(({ kind, text }) => `${kind}: ${text}`);

const shownOf = (name: string): readonly string[] =>
  readFileSync(recording(name).path, "utf8")
    .split("\n")
    .flatMap((line) => shown(line));

test("a run of Claude Code", () => {
  expect(shownOf("claude-edit-bash")).toEqual([
    "note: Claude Code 2.1.329 with claude-opus-5-5",
    "tool: Read /workspace/README.md",
    "file: Edit /workspace/README.md",
    "tool: Bash git add -A && git -c user.name=a -c user.email=a@a commit -qm wip && git log --oneline",
    "tool: Bash exit 3",
    "trouble: failed: Exit code 3",
    "text: end",
    "note: says that it is done: 5 turns, 0.254984 USD",
  ]);
});

test("a run of Codex", () => {
  expect(shownOf("codex-edit-bash-fail")).toEqual([
    "note: Codex, session 01a1fc45-cf64-71c3-bd05-10c72090f288",
    "file: /workspace/README.md",
    "tool: /bin/bash -lc 'exit 3'",
    "trouble: failed: /bin/bash -lc 'exit 3'",
    "tool: /bin/bash -lc 'git status --short'",
    "text: end",
    "note: says that it is done: 39812 tokens in, 80 out",
  ]);
});

test("pieces of a message are not told twice", () => {
  expect(shownOf("claude-partial").filter((line) => line.startsWith("text:"))).toHaveLength(1);
});

test.each([
  ["claude-overloaded", "trouble: tries again: overloaded"],
  ["claude-auth", "trouble: failed: Invalid API key"],
  ["claude-perm-bash-curl-denied", "trouble: denied: Bash"],
  ["codex-auth", "trouble: failed: unexpected status 401"],
  ["codex-mcp-direct", "trouble: failed: MCP tool call requires approval"],
])("what went wrong in %s is told", (name, words) => {
  expect(shownOf(name)).toContainEqual(expect.stringContaining(words));
});

test.each([
  ["", []],
  ["plain words", ["text: plain words"]],
  ['{"half": ', ['text: {"half": ']],
  ['{"type":"assistant"}', ['text: {"type":"assistant"}']],
  ['{"wvo":"progress","text":"half way"}', ["text: half way"]],
  ['{"wvo":"limit","reason":"tokens"}', ["trouble: limited: tokens"]],
  ['{"wvo":"limit"}', ["trouble: limited: its account"]],
  ['{"wvo":"usage","input_tokens":3}', []],
  ['{"wvo":"dropped","bytes":12}', ["note: 12 bytes were not kept"]],
  ["a\u001b[31mred\u001b[0m\u0007b\tc", ["text: aredb\tc"]],
])("of a program of any kind %j is shown as %j", (line, wanted) => {
  expect(shown(line, false)).toEqual(wanted);
});

test.each([
  ['{"half": ', []],
  ['{"type":"news.of.tomorrow"}', []],
  ['{"type":"item.updated","item":{"type":"todo_list"}}', []],
  ["not an event", ["text: not an event"]],
])("of a program that tells events %j is shown as %j", (line, wanted) => {
  expect(shown(line)).toEqual(wanted);
});

test("a line without an end does not fill the screen", () => {
  expect(tell("x".repeat(1_000_000), false)[0]?.text).toHaveLength(10_000);
});
