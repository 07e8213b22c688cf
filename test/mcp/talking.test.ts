/** Agents talk to each other: messages with a lease, and what they write down. */
import { expect, test } from "vitest";
import { openMcpYard } from "../support/mcp-yard.ts";

test("a message is taken once, by whom it is for, and ends with its word", async () => {
  const yard = await openMcpYard();
  const boss = await yard.connect({ role: "coordinator", agentId: "boss" });
  const ann = await yard.connect({ role: "worker", agentId: "ann" });
  const bob = await yard.connect({ role: "worker", agentId: "bob" });
  const sent = { to: "ann", type: "ROUTE_TASK", payload: { task_id: "T1" } };
  const first = await boss.ask("event_send", sent);
  expect(first.found).toMatchObject({ state: "waiting", next_events: ["claim"] });
  expect((await boss.ask("event_send", sent)).found).toEqual(first.found);
  expect((await bob.ask("event_claim")).found).toEqual({ event: null });
  expect((await ann.ask("event_claim", { types: ["OTHER"] })).found).toEqual({ event: null });
  const { event } = (await ann.ask("event_claim", { lease_s: 30 })).found as {
    event: { event_id: string };
  };
  expect(event).toMatchObject({ type: "ROUTE_TASK", from: "boss", payload: { task_id: "T1" } });
  const event_id = event.event_id;
  const foreign = await bob.ask("event_ack", { event_id, outcome: "ack" });
  expect(foreign).toMatchObject({ isError: true, found: { error: { code: "host.not-accepted" } } });
  expect(foreign.found).toMatchObject({ state: "claimed", accepts: ["acknowledge", "giveBack"] });
  const done = await ann.ask("event_ack", { event_id, outcome: "ack" });
  expect(done.found).toMatchObject({ state: "done", next_events: [] });
  expect((await ann.ask("event_claim")).found).toEqual({ event: null });
});

test("a message whose holder falls silent is taken by another, and dies after five", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  await ask("event_send", { to: "*", type: "HELP" });
  for (let claims = 1; claims <= 5; claims += 1) {
    const { event } = (await ask("event_claim", { agent_id: `a${claims}`, lease_s: 30 })).found;
    expect(event).toMatchObject({ type: "HELP", claims });
    yard.clock.advance(30_000);
    await yard.app.host.quiet();
  }
  expect((await ask("event_claim", { agent_id: "a6" })).found).toEqual({ event: null });
  expect(yard.app.store.views.countMessages()).toMatchObject({ dead: 1, waiting: 0 });
});

test("two consumers take a hundred messages, each of them once", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  const numbers = Array.from({ length: 100 }, (_, n) => n);
  await Promise.all(numbers.map((n) => ask("event_send", { to: "*", type: "N", payload: { n } })));
  const taken: number[] = [];
  const consume = async (agent_id: string): Promise<void> => {
    const client = await yard.connect();
    for (;;) {
      const { event } = (await client.ask("event_claim", { agent_id })).found as {
        event: { event_id: string; payload: { n: number } } | null;
      };
      if (event === null) return;
      taken.push(event.payload.n);
      const { event_id } = event;
      await client.ask("event_ack", { event_id, agent_id, outcome: "ack" });
    }
  };
  await Promise.all([consume("a"), consume("b")]);
  expect(taken.toSorted((a, b) => a - b)).toEqual(numbers);
});

test("what one wrote down another one finds by its words, until something better is written", async () => {
  const yard = await openMcpYard();
  const ann = await yard.connect({ role: "worker", agentId: "ann" });
  const bob = await yard.connect({ role: "worker", agentId: "bob" });
  const wrote = {
    type: "decision",
    topic: "storage",
    content: "One SQLite file",
    task_ids: ["T1"],
  };
  const { entry_id } = (await ann.ask("context_write", wrote)).found;
  expect((await bob.ask("context_write", wrote)).found["entry_id"]).toBe(entry_id);
  const found = await bob.ask("context_search", { query: "which sqlite files?" });
  expect(found.found["entries"]).toMatchObject([
    { entry_id, type: "decision", author: "ann", task_ids: ["T1"], confidence: null },
  ]);
  expect((await bob.ask("context_search", { query: "sqlite", type: "learning" })).found).toEqual({
    entries: [],
  });
  const better = { type: "decision", topic: "storage", content: "PostgreSQL", replaces: entry_id };
  await ann.ask("context_write", better);
  expect((await bob.ask("context_search", { query: "sqlite" })).found).toEqual({ entries: [] });
});

test("the same words of two senders are two messages", async () => {
  const yard = await openMcpYard();
  const ann = await yard.connect({ role: "worker", agentId: "ann" });
  const bob = await yard.connect({ role: "worker", agentId: "bob" });
  const sent = { to: "cat", type: "HELP" };
  const { event_id } = (await ann.ask("event_send", sent)).found;
  expect((await bob.ask("event_send", sent)).found["event_id"]).not.toBe(event_id);
});

test("a repeated claim does not give what another one holds by now", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  await ask("event_send", { to: "*", type: "HELP" });
  const mine = { agent_id: "ann", lease_s: 30, idempotency_key: "k" };
  const { found } = await ask("event_claim", mine);
  expect((await ask("event_claim", mine)).found).toEqual(found);
  yard.clock.advance(30_000);
  await yard.app.host.quiet();
  await ask("event_claim", { agent_id: "bob" });
  expect((await ask("event_claim", mine)).found).toEqual({ event: null });
});
