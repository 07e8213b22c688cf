/** What a provider may say in weathervane.yaml, and how a mistake in it is told. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { readConfigFile } from "../../src/config/file.ts";
import type { FileConfig } from "../../src/config/schema.ts";
import type { FaultError } from "../../src/fault.ts";
import { emptyFolder } from "../support/workbench.ts";

function read(provider: object): FileConfig["providers"][string] | undefined {
  const path = join(emptyFolder(), "weathervane.yaml");
  writeFileSync(path, stringify({ version: 1, providers: { mine: provider } }));
  return readConfigFile(path).values.providers["mine"];
}

function refused(provider: object): Pick<FaultError["details"], "found" | "expected"> {
  try {
    read(provider);
  } catch (thrown) {
    const { found, expected } = (thrown as FaultError).details;
    return { found, expected };
  }
  throw new Error("it was not refused");
}

test("claude needs nothing but its kind", () => {
  expect(read({ kind: "claude" })).toMatchObject({
    program: ["claude"],
    models: { low: "haiku", medium: "sonnet", high: "opus" },
    permission_mode: "acceptEdits",
    allowed_tools: ["Bash(git *)"],
    retries: 2,
    idle_limit: 600_000,
    answer_limit: 300_000,
  });
});

test("codex needs nothing but its kind", () => {
  expect(read({ kind: "codex" })).toMatchObject({
    program: ["codex"],
    models: { low: null, medium: null, high: null },
    efforts: { low: "low", medium: "medium", high: "high" },
    sandbox: "workspace-write",
    endpoint: null,
  });
});

test("one model of one's own leaves the others as they are", () => {
  expect(read({ kind: "claude", models: { high: "x" } })).toMatchObject({
    models: { low: "haiku", medium: "sonnet", high: "x" },
  });
});

describe("refused", () => {
  test.each([
    [
      "an unknown kind",
      { kind: "gemini" },
      { found: 'providers.mine.kind = "gemini"', expected: "one of command, claude, codex" },
    ],
    [
      "no kind",
      { program: ["x"] },
      { found: "providers.mine.kind = undefined", expected: "one of command, claude, codex" },
    ],
    [
      "a field that is misspelt",
      { kind: "claude", permision_mode: "plan" },
      {
        found: "the unknown field permision_mode",
        expected: expect.stringMatching(/did you mean permission_mode\?$/) as string,
      },
    ],
    [
      "a field of another kind",
      { kind: "codex", permission_mode: "plan" },
      {
        found: "the unknown field permission_mode",
        expected: expect.stringContaining("sandbox") as string,
      },
    ],
    [
      "a tier that there is none of",
      { kind: "codex", models: { highest: "x" } },
      { found: "the unknown field highest", expected: "no such field here" },
    ],
    [
      "a sandbox that there is none of",
      { kind: "codex", sandbox: "none" },
      {
        found: 'providers.mine.sandbox = "none"',
        expected: expect.stringContaining("workspace-write") as string,
      },
    ],
    [
      "a command without its program",
      { kind: "command" },
      {
        found: "providers.mine.program = undefined",
        expected: expect.stringContaining("array") as string,
      },
    ],
    [
      "a name of a variable that is none",
      { kind: "claude", pass_env: ["A=B"] },
      { found: 'providers.mine.pass_env = ["A=B"]', expected: "names of environment variables" },
    ],
  ])("%s", (_title, provider, words) => {
    expect(refused(provider)).toEqual(words);
  });
});
