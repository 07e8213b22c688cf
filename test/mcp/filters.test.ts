/** What lists can be asked for: a part of the tasks, of the agents, of the journal. */
import { expect, test } from "vitest";
import { isoTime } from "../../src/clock.ts";
import { openMcpYard } from "../support/mcp-yard.ts";

async function annAtWork() {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  await ask("task_claim", { task_id: "T1", agent_id: "ann" });
  return { yard, ask };
}

test("tasks of a convoy", async () => {
  const { ask } = await annAtWork();
  await ask("convoy_create", { name: "login", task_ids: ["T3", "T1"] });
  const of = await ask("task_list", { convoy_id: "login" });
  expect(of.found).toMatchObject({ tasks: [{ id: "T1" }, { id: "T3" }], next_cursor: null });
  const pending = await ask("task_list", { convoy_id: "login", state: "pending" });
  expect(pending.found).toMatchObject({ tasks: [{ id: "T3" }] });
  expect(await ask("task_list", { convoy_id: "none" })).toMatchObject({ isError: true });
});

test("agents in a state, or in any of a branch of states", async () => {
  const { ask } = await annAtWork();
  const named = async (state: string) => (await ask("agent_list", { state })).found["agents"];
  expect(await named("held")).toMatchObject([{ agent_id: "ann" }]);
  expect(await named("held.working")).toMatchObject([{ agent_id: "ann" }]);
  expect(await named("held.work")).toEqual([]);
  expect(await named("free")).toEqual([]);
});

test("the journal by type and by time, page by page", async () => {
  const { ask, yard } = await annAtWork();
  const typed = await ask("event_log", { type: "claim" });
  expect(typed.found).toMatchObject({ events: [{ actor: "task:T1", event: "claim" }] });
  const later = isoTime(yard.clock.now() + 1_000);
  expect((await ask("event_log", { since: later })).found).toEqual({
    events: [],
    next_cursor: null,
  });
  const since = isoTime(yard.clock.now());
  const starts: unknown[] = [];
  for (let cursor: unknown = 0; cursor !== null;) {
    const { found } = await ask("event_log", { type: "start", since, cursor, limit: 1 });
    starts.push(...(found["events"] as unknown[]));
    cursor = found["next_cursor"];
  }
  const all = await ask("event_log", { limit: 200 });
  const events = all.found["events"] as readonly { event: string }[];
  expect(starts).toEqual(events.filter(({ event }) => event === "start"));
});

test("work is handed in at the revision that was seen", async () => {
  const { ask } = await annAtWork();
  const mine = { task_id: "T1", agent_id: "ann", commit: "main", summary: "s" };
  const late = await ask("task_complete", { ...mine, expected_rev: 0 });
  expect(late).toMatchObject({ isError: true, found: { error: { code: "mcp.revision" } } });
});
