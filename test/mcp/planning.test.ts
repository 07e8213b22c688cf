/** Tools that plan and run the place: each is one event to one actor, and tells how it stands then. */
import { expect, test } from "vitest";
import { hashOf } from "../../src/mcp/serving.ts";
import { openMcpYard } from "../support/mcp-yard.ts";

test("tasks are added with what they wait for, once for each key", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "coordinator" });
  const args = {
    tasks: [
      { title: "New", priority: "high" },
      { id: "T9", title: "Later", depends_on: ["T4"] },
    ],
    idempotency_key: "k1",
  };
  const first = await ask("task_create", args);
  expect(first.found).toMatchObject({
    created: [
      { task_id: "T4", state: "backlog.ready" },
      { task_id: "T9", state: "backlog.waiting" },
    ],
  });
  expect(await ask("task_create", args)).toEqual(first);
  expect(yard.app.store.views.task("T4")).toMatchObject({ value: 10, type: "task" });
  expect(yard.app.store.views.countByStatus()).toMatchObject({ pending: 5 });
});

test.each<[string, object, string]>([
  ["an id that exists", { id: "T1", title: "x" }, "which exists"],
  ["an id that differs in case alone", { id: "t1", title: "x" }, "upper and lower case"],
  ["a dependency that does not exist", { title: "x", depends_on: ["T77"] }, "T77"],
])("%s is refused, and nothing is created", async (_title, task, word) => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "coordinator" });
  const { isError, found } = await ask("task_create", { tasks: [{ title: "good" }, task] });
  expect([isError, JSON.stringify(found)]).toEqual([true, expect.stringContaining(word)]);
  expect(yard.app.store.views.countByStatus()).toMatchObject({ pending: 3 });
});

test("a task is changed, and cancelled, at the revision that the caller has seen", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "coordinator" });
  const edited = await ask("task_edit", { task_id: "T3", title: "Anew", add_dependencies: ["T1"] });
  expect(edited.found).toMatchObject({ state: "backlog.waiting" });
  const rev = edited.found["rev"] as number;
  const old = await ask("task_edit", { task_id: "T3", title: "Late", expected_rev: rev - 1 });
  expect(old).toMatchObject({ isError: true, found: { error: { code: "mcp.revision" } } });
  const knot = await ask("task_edit", { task_id: "T1", add_dependencies: ["T3"] });
  expect(JSON.stringify(knot.found)).toContain("task.cycle");
  const gone = await ask("task_edit", { task_id: "T3", cancel: "not wanted", expected_rev: rev });
  expect(gone.found).toMatchObject({ status: "cancelled", reason: "not wanted", next_events: [] });
  const dead = await ask("task_edit", { task_id: "T3", cancel: "again" });
  expect(dead).toMatchObject({
    isError: true,
    found: { state: "cancelled", accepts: expect.any(Array) },
  });
});

test("the autopilot says what holds it back, and is started and stopped", async () => {
  const yard = await openMcpYard([]);
  const { ask } = await yard.connect();
  const before = await ask("autopilot_status");
  expect(before.found).toMatchObject({ state: "stopped", next: "no task is ready" });
  await ask("autopilot_control", { action: "start" });
  await yard.app.host.quiet();
  expect((await ask("autopilot_status")).found).toMatchObject({
    state: "running.idle",
    last_reason: "no task is ready",
    next_events: expect.arrayContaining(["stop", "wake", "dispatch", "limit"]),
  });
  expect(JSON.stringify((await ask("agent_list")).found)).toContain("worker-01");
  const stopped = await ask("autopilot_control", { action: "stop" });
  expect(stopped.found).toMatchObject({ state: "stopped" });
  const again = await ask("autopilot_control", { action: "stop" });
  expect(again).toMatchObject({ isError: true, found: { state: "stopped" } });
});

test("agents, providers and the journal are told", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "operator", agentId: "ann" });
  await ask("task_claim", { task_id: "T1", lease_s: 60 });
  expect((await ask("agent_list")).found).toMatchObject({
    agents: [{ agent_id: "ann", kind: "visitor", state: "held.working", task_id: "T1" }],
  });
  expect((await ask("auth_status")).found).toEqual({ providers: [] });
  const log = await ask("event_log", { task_id: "T1", limit: 2 });
  expect(log.found).toMatchObject({ events: [{ event: "start" }, { to: "backlog.ready" }] });
  const more = await ask("event_log", { task_id: "T1", cursor: log.found["next_cursor"] });
  expect(JSON.stringify(more.found)).toContain("active.working");
  const none = await ask("agent_stop", { agent_id: "worker-01", reason: "no" });
  expect(none).toMatchObject({ isError: true, found: { error: { code: "agent.no-run" } } });
});

test("a call that was cut short makes the rest of its tasks under ids of their own", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "coordinator" });
  const args = { tasks: [{ title: "A" }, { title: "B" }], idempotency_key: "k" };
  await ask("task_create", { tasks: [{ title: "A" }] });
  const { context } = JSON.parse((await yard.app.store.read("task:T4"))?.snapshot ?? "") as {
    context: { spec: object };
  };
  const input = { id: "T5", spec: context.spec, status: "pending", reason: null };
  const made = { key: "mcp:coordinator:k/0", cause: `mcp:task_create:${hashOf(args)}` };
  await yard.app.host.start("task:T5", input, made);
  const { found } = await ask("task_create", args);
  expect(found).toMatchObject({ created: [{ task_id: "T5" }, { task_id: "T6" }] });
  expect((await ask("task_create", args)).found).toEqual(found);
});

test("those who plan at the same moment all get their tasks, and lose no change", async () => {
  const yard = await openMcpYard();
  const clients = await Promise.all(["a", "b", "c"].map(() => yard.connect()));
  const tasks = [{ title: "A" }, { title: "B" }];
  const made = await Promise.all(clients.map(({ ask }) => ask("task_create", { tasks })));
  expect(made.map(({ isError }) => isError)).toEqual([false, false, false]);
  expect(yard.app.store.views.countByStatus()).toMatchObject({ pending: 9 });
  const [ann, bob] = clients;
  await Promise.all([
    ann?.ask("task_edit", { task_id: "T3", title: "Anew" }),
    bob?.ask("task_edit", { task_id: "T3", complexity: 9 }),
  ]);
  expect(yard.app.store.views.task("T3")).toMatchObject({ title: "Anew", complexity: 9 });
  const seen = { task_id: "T3", expected_rev: 3 };
  const late = await Promise.all([
    ann?.ask("task_edit", { ...seen, title: "Ann's" }),
    bob?.ask("task_edit", { ...seen, title: "Bob's" }),
  ]);
  expect(late.filter((each) => each?.isError === true)).toHaveLength(1);
});

test("an autopilot that is stopped stays so", async () => {
  const yard = await openMcpYard();
  await yard.app.begin();
  const { ask } = await yard.connect();
  await ask("autopilot_control", { action: "stop" });
  await yard.app.host.quiet();
  expect((await ask("autopilot_status")).found).toMatchObject({ state: "stopped" });
});
