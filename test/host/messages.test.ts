/** Messages between actors: delivered with the step that sends them, in order, never lost. */
import { expect, test } from "vitest";
import { openStore } from "../../src/store/sqlite/store.ts";
import { lampChart, relayChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";
import type { Bench } from "../support/workbench.ts";

async function openRing(size: number): Promise<Bench> {
  const bench = await openBench({ charts: [relayChart, lampChart] });
  for (let n = 0; n < size; n += 1) {
    const input = { id: `${n}`, to: `relay:${(n + 1) % size}` };
    await bench.host.start(`relay:${n}`, input);
  }
  return bench;
}

const heardBy = async ({ host }: Bench, actor: string): Promise<readonly number[]> => {
  const ref = await host.actor(actor);
  return (ref?.getSnapshot().context as { heard: readonly number[] } | undefined)?.heard ?? [];
};

test("a message is delivered in the commit of the step that sends it", async () => {
  const bench = await openRing(3);
  const answer = await bench.host.send("relay:0", { type: "pass", n: 2 });
  expect(answer.ok).toBe(true);
  expect(await heardBy(bench, "relay:1")).toEqual([1]);
  expect(await heardBy(bench, "relay:2")).toEqual([0]);
});

test("a chain longer than one commit may hold goes on by itself", async () => {
  const bench = await openRing(2);
  await bench.host.send("relay:0", { type: "pass", n: 3_000 });
  await bench.host.quiet();
  expect(await heardBy(bench, "relay:0")).toHaveLength(1_501);
  expect(await heardBy(bench, "relay:1")).toHaveLength(1_500);
});

test("one sender's messages to one receiver keep their order, also beyond one commit", async () => {
  const bench = await openRing(2);
  await bench.host.send("relay:0", { type: "burst", n: 2_500 });
  await bench.host.quiet();
  const heard = await heardBy(bench, "relay:1");
  expect(heard).toEqual(Array.from({ length: 2_500 }, (_, index) => -index));
});

test("a message to nobody is laid aside and the sender's step stands", async () => {
  const { host, path } = await openBench({ charts: [relayChart] });
  await host.start("relay:a", { id: "a", to: "relay:nobody" });
  expect(await host.send("relay:a", { type: "pass", n: 1 })).toMatchObject({ version: 2 });
  await host.close();
  const store = openStore(path);
  expect(await store.deadLetters(9)).toMatchObject([
    { why: "unknown-actor", envelope: { actor: "relay:nobody", cause: "relay:a@2" } },
  ]);
  await store.close();
});

test("a message that the receiver does not accept is laid aside as refused", async () => {
  const { host, path } = await openBench({ charts: [relayChart, lampChart] });
  await host.start("lamp:l", {});
  await host.start("relay:a", { id: "a", to: "lamp:l" });
  await host.send("relay:a", { type: "pass", n: 1 });
  await host.close();
  const store = openStore(path);
  expect(await store.deadLetters(9)).toMatchObject([{ why: "refused" }]);
  await store.close();
});

test("an actor can bring another one into being", async () => {
  const { host } = await openBench({ charts: [relayChart] });
  await host.start("relay:a", { id: "a", to: null });
  await host.send("relay:a", { type: "spawn", child: "relay:b" });
  expect(await host.send("relay:b", { type: "pass", n: 0 })).toMatchObject({
    ok: true,
    version: 2,
  });
});

test("the journal strings cause and effect together", async () => {
  const bench = await openRing(2);
  await bench.host.send("relay:0", { type: "pass", n: 2 }, { key: "call", cause: "mcp:17" });
  await bench.host.close();
  const store = openStore(bench.path);
  const rows = (await store.journal({ limit: 99 })).filter(({ version }) => version > 1);
  expect(rows.map(({ actor, key, cause }) => [actor, key, cause])).toEqual([
    ["relay:0", "call", "mcp:17"],
    ["relay:1", "relay:0@2>0", "relay:0@2"],
    ["relay:0", "relay:1@2>0", "relay:1@2"],
  ]);
  await store.close();
});
