/** Resources and prompts: the facts of the tools under addresses, and where a person begins. */
import { describe, expect, test } from "vitest";
import { openMcpYard } from "../support/mcp-yard.ts";
import type { McpClient } from "../support/mcp-yard.ts";

async function read({ client }: McpClient, uri: string): Promise<unknown> {
  const { contents } = await client.readResource({ uri });
  const [first] = contents;
  return first !== undefined && "text" in first ? first.text : null;
}
const readJson = async (client: McpClient, uri: string): Promise<unknown> =>
  JSON.parse(String(await read(client, uri)));

describe.each(["legacy", "modern"] as const)("with a client of the %s era", (era) => {
  test("resources tell what the tools tell", async () => {
    const client = await (await openMcpYard()).connect({}, era);
    const { found } = await client.ask("task_get", { task_id: "T1" });
    expect(await readJson(client, "wvo://tasks/T1")).toEqual(found["task"]);
    const status = (await client.ask("orchestrator_status")).found;
    expect(await readJson(client, "wvo://status")).toEqual(status);
    expect(await read(client, "wvo://roadmap")).toContain("title: First");
    expect(await readJson(client, "wvo://charts/message")).toMatchObject({
      name: "message",
      outside: ["claim", "acknowledge", "giveBack"],
      definition: { initial: "waiting" },
    });
    await client.ask("task_claim", { task_id: "T1", agent_id: "ann" });
    expect(await readJson(client, "wvo://runs/T1.1")).toMatchObject({
      task_id: "T1",
      is_under_way: true,
      agent: "visitor:ann",
    });
  });

  test.each(["wvo://tasks/T9", "wvo://charts/none", "wvo://runs/none", "wvo://nothing"])(
    "%s is not found",
    async (uri) => {
      const { client } = await (await openMcpYard()).connect({}, era);
      await expect(client.readResource({ uri })).rejects.toThrow(/not found/i);
    },
  );

  test("names are completed", async () => {
    const { client } = await (await openMcpYard()).connect({}, era);
    const complete = async (uri: string, name: string, value: string) => {
      const ref = { type: "ref/resource", uri } as const;
      return (await client.complete({ ref, argument: { name, value } })).completion.values;
    };
    expect(await complete("wvo://tasks/{id}", "id", "T")).toEqual(["T1", "T2", "T3"]);
    expect(await complete("wvo://tasks/{id}", "id", "T3")).toEqual(["T3"]);
    expect(await complete("wvo://charts/{name}", "name", "me")).toEqual(
      ["message", "merge-request"].toSorted(),
    );
    const ref = { type: "ref/prompt", name: "review_task" } as const;
    const ids = await client.complete({ ref, argument: { name: "id", value: "T2" } });
    expect(ids.completion.values).toEqual(["T2"]);
  });

  test("each prompt names the tools that it sets to work", async () => {
    const { client } = await (await openMcpYard()).connect({}, era);
    const { prompts } = await client.listPrompts();
    const names = ["work_loop", "plan_epic", "review_task", "incident"];
    expect(prompts.map(({ name }) => name)).toEqual(names);
    const args = { agent_id: "ann", goal: "a parser", id: "T1", anomaly: "nothing moves" };
    for (const { name, arguments: wanted = [] } of prompts) {
      const given = Object.fromEntries(wanted.map((each) => [each.name, args[each.name as "id"]]));
      const { messages } = await client.getPrompt({ name, arguments: given });
      const text = JSON.stringify(messages);
      for (const value of Object.values(given)) expect(text).toContain(value);
      expect(text).toMatch(/task_|plan_next|orchestrator_status/);
    }
  });
});
