/** Tools that say what comes next: wishes, limits, pauses and convoys. */
import { describe, expect, test } from "vitest";
import { openMcpYard } from "../support/mcp-yard.ts";
import type { McpClient, McpYard } from "../support/mcp-yard.ts";

type Ask = McpClient["ask"];

const codeOf = async (ask: Ask, name: string, args: object): Promise<unknown> =>
  ((await ask(name, { ...args })).found["error"] as { code?: string } | undefined)?.code;

/** T1 is in the hands of a visitor and T2 waits for it, so that T3 alone is ready. */
async function annAtWork(): Promise<{ readonly yard: McpYard; readonly ask: Ask }> {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  await ask("task_claim", { task_id: "T1", agent_id: "ann" });
  return { yard, ask };
}

describe("dispatch", () => {
  test("a task that waits for its turn gets it as soon as there is room", async () => {
    const { yard, ask } = await annAtWork();
    await ask("autopilot_control", { action: "set_limits", wip_limit: 1 });
    await ask("autopilot_control", { action: "start" });
    const waits = await ask("dispatch", { task_id: "T3", wait_s: 0, idempotency_key: "k" });
    expect(waits.found).toMatchObject({
      tasks: [{ task_id: "T3", run_id: null, reason: "the WIP limit of 1 is reached: 1 running" }],
      next_events: expect.arrayContaining(["dispatch"]),
    });
    expect((await ask("plan_next")).found).toMatchObject({
      tasks: [{ id: "T3", why: expect.stringContaining("asked for; new lane") }],
    });
    const goes = ask("dispatch", { task_id: "T3", idempotency_key: "k", wait_s: 0 });
    expect((await goes).isError).toBe(false);
    const again = ask("dispatch", { task_id: "T3", provider: "command", tier: "high" });
    await ask("autopilot_control", { action: "set_limits", wip_limit: 2 });
    expect((await again).found).toMatchObject({
      tasks: [{ run_id: "T3.1", agent_id: "worker-01", provider: "command", reason: null }],
    });
    expect(yard.app.store.views.task("T3")).toMatchObject({
      tier: "high",
      rationale: expect.stringContaining('row "asked for"'),
    });
    expect(yard.app.store.views.coordinator()).toMatchObject({ wip_limit: 2, wishes: "[]" });
  });

  test.each<[string, object, string]>([
    ["a task that waits for another", { task_id: "T2" }, "dispatch.not-ready"],
    ["a task that is in somebody's hands", { task_id: "T1" }, "dispatch.not-ready"],
    ["a task that does not exist", { task_id: "T9" }, "task.unknown"],
    ["nothing", {}, "dispatch.target"],
    ["two things", { task_id: "T3", convoy_id: "c" }, "dispatch.target"],
    ["a provider that is none", { task_id: "T3", provider: "gpt" }, "dispatch.provider"],
    [
      "a provider whose name every object has",
      { task_id: "T3", provider: "constructor" },
      "dispatch.provider",
    ],
    ["a convoy that does not exist", { convoy_id: "c" }, "convoy.unknown"],
    ["a convoy with nothing ready", { convoy_id: "held" }, "dispatch.not-ready"],
  ])("%s is refused", async (_title, args, code) => {
    const { ask } = await annAtWork();
    await ask("convoy_create", { name: "held", task_ids: ["T1", "T2"] });
    await ask("autopilot_control", { action: "start" });
    expect(await codeOf(ask, "dispatch", args)).toBe(code);
  });

  test("a stopped autopilot says how it is started", async () => {
    const { ask } = await annAtWork();
    const refused = await ask("dispatch", { task_id: "T3" });
    expect(refused).toMatchObject({ isError: true, found: { state: "stopped" } });
    expect(refused.found["accepts"]).toContain("start");
  });
});

describe("the autopilot", () => {
  test("is paused with its runs going on, resumed, and limited for a while", async () => {
    const { yard, ask } = await annAtWork();
    await ask("autopilot_control", { action: "start" });
    expect((await ask("autopilot_control", { action: "pause" })).found).toMatchObject({
      state: "stopped",
      running: expect.any(Number),
    });
    expect(yard.app.store.views.task("T1")).toMatchObject({ substate: "active.working" });
    const limited = await ask("autopilot_control", { action: "set_limits", wip_limit: 1 });
    expect(limited.found).toMatchObject({ wip_limit: 1, state: "stopped" });
    expect((await ask("orchestrator_status")).found).toMatchObject({ wip_limit: 1 });
    const back = await ask("autopilot_control", { action: "set_limits", wip_limit: null });
    expect(back.found).toMatchObject({ wip_limit: 3 });
    expect((await ask("autopilot_control", { action: "resume" })).isError).toBe(false);
  });

  test.each([{ action: "set_limits" }, { action: "start", wip_limit: 2 }])(
    "%j is refused",
    async (args) => {
      const { ask } = await annAtWork();
      expect(await codeOf(ask, "autopilot_control", args)).toBe("autopilot.limits");
    },
  );
});

describe("a convoy", () => {
  const login = { name: "login", task_ids: ["T1", "T3", "T1"], worker_role: "developer" };

  test("is bound once, and is as far as its tasks are", async () => {
    const { ask } = await annAtWork();
    const made = await ask("convoy_create", login);
    const open = {
      convoy_id: "login",
      state: "open",
      worker_role: "developer",
      tasks: ["T1", "T3"],
      counts: { in_progress: 1, pending: 1 },
    };
    expect(made.found).toEqual(open);
    expect((await ask("convoy_create", login)).found).toEqual(open);
    await ask("convoy_create", { name: "other", task_ids: ["T3"] });
    await ask("task_edit", { task_id: "T3", cancel: "not wanted" });
    expect((await ask("convoy_list", { state: "abandoned" })).found).toMatchObject({
      convoys: [{ convoy_id: "other", counts: { cancelled: 1 } }],
      next_cursor: null,
    });
    const first = await ask("convoy_list", { limit: 1 });
    expect(first.found).toMatchObject({ convoys: [{ convoy_id: "login" }], next_cursor: "login" });
    const rest = await ask("convoy_list", { cursor: first.found["next_cursor"] });
    expect(rest.found).toMatchObject({ convoys: [{ convoy_id: "other" }], next_cursor: null });
  });

  test.each<[string, object, string]>([
    ["a task that does not exist", { name: "c", task_ids: ["T1", "T9"] }, "task.unknown"],
    ["a name with other tasks", { name: "login", task_ids: ["T1"] }, "convoy.taken"],
    ["a name for another role", { ...login, worker_role: "tester" }, "convoy.taken"],
  ])("%s is refused", async (_title, args, code) => {
    const { ask } = await annAtWork();
    await ask("convoy_create", login);
    expect(await codeOf(ask, "convoy_create", args)).toBe(code);
  });

  test("is read under its address, and its ready tasks are dispatched together", async () => {
    const { yard, ask } = await annAtWork();
    await ask("convoy_create", login);
    const { client } = await yard.connect();
    const { contents } = await client.readResource({ uri: "wvo://convoys/login" });
    expect(JSON.stringify(contents)).toContain("in_progress");
    const ref = { type: "ref/resource", uri: "wvo://convoys/{id}" } as const;
    const { completion } = await client.complete({ ref, argument: { name: "id", value: "l" } });
    expect(completion.values).toEqual(["login"]);
    await ask("autopilot_control", { action: "set_limits", wip_limit: 1 });
    await ask("autopilot_control", { action: "start" });
    const asked = ask("dispatch", { convoy_id: "login" });
    await ask("autopilot_control", { action: "set_limits", wip_limit: null });
    const { found } = await asked;
    expect(found).toMatchObject({ tasks: [{ task_id: "T3", run_id: "T3.1" }] });
  });
});
