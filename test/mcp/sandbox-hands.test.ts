/** Whose hands the sandbox is: those of one named agent, for as long as it works. */
import { expect, test } from "vitest";
import { openMcpYard } from "../support/mcp-yard.ts";

async function annAtWork() {
  const config = { sandbox: { programs: [] } };
  const yard = await openMcpYard([{ id: "T1", title: "First" }], { config });
  const { ask } = await yard.connect({ role: "worker", agentId: "ann", sandbox: true });
  await ask("task_claim", { task_id: "T1" });
  return { yard, ask };
}

test("a worker without a name of its own has no hands here, whoever it says it is", async () => {
  const { yard } = await annAtWork();
  const nobody = await yard.connect({ role: "worker", sandbox: true });
  const asAnn = { task_id: "T1", agent_id: "ann" };
  for (const [name, args] of [
    ["file_write", { ...asAnn, path: "a", text: "x" }],
    ["git_commit", { ...asAnn, message: "m" }],
    ["git_status", asAnn],
  ] as const)
    expect(await nobody.ask(name, args)).toMatchObject({
      isError: true,
      found: { error: { code: "sandbox.unnamed" } },
    });
});

test("who works here lives: each errand renews the lease", async () => {
  const { yard, ask } = await annAtWork();
  for (let write = 0; write < 4; write += 1) {
    yard.clock.advance(250_000);
    await yard.app.host.quiet();
    const { isError } = await ask("file_write", { task_id: "T1", path: "a", text: `${write}` });
    expect(isError).toBe(false);
  }
});
