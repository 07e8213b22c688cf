/** What clients get wrong, by accident or not: refused with a way out, and nothing has changed. */
import { describe, expect, test } from "vitest";
import { tools } from "../../src/mcp/tools.ts";
import { openMcpYard } from "../support/mcp-yard.ts";

const MEGABYTE = 1024 * 1024;

test.each<[string, string, Record<string, unknown>, string]>([
  ["a number for a text", "task_claim", { task_id: 7 }, "task_id"],
  ["a text for a number", "task_list", { limit: "all" }, "limit"],
  ["a word that is none", "task_update", { task_id: "T1", event: "done" }, "event"],
  ["a field too much", "task_claim", { task_id: "T1", force: true }, "force"],
  ["a field too few", "task_complete", { task_id: "T1", summary: "s" }, "commit"],
  ["a lease without an end", "task_claim", { task_id: "T1", lease_s: 1e9 }, "lease_s"],
  ["arguments over 1 MB", "context_write", { content: "x".repeat(MEGABYTE) }, "at most 1048576"],
])("%s is refused", async (_title, ...[name, args, word]) => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  const { isError, found } = await ask(name, args);
  expect([isError, JSON.stringify(found)]).toEqual([true, expect.stringContaining(word)]);
  expect(yard.app.store.views.countByStatus()).toMatchObject({ pending: 3, in_progress: 0 });
});

test("an unknown tool is an error of the protocol, and so is one of another role", async () => {
  const yard = await openMcpYard();
  const { client } = await yard.connect({ role: "worker" });
  for (const name of ["no_such_tool", "task_create", "agent_stop"]) {
    await expect(client.callTool({ name, arguments: {} })).rejects.toThrow(/not found|unknown/i);
  }
});

test.each<[string, string, Record<string, unknown>, string]>([
  ["claim", "task_claim", { task_id: "T3" }, "mcp.foreign-task"],
  ["report on", "task_update", { task_id: "T3", event: "progress" }, "mcp.foreign-task"],
  ["unblock", "task_update", { task_id: "T3", event: "unblock" }, "mcp.foreign-task"],
  ["hand in", "task_complete", { task_id: "T3", commit: "main", summary: "s" }, "mcp.foreign-task"],
  ["give back", "task_release", { task_id: "T3" }, "mcp.foreign-task"],
  ["claim for somebody else", "task_claim", { task_id: "T1", agent_id: "bob" }, "mcp.agent"],
  ["claim nothing", "task_claim", { task_id: "T9" }, "task.unknown"],
])("a run that is about T1 may not %s", async (_title, ...[name, args, code]) => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "worker", agentId: "worker-01", taskId: "T1" });
  expect(await ask(name, args)).toMatchObject({ isError: true, found: { error: { code } } });
});

test("a client without a name has to say one", async () => {
  const { ask } = await (await openMcpYard()).connect({ role: "worker" });
  const refused = await ask("task_claim", { task_id: "T1" });
  expect(refused).toMatchObject({ isError: true, found: { error: { code: "mcp.agent" } } });
});

test("one client's name is not another one's hold", async () => {
  const yard = await openMcpYard();
  const ann = await yard.connect({ role: "worker", agentId: "ann" });
  const bob = await yard.connect({ role: "worker", agentId: "bob" });
  await ann.ask("task_claim", { task_id: "T1" });
  const late = await bob.ask("task_complete", { task_id: "T1", commit: "main", summary: "s" });
  expect(late).toMatchObject({ isError: true, found: { error: { code: "mcp.foreign-task" } } });
});

describe("the key of a call that was made", () => {
  const idempotency_key = "k1";
  const mine = { task_id: "T1", agent_id: "ann" };
  const message = { event_id: "m1", agent_id: "ann", outcome: "ack" };
  const rows: Readonly<Record<string, Record<string, unknown>>> = {
    task_claim: { task_id: "T3", agent_id: "bob" },
    task_update: { ...mine, event: "progress" },
    task_complete: { ...mine, commit: "main", summary: "s" },
    task_release: mine,
    context_write: { type: "learning", topic: "t", content: "c" },
    artifact_store: { ...mine, name: "log", text: "passed" },
    event_claim: { agent_id: "ann" },
    event_ack: message,
    task_edit: { task_id: "T1", title: "Another" },
    event_send: { to: "bob", type: "HELP" },
    file_write: { ...mine, path: "a.txt", text: "a" },
    exec_command: { ...mine, program: "git" },
    git_commit: { ...mine, message: "m" },
    autopilot_control: { action: "start" },
    critics_run: { ...mine, commit: "main" },
    convoy_create: { name: "c", task_ids: ["T1"] },
    dispatch: { task_id: "T3" },
    health_remediate: { remedy: "unblock_task", target: "T3" },
    agent_stop: { agent_id: "worker-01", reason: "r" },
    backup_create: { label: "before" },
    backup_restore: { backup_id: "b1" },
  };

  test.each(Object.entries(rows))("does not serve %s with other arguments", async (name, args) => {
    const yard = await openMcpYard();
    const { ask } = await yard.connect({ sandbox: true });
    const first = await ask("task_claim", { ...mine, idempotency_key });
    const before = yard.app.store.views.task("T1");
    const other = await ask(name, { ...args, idempotency_key });
    expect(other).toMatchObject({ isError: true, found: { error: { code: "mcp.key-reused" } } });
    expect(yard.app.store.views.task("T1")).toEqual(before);
    expect(await ask("task_claim", { ...mine, idempotency_key })).toEqual(first);
  });

  test("does not make other tasks than it made", async () => {
    const yard = await openMcpYard();
    const { ask } = await yard.connect();
    await ask("task_create", { tasks: [{ id: "N1", title: "New" }], idempotency_key });
    for (const tasks of [
      [{ id: "N2", title: "New" }],
      [
        { id: "N1", title: "New" },
        { id: "N2", title: "New" },
      ],
    ]) {
      const other = await ask("task_create", { tasks, idempotency_key });
      expect(other).toMatchObject({ isError: true, found: { error: { code: "mcp.key-reused" } } });
    }
    expect(yard.app.store.views.task("N2")).toBeNull();
  });

  test("every tool that takes a key is tried above", () => {
    const keyed = tools.filter(({ input }) => "idempotency_key" in input.shape);
    const names = keyed.map(({ name }) => name).toSorted();
    expect(names).toEqual([...Object.keys(rows), "task_create"].toSorted());
  });
});
