/**
 * What clients are shown of the tools: every change of a name, a schema or an annotation is a change
 * of the golden file, and what the tools cost in tokens stays bounded.
 */
import { join } from "node:path";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { expect, test } from "vitest";
import { instructionsFor } from "../../src/mcp/instructions.ts";
import { tools } from "../../src/mcp/tools.ts";
import { openMcpYard } from "../support/mcp-yard.ts";

const WORK_TOKENS_MAX = 2_000;
const TOKENS_A_TOOL_MAX = 140;
const INSTRUCTIONS_TOKENS_MAX = 300;
const GOLDEN = join(import.meta.dirname, "tools.golden.json");

interface Shown {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: object;
}

/** What a model reads of a tool. */
const costOf = ({ name, description, inputSchema }: Shown): number =>
  countTokens(JSON.stringify({ name, description, input_schema: inputSchema }));

async function shownTo(role: "worker" | "coordinator" | "operator", sandbox = false) {
  const { client } = await (await openMcpYard([])).connect({ role, sandbox });
  return (await client.listTools()).tools;
}

test("the tools are those of the golden file; to accept a change: npx vitest run test/mcp/golden.test.ts --update", async () => {
  const toolsets = new Map(tools.map(({ name, toolset }) => [name, toolset]));
  const shown = (await shownTo("operator", true)).map((tool) => {
    return { toolset: toolsets.get(tool.name), ...tool };
  });
  await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot(GOLDEN);
  expect(shown).toHaveLength(tools.length);
});

test("each role sees its toolsets, in the same order", async () => {
  const names = (listed: readonly Shown[]) => listed.map(({ name }) => name);
  const of = (...sets: readonly string[]) =>
    names(tools.filter(({ toolset }) => sets.includes(toolset)) as never);
  expect(names(await shownTo("worker"))).toEqual(of("work"));
  expect(names(await shownTo("coordinator"))).toEqual(of("work", "plan"));
  expect(names(await shownTo("operator"))).toEqual(of("work", "plan", "ops"));
  expect(names(await shownTo("worker", true))).toEqual(of("work", "sandbox"));
});

test("the tools of a worker cost at most 2,000 tokens, and none costs much", async () => {
  const [work, all] = [await shownTo("worker"), await shownTo("operator", true)];
  const sum = (shown: readonly Shown[]) => shown.map(costOf).reduce((a, b) => a + b, 0);
  expect(sum(work)).toBeLessThanOrEqual(WORK_TOKENS_MAX);
  expect(sum(work) / work.length).toBeLessThanOrEqual(TOKENS_A_TOOL_MAX);
  expect(sum(all) / all.length).toBeLessThanOrEqual(TOKENS_A_TOOL_MAX);
});

test("every tool says all four hints, and those that only read are no more than that", () => {
  for (const { name, annotations, toolset } of tools) {
    const hints = Object.values(annotations);
    expect(hints, name).toHaveLength(4);
    expect(
      hints.every((hint) => typeof hint === "boolean"),
      name,
    ).toBe(true);
    expect(annotations.readOnlyHint && annotations.destructiveHint, name).toBe(false);
    expect(toolset === "work" && annotations.destructiveHint, name).toBe(false);
  }
});

test.each(["worker", "coordinator", "operator"] as const)("the instructions of a %s", (role) => {
  for (const sandbox of [false, true]) {
    const text = instructionsFor({ role, agentId: null, taskId: "T1", sandbox, sessionId: "" });
    expect(countTokens(text)).toBeLessThanOrEqual(INSTRUCTIONS_TOKENS_MAX);
    expect(text).toContain("task_claim");
    expect(text.includes("file_write")).toBe(sandbox);
  }
});
