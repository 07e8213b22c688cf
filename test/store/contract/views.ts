/** The tables that people query: written with their step, each actor's rows as a whole. */
import { expect, test } from "vitest";
import type { DependencyRow, ViewSlice } from "../../../src/store/views/tables.ts";
import { openTerm } from "../place.ts";
import type { MakePlace } from "../place.ts";
import { agent, mergeRequest, step, taskRow, tasks } from "../samples.ts";

const dependency = (task_id: string, depends_on: string): DependencyRow => ({
  task_id,
  depends_on,
  dependency_type: "blocks",
  is_open: 1,
});
const dependencies = (owner: string, ...on: readonly string[]): ViewSlice => ({
  table: "task_dependencies",
  owner,
  rows: on.map((each) => dependency(owner, each)),
});

export function describeViews(makePlace: MakePlace): void {
  test("a row is read as it was written, also by a reader and after reopening", async () => {
    const term = await openTerm(makePlace());
    const row = taskRow("T1", { title: "é 😀", wsjf: 1.25, assigned_to: "agent:1", reason: "x" });
    await term.commit(step("task:T1", 0, { views: [tasks("T1", row)] }));
    expect(term.store.views.task("T1")).toEqual(row);
    expect((await term.reopen()).store.views.task("T1")).toEqual(row);
    expect(term.place.openReader().views.task("T1")).toEqual(row);
  });

  test("the rows of an actor are replaced as a whole, and no other's", async () => {
    const { store, commit } = await openTerm(makePlace());
    await commit(
      step("task:T1", 0, { views: [dependencies("T1", "A", "B")] }),
      step("task:T2", 0, { views: [dependencies("T2", "A")] }),
    );
    await commit(step("task:T1", 1, { views: [dependencies("T1", "B", "C")] }));
    const found = store.views.dependenciesOf("T1").map(({ depends_on }) => depends_on);
    expect(found).toEqual(["B", "C"]);
    expect(store.views.dependenciesOf("T2")).toHaveLength(1);
    await commit(step("task:T1", 2, { views: [dependencies("T1")] }));
    expect(store.views.dependenciesOf("T1")).toEqual([]);
    expect(store.views.dependentsOf("A")).toEqual([dependency("T2", "A")]);
  });

  test("a table that a step does not speak of stays as it is", async () => {
    const { store, commit } = await openTerm(makePlace());
    await commit(step("task:T1", 0, { views: [dependencies("T1", "A")] }));
    await commit(step("task:T1", 1, { views: [tasks("T1", taskRow("T1"))] }));
    await commit(step("task:T1", 2));
    expect(store.views.dependenciesOf("T1")).toHaveLength(1);
    expect(store.views.rowsOf("tasks", "T1")).toEqual([taskRow("T1")]);
  });

  test("of several steps in a group the last word counts, for each table", async () => {
    const { store, commit } = await openTerm(makePlace());
    const views = (runs: number) => [tasks("T1", taskRow("T1", { runs }))];
    await commit(
      step("task:T1", 0, { views: [...views(1), dependencies("T1", "A")] }),
      step("task:T1", 1, { views: views(2) }),
      step("task:T1", 2),
    );
    expect(store.views.task("T1")).toMatchObject({ runs: 2 });
    expect(store.views.dependenciesOf("T1")).toHaveLength(1);
  });

  test.each([
    ["the giver first", ["agent:1", "agent:2"]],
    ["the taker first", ["agent:2", "agent:1"]],
  ])("a unique place changes hands within one group: %s", async (_title, order) => {
    const { store, commit } = await openTerm(makePlace());
    await commit(
      step("agent:1", 0, { views: [agent("agent:1", "T1")] }),
      step("agent:2", 0, { views: [agent("agent:2", null)] }),
    );
    const task = { "agent:1": null, "agent:2": "T1" } as Record<string, string | null>;
    const change = (id: string) => step(id, 1, { views: [agent(id, task[id] ?? null)] });
    await commit(...order.map((id) => change(id)));
    const held = store.views.agents().map(({ agent_id, current_task_id }) => {
      return [agent_id, current_task_id];
    });
    expect(held).toEqual([
      ["agent:1", null],
      ["agent:2", "T1"],
    ]);
  });

  test("a place taken and given back within one group is free for another", async () => {
    const { store, commit } = await openTerm(makePlace());
    const at = (id: string, inSlot: 0 | 1, version: number) =>
      step(id, version, { views: [mergeRequest(id, inSlot)] });
    await commit(at("m1", 1, 0));
    await commit(at("m1", 0, 1), at("m2", 1, 0), at("m2", 0, 1), at("m3", 1, 0));
    const inSlot = store.views.mergeRequests().filter(({ in_slot }) => in_slot === 1);
    expect(inSlot.map(({ id }) => id)).toEqual(["m3"]);
  });

  test.each([
    ["an agent with a task that another one has", agent("agent:2", "T1")],
    ["a second merge request in the slot", mergeRequest("m2", 1)],
    ["a second task with the same agent", tasks("T2", taskRow("T2", { assigned_to: "agent:1" }))],
  ])("%s is refused", async (_title, clash) => {
    const { store, commit } = await openTerm(makePlace());
    const first = tasks("T1", taskRow("T1", { assigned_to: "agent:1" }));
    await commit(step("x:1", 0, { views: [agent("agent:1", "T1"), mergeRequest("m1", 1), first] }));
    await expect(commit(step("x:2", 0, { views: [clash] }))).rejects.toThrow(/unique/i);
    expect(await store.read("x:2")).toBeNull();
    expect(store.views.agents()).toHaveLength(1);
  });

  test("rebuilding replaces every row of every table", async () => {
    const term = await openTerm(makePlace());
    await term.commit(
      step("x:1", 0, { views: [tasks("T1", taskRow("T1")), agent("agent:1", "T1")] }),
    );
    const again = tasks("T2", taskRow("T2"));
    await term.store.rebuildViews(term.fence, [again, dependencies("T2", "T1")]);
    const { store } = await term.reopen();
    expect(store.views.tasks("", 9)).toEqual([taskRow("T2")]);
    expect(store.views.agents()).toEqual([]);
    expect(store.views.dependentsOf("T1")).toEqual([dependency("T2", "T1")]);
  });

  test("a rebuilding that fails leaves every row as it was", async () => {
    const { store, fence, commit } = await openTerm(makePlace());
    await commit(step("x:1", 0, { views: [tasks("T1", taskRow("T1"))] }));
    const slices = [agent("agent:1", "T9"), agent("agent:2", "T9")];
    await expect(store.rebuildViews(fence, slices)).rejects.toThrow(/unique/i);
    expect(store.views.tasks("", 9)).toEqual([taskRow("T1")]);
    expect(store.views.agents()).toEqual([]);
  });

  test("what may be dispatched comes best first: lane, WSJF, age, id", async () => {
    const { store, commit } = await openTerm(makePlace());
    const rows = [
      taskRow("late", { created_at: 9 }),
      taskRow("blocked", { lane: null, status: "blocked" }),
      taskRow("b", { created_at: 5 }),
      taskRow("a", { created_at: 5 }),
      taskRow("worthy", { wsjf: 8, created_at: 9 }),
      taskRow("rework", { lane: 1, wsjf: 0.5, status: "needs_improvement" }),
      taskRow("review", { lane: 0, wsjf: 0.1 }),
    ];
    const views = rows.map((row) => tasks(row.id, row));
    await commit(step("x:1", 0, { views }));
    const order = ["review", "rework", "worthy", "a", "b", "late"];
    expect(store.views.ready(9).map(({ id }) => id)).toEqual(order);
    expect(store.views.ready(2).map(({ id }) => id)).toEqual(order.slice(0, 2));
    const counts = { pending: 5, blocked: 1, needs_improvement: 1, done: 0 };
    expect(store.views.countByStatus()).toMatchObject(counts);
    expect(store.views.tasksIn("blocked", 9).map(({ id }) => id)).toEqual(["blocked"]);
  });
}
