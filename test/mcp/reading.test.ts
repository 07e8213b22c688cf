/** Tools that only read, over a unix socket, with a client of either era. */
import { describe, expect, test } from "vitest";
import { openMcpYard } from "../support/mcp-yard.ts";

const idsOf = (found: unknown): readonly string[] =>
  (found as readonly { readonly id: string }[]).map(({ id }) => id);

describe.each(["legacy", "modern"] as const)("with a client of the %s era", (era) => {
  test("plan_next tells what is ready, the best first, and why", async () => {
    const yard = await openMcpYard();
    const { ask } = await yard.connect({ role: "worker" }, era);
    const { isError, found } = await ask("plan_next");
    expect(isError).toBe(false);
    expect(idsOf(found["tasks"])).toEqual(["T1", "T3"]);
    expect(found["yours"]).toEqual([]);
    expect(found["tasks"]).toMatchObject([{ why: expect.stringContaining("WSJF") }, {}]);
  });

  test("task_get tells a task whole, with what it accepts", async () => {
    const yard = await openMcpYard();
    const { ask } = await yard.connect({}, era);
    const { found } = await ask("task_get", { task_id: "T2", include: ["history", "gates"] });
    expect(found["task"]).toMatchObject({
      id: "T2",
      status: "pending",
      state: "backlog.waiting",
      waits_for: ["T1"],
      next_events: ["cancel", "revise"],
      uri: "wvo://tasks/T2",
      history: [{ event: "start", state: "backlog.waiting" }],
      gates: [],
    });
  });

  test("an unknown task is refused with the way out", async () => {
    const yard = await openMcpYard();
    const { ask } = await yard.connect({}, era);
    const { isError, found } = await ask("task_get", { task_id: "T9" });
    expect(isError).toBe(true);
    expect(found["error"]).toMatchObject({
      code: "task.unknown",
      next: expect.stringContaining("task_list"),
    });
  });

  test("orchestrator_status tells how things stand", async () => {
    const yard = await openMcpYard();
    const { ask } = await yard.connect({}, era);
    const { found } = await ask("orchestrator_status");
    expect(found).toMatchObject({ state: "stopped", running: 0, tasks: { pending: 3 } });
  });
});

test("task_list gives a page at a time, in the order of the ids", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  const first = await ask("task_list", { limit: 2 });
  expect([idsOf(first.found["tasks"]), first.found["next_cursor"]]).toEqual([["T1", "T2"], "T2"]);
  const second = await ask("task_list", { limit: 2, cursor: "T2" });
  expect([idsOf(second.found["tasks"]), second.found["next_cursor"]]).toEqual([["T3"], null]);
  const none = await ask("task_list", { state: "done" });
  expect(none.found["tasks"]).toEqual([]);
});
