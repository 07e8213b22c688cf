/** `health` and its remedies: each part is broken in turn, and exactly that one is said to be ill. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import type { TaskContext } from "../../machines/task-setup.ts";
import { openMcpYard } from "../support/mcp-yard.ts";
import type { McpClient, McpYard } from "../support/mcp-yard.ts";

type Ask = McpClient["ask"];
interface Seen {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly status: string }[];
}

async function illIn(ask: Ask, deep = false): Promise<readonly string[]> {
  const { found } = await ask("health", { deep });
  const { status, checks } = found as unknown as Seen;
  const ill = checks.filter((check) => check.status !== "ok").map(({ name }) => name);
  expect(status === "ok").toBe(ill.length === 0);
  return ill;
}

async function healthy(): Promise<{ readonly yard: McpYard; readonly ask: Ask }> {
  const yard = await openMcpYard([{ id: "T1", title: "First" }]);
  const { ask } = await yard.connect();
  // In the hands of somebody, so that nothing is ready.
  await ask("task_claim", { task_id: "T1", agent_id: "ann" });
  return { yard, ask };
}

test("a place at work is well, also where all of it is read", async () => {
  const { ask } = await healthy();
  expect(await illIn(ask)).toEqual([]);
  expect(await illIn(ask, true)).toEqual([]);
});

test("a blocked task is told with its remedy, and the remedy helps", async () => {
  const { ask, yard } = await healthy();
  await ask("task_update", { task_id: "T1", agent_id: "ann", event: "block", note: "no key" });
  expect(await illIn(ask)).toEqual(["tasks"]);
  const { found } = await ask("health");
  expect(JSON.stringify(found)).toContain('{"remedy":"unblock_task","target":"T1"}');
  const done = await ask("health_remediate", { remedy: "unblock_task", target: "T1" });
  expect(done.found).toMatchObject({ applied: true, changed: "task:T1", state: "backlog.ready" });
  expect(yard.app.store.views.task("T1")).toMatchObject({ status: "pending" });
  // Now it is ready, and nobody hands it out.
  expect(await illIn(ask)).toEqual(["task_queue"]);
  await yard.app.host.start("provider:command", { name: "command" });
  const started = await ask("health_remediate", { remedy: "start_autopilot" });
  expect(started).toMatchObject({ isError: false, found: { changed: "coordinator" } });
});

test("a provider that is out is told, and asked again", async () => {
  const { ask, yard } = await healthy();
  // No program of this name is configured, so that asking for it fails.
  await yard.app.host.start("provider:gone", { name: "gone" });
  await yard.app.host.quiet();
  expect(await illIn(ask)).toEqual(["providers"]);
  expect(JSON.stringify((await ask("health")).found)).toContain('"target":"gone"');
  const asked = await ask("health_remediate", { remedy: "recheck_provider", target: "gone" });
  expect(asked.isError).toBe(false);
});

test("an event that nobody could take is told", async () => {
  const { ask, yard } = await healthy();
  const body = JSON.stringify({ kind: "event", event: { type: "wake" } });
  await yard.app.store.send([{ id: "lost", actor: "task:T77", body, cause: null }]);
  await yard.app.host.quiet();
  expect(await illIn(ask)).toEqual(["dead_letters"]);
});

test("a row that does not follow from its snapshot is found where all is read", async () => {
  const { ask, yard } = await healthy();
  const db = new Database(join(yard.repo, "state/orchestrator.db"));
  db.function("wvo_writing", () => 1);
  db.prepare("UPDATE tasks SET title = 'Another'").run();
  db.close();
  expect(await illIn(ask)).toEqual([]);
  expect(await illIn(ask, true)).toEqual(["database"]);
  expect(JSON.stringify((await ask("health", { deep: true })).found)).toContain("tasks of T1");
});

test.each([
  { remedy: "unblock_task" },
  { remedy: "start_autopilot", target: "T1" },
  { remedy: "unblock_task", target: "T1" },
  { remedy: "stop_run", target: "worker-01" },
  { remedy: "recheck_provider", target: "none" },
])("%j is refused where there is nothing to mend", async (args) => {
  const { ask, yard } = await healthy();
  await yard.app.openPool();
  expect(await ask("health_remediate", args)).toMatchObject({ isError: true });
  const { context } = JSON.parse((await yard.app.store.read("task:T1"))?.snapshot ?? "{}") as {
    readonly context: TaskContext;
  };
  expect(context.run?.agentId).toBe("visitor:ann");
});
