/** What the host tells of its actors: commits to watchers, steps to observers, what is accepted. */
import { expect, test } from "vitest";
import type { Commit } from "../../src/host/loop.ts";
import { lampChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";

async function openHall() {
  const told: Commit[] = [];
  const chart = { ...lampChart, outside: ["switch", "dim"] };
  const bench = await openBench({ charts: [chart], onCommit: (commit) => told.push(commit) });
  await bench.host.start("lamp:hall", {});
  return { ...bench, told };
}

test("each commit is told to the owner and to watchers, until they leave", async () => {
  const { host, told } = await openHall();
  const seen: Commit[] = [];
  const leave = host.watch((commit) => seen.push(commit));
  await host.send("lamp:hall", { type: "switch" });
  expect(seen).toHaveLength(1);
  leave();
  await host.send("lamp:hall", { type: "switch" });
  expect([seen.length, told.length]).toEqual([1, 3]);
  expect(seen[0]).toBe(told[1]);
});

test("what an actor accepts from outside is what its chart names and its door lets in", async () => {
  const { host } = await openHall();
  expect(await host.accepts("lamp:hall")).toEqual(["switch"]);
  await host.send("lamp:hall", { type: "switch" });
  expect(await host.accepts("lamp:hall")).toEqual(["dim", "switch"]);
  expect(await host.accepts("lamp:cellar")).toEqual([]);
  const { host: open } = await openBench({ charts: [lampChart] });
  await open.start("lamp:hall", {});
  expect(await open.accepts("lamp:hall")).toEqual(["corrupt", "look", "smash", "switch"]);
});

test("an actor is observed by a function or by an object, and there is none of a strange name", async () => {
  const { host } = await openHall();
  const hall = await host.actor("lamp:hall");
  const seen: string[] = [];
  const first = hall?.subscribe((snapshot) => seen.push(`function ${String(snapshot.value)}`));
  hall?.subscribe({ next: ({ value }) => seen.push(`object ${String(value)}`) });
  await hall?.send({ type: "switch" });
  first?.unsubscribe();
  await hall?.send({ type: "dim", watts: 20 });
  expect(seen).toEqual(["function on", "object on", "object dimmed"]);
  expect(hall?.getSnapshot().value).toBe("dimmed");
  expect(await host.actor("lamp:cellar")).toBeNull();
});

test("XState's own events come from nobody outside", async () => {
  const { host } = await openHall();
  const answer = await host.send("lamp:hall", { type: "xstate.done.actor.work" });
  expect(answer).toMatchObject({
    ok: false,
    code: "invalid",
    hint: "send an event in the form that its chart names",
  });
  expect(answer.ok ? "" : answer.refusal).toContain("xstate.done.actor.work is XState's own");
});
