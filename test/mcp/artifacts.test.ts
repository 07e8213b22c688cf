/** Artifacts over MCP: who may keep what, what is told of it, and how it is read again. */
import { describe, expect, test } from "vitest";
import { ARTIFACTS_MAX } from "../../machines/artifacts.ts";
import { ARTIFACT_BYTES_MAX } from "../../src/mcp/tools/artifact-store.ts";
import { openMcpYard } from "../support/mcp-yard.ts";
import type { McpClient, McpYard } from "../support/mcp-yard.ts";

const REPORT = { task_id: "T1", name: "report", text: "all is well", media_type: "text/markdown" };

async function annAtWork(era?: "legacy" | "modern"): Promise<McpClient & { yard: McpYard }> {
  const yard = await openMcpYard();
  const ann = await yard.connect({ role: "worker", agentId: "ann" }, era);
  await ann.ask("task_claim", { task_id: "T1" });
  return { ...ann, yard };
}

describe.each(["legacy", "modern"] as const)("with a client of the %s era", (era) => {
  test("a text is kept, told of with its task, and read under its address", async () => {
    const { client, ask } = await annAtWork(era);
    const { found, isError } = await ask("artifact_store", REPORT);
    expect([isError, found]).toMatchObject([false, { bytes: 11, state: "open" }]);
    const { uri } = found;
    expect(uri).toBe(`wvo://artifacts/${String(found["sha256"])}`);
    const { task } = (await ask("task_get", { task_id: "T1" })).found;
    expect(task).toMatchObject({
      artifacts: [{ name: "report", uri, bytes: 11, media_type: "text/markdown", run_id: "T1.1" }],
    });
    const { contents } = await client.readResource({ uri: String(uri) });
    expect(contents).toEqual([{ uri, mimeType: "text/plain", text: "all is well" }]);
    const ref = { type: "ref/resource", uri: "wvo://artifacts/{sha256}" } as const;
    const value = String(found["sha256"]).slice(0, 4);
    const { completion } = await client.complete({ ref, argument: { name: "sha256", value } });
    expect(completion.values).toEqual([found["sha256"]]);
  });
});

test("a call that is repeated is answered from the record, and another text takes the name", async () => {
  const { ask, yard } = await annAtWork();
  const keyed = { ...REPORT, idempotency_key: "k1" };
  const first = await ask("artifact_store", keyed);
  expect((await ask("artifact_store", keyed)).found).toEqual(first.found);
  const other = await ask("artifact_store", { ...keyed, text: "not so" });
  expect(other.found).toMatchObject({ error: { code: "mcp.key-reused" } });
  const newer = await ask("artifact_store", { ...REPORT, text: "not so" });
  expect(newer.found["sha256"]).not.toBe(first.found["sha256"]);
  const { stdout } = await yard.wvo("task", "show", "T1", "--json");
  const { artifacts } = JSON.parse(stdout) as { artifacts: readonly object[] };
  expect(artifacts).toMatchObject([{ name: "report", uri: newer.found["uri"] }]);
  expect((await yard.wvo("task", "show", "T1")).stdout).toContain("artifact    report (6 bytes)");
});

test("what is wrong is refused, and leaves nothing", async () => {
  const { ask, yard } = await annAtWork();
  const codeOf = async (args: object): Promise<unknown> => {
    const { isError, found } = await ask("artifact_store", { ...REPORT, ...args });
    expect(isError).toBe(true);
    return (found["error"] as { code?: string } | undefined)?.code;
  };
  expect(await codeOf({ path: "a.txt" })).toBe("mcp.artifact");
  expect(await codeOf({ path: "a.txt", text: undefined })).toBe("mcp.artifact");
  expect(await codeOf({ text: undefined })).toBe("mcp.artifact");
  expect(await codeOf({ task_id: "T3" })).toBe("mcp.foreign-task");
  expect(await codeOf({ task_id: "T9" })).toBe("task.unknown");
  expect(await codeOf({ media_type: "no type" })).toBeUndefined();
  const bob = await yard.connect({ role: "worker", agentId: "bob" });
  expect((await bob.ask("artifact_store", REPORT)).isError).toBe(true);
  const { task } = (await ask("task_get", { task_id: "T1" })).found;
  expect(task).toMatchObject({ artifacts: [] });
});

test("a task keeps so many names, and a larger text than is taken never comes so far", async () => {
  const { ask } = await annAtWork();
  for (let number = 1; number <= ARTIFACTS_MAX; number += 1) {
    const { isError } = await ask("artifact_store", { ...REPORT, name: `report-${number}` });
    expect(isError).toBe(false);
  }
  const full = await ask("artifact_store", REPORT);
  expect(full).toMatchObject({ isError: true, found: { state: "full" } });
  const known = await ask("artifact_store", { ...REPORT, name: "report-1", text: "newer" });
  expect(known).toMatchObject({ isError: false, found: { state: "full" } });
  const huge = await ask("artifact_store", { ...REPORT, text: "x".repeat(ARTIFACT_BYTES_MAX / 8) });
  expect(huge.isError).toBe(true);
});
