/** What a caller is told: P1, P3 and P8 of the architecture, and the limits of the mailbox. */
import { expect, test } from "vitest";
import { assign, setup, waitFor } from "xstate";
import type { Chart } from "../../src/host/charts.ts";
import { ACTOR_MAX } from "../../src/host/mailbox.ts";
import { lampChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";

/** Keeps all that it is given. */
const growingChart: Chart = {
  name: "pile",
  version: 1,
  machine: setup({
    types: {
      context: {} as { heaps: readonly string[] },
      events: {} as { type: "put"; heap: string },
    },
  }).createMachine({
    id: "pile",
    context: { heaps: [] },
    options: { maxIterations: 10 },
    on: {
      put: {
        actions: assign({ heaps: ({ context, event }) => [...context.heaps, event.heap] }),
      },
    },
  }),
};

const openLamp = async () => {
  const bench = await openBench({ charts: [lampChart] });
  await bench.host.start("lamp:hall", {});
  return bench;
};

test("an accepted event is answered with the version and the state it led to", async () => {
  const { host } = await openLamp();
  expect(await host.send("lamp:hall", { type: "switch" })).toEqual({
    ok: true,
    actor: "lamp:hall",
    version: 2,
    state: "on",
    repeated: false,
  });
});

test("an event the state does not accept changes nothing and names what it accepts", async () => {
  const { host } = await openLamp();
  const answer = await host.send("lamp:hall", { type: "dim", watts: 20 });
  expect(answer).toMatchObject({ ok: false, code: "not-accepted", state: "off" });
  expect(answer).toHaveProperty("accepts", ["corrupt", "look", "smash", "switch"]);
  expect((await host.send("lamp:hall", { type: "switch" })).ok).toBe(true);
});

test.each([
  ["below the guard's limit", 9, "on", "isStrong"],
  ["at the guard's limit", 10, "dimmed", ""],
])("a guard decides: %s", async (...[, watts, state, guard]) => {
  const { host } = await openLamp();
  await host.send("lamp:hall", { type: "switch" });
  const answer = await host.send("lamp:hall", { type: "dim", watts });
  expect(answer.state).toBe(state);
  expect(answer.ok ? "" : answer.refusal).toContain(guard);
});

test("a repeated key is answered from the journal and not taken twice, also after a restart", async () => {
  const bench = await openLamp();
  const first = await bench.host.send("lamp:hall", { type: "switch" }, { key: "k1" });
  const again = await bench.host.send("lamp:hall", { type: "switch" }, { key: "k1" });
  expect(again).toEqual({ ...first, repeated: true });
  const { host } = await bench.reopen();
  expect(await host.send("lamp:hall", { type: "switch" }, { key: "k1" })).toEqual(again);
});

test("of two actors that one key would bring into being there is the first, and both callers hear", async () => {
  const { host } = await openBench({ charts: [lampChart] });
  const key = "once";
  const [first, second] = await Promise.all([
    host.start("lamp:one", {}, { key }),
    host.start("lamp:two", {}, { key }),
  ]);
  expect(first).toMatchObject({ ok: true, actor: "lamp:one", repeated: false });
  expect(second).toMatchObject({ ok: true, actor: "lamp:one", repeated: true });
  expect(await host.actor("lamp:two")).toBeNull();
});

test("one key twice in one commit is taken once", async () => {
  const { host } = await openLamp();
  const both = await Promise.all([
    host.send("lamp:hall", { type: "switch" }, { key: "k" }),
    host.send("lamp:hall", { type: "switch" }, { key: "k" }),
  ]);
  expect(both.map((answer) => answer.ok && answer.repeated)).toEqual([false, true]);
  expect(both.map((answer) => answer.state)).toEqual(["on", "on"]);
});

test("an event that changes nothing is accepted and leaves no row", async () => {
  const { host } = await openLamp();
  const answer = await host.send("lamp:hall", { type: "look" });
  expect(answer).toMatchObject({ ok: true, version: 1 });
});

test.each([
  ["an unknown actor", "lamp:attic", "unknown-actor"],
  ["an unknown chart", "stove:kitchen", "invalid"],
])("%s is refused with a hint", async (_title, actor, code) => {
  const { host } = await openLamp();
  const answer = await host.send(actor, { type: "switch" });
  expect(answer).toMatchObject({ ok: false, code });
  expect(answer.ok ? "" : answer.hint).not.toBe("");
});

test("XState's own events cannot be sent from outside", async () => {
  const { host } = await openLamp();
  const answer = await host.send("lamp:hall", { type: "xstate.stop" });
  expect(answer).toMatchObject({ ok: false, code: "invalid" });
});

test("an actor is begun once; a second start says where it stands", async () => {
  const { host } = await openLamp();
  await host.send("lamp:hall", { type: "switch" });
  expect(await host.start("lamp:hall", {})).toMatchObject({ code: "exists", state: "on" });
});

test("a chart that throws changes nothing and is told as a bug", async () => {
  const { host } = await openLamp();
  const answer = await host.send("lamp:hall", { type: "smash" });
  expect(answer).toMatchObject({ ok: false, code: "poison" });
  expect(answer.ok ? "" : answer.refusal).toContain("the lamp is broken");
  expect(await host.send("lamp:hall", { type: "switch" })).toMatchObject({ version: 2 });
});

test("a context that JSON would change is refused before it is written", async () => {
  const { host } = await openLamp();
  const answer = await host.send("lamp:hall", { type: "corrupt" });
  expect(answer).toMatchObject({ code: "poison" });
  expect(answer.ok ? "" : answer.refusal).toContain("context.switched");
});

test("a full mailbox refuses with a hint, and what was taken in is answered", async () => {
  const { host } = await openLamp();
  const sent = Array.from({ length: ACTOR_MAX + 5 }, () =>
    host.send("lamp:hall", { type: "switch" }),
  );
  const answers = await Promise.all(sent);
  const full = answers.filter((answer) => !answer.ok && answer.code === "mailbox-full");
  expect(full).toHaveLength(5);
  expect(answers.filter(({ ok }) => ok)).toHaveLength(ACTOR_MAX);
});

test("an actor reference serves XState's waitFor", async () => {
  const { host } = await openLamp();
  const actor = await host.actor("lamp:hall");
  expect(actor).not.toBeNull();
  const lit = waitFor(actor as never, (state: { value: unknown }) => state.value === "on");
  await actor?.send({ type: "switch" });
  expect(await lit).toMatchObject({ value: "on", context: { switched: 1 } });
  expect(actor?.getSnapshot().value).toBe("on");
});

test("an observer is told of the end of an actor, and hears nothing after it leaves", async () => {
  const { host } = await openLamp();
  const actor = await host.actor("lamp:hall");
  const heard: string[] = [];
  const leave = actor?.subscribe({
    next: (state) => heard.push(String(state.value)),
    complete: () => heard.push("end"),
  });
  await actor?.send({ type: "switch" });
  await actor?.send({ type: "dim", watts: 60 });
  leave?.unsubscribe();
  expect(heard).toEqual(["on", "dimmed", "end"]);
});

test("a closed host refuses", async () => {
  const { host } = await openLamp();
  await host.close();
  expect(await host.send("lamp:hall", { type: "switch" })).toMatchObject({ code: "closed" });
});

test("an actor that grows too large refuses what made it so, and the host goes on", async () => {
  const { host } = await openBench({ charts: [growingChart] });
  await host.start("pile:1", {});
  const heap = "x".repeat(3 * 1024 * 1024);
  expect((await host.send("pile:1", { type: "put", heap })).ok).toBe(true);
  const [tooMuch, fine] = await Promise.all([
    host.send("pile:1", { type: "put", heap }),
    host.start("pile:2", {}),
  ]);
  expect(tooMuch).toMatchObject({ ok: false, code: "poison" });
  expect(tooMuch.ok ? "" : tooMuch.refusal).toContain("at most 4194304 bytes");
  expect(fine.ok).toBe(true);
  expect((await host.send("pile:1", { type: "put", heap: "y" })).ok).toBe(true);
});
