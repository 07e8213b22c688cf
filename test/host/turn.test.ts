/** One turn: what becomes a step, what is laid aside and in which words, and which timers are used up. */
import { expect, onTestFinished, test } from "vitest";
import type { PlainEvent } from "../../machines/chart.ts";
import { Actors } from "../../src/host/actors.ts";
import { Charts } from "../../src/host/charts.ts";
import { ownerHere } from "../../src/host/owner.ts";
import type { Happening } from "../../src/host/record.ts";
import { spentBy, Turn } from "../../src/host/turn.ts";
import type { Item } from "../../src/host/turn.ts";
import { makeSqlitePlace } from "../store/sqlite-place.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { eggChart, jobChart, lampChart, relayChart } from "../support/sample-charts.ts";

const NOW_MS = 1_800_000_000_000;
const charts = new Charts([lampChart, eggChart, relayChart, jobChart("retry")]);

async function openTurns(messagesMax = 9) {
  const store = makeSqlitePlace().open(new ManualClock());
  onTestFinished(() => store.close());
  const actors = new Actors(charts, store, await store.acquire(ownerHere("test")));
  return async (...items: readonly Item[]) => {
    const turn = new Turn({ actors, charts, nowMs: NOW_MS, messagesMax });
    await turn.take(items);
    for (const live of turn.live.values()) actors.keep(live);
    return turn;
  };
}

let keys = 0;
/** From the inbox, unless it is said that somebody calls. */
function item(actor: string, happening: Happening, more: Partial<Item> = {}): Item {
  keys += 1;
  return { from: "inbox", actor, key: `k${keys}`, cause: "c", happening, caller: null, ...more };
}
const start = (actor: string, input: object = {}, more: Partial<Item> = {}) =>
  item(actor, { kind: "start", input }, more);
const send = (actor: string, event: PlainEvent, more: Partial<Item> = {}) =>
  item(actor, { kind: "event", event }, more);
const caller = { resolve: () => {}, reject: () => {} };
const told = (turn: Turn) => turn.answers.map(({ answer }) => answer);
/** XState says in a line of its own where a guard has thrown. */
const inOneLine = (text: string) => text.replace(/threw: .*\n/, "threw: ");
const letters = (turn: Turn) => turn.dead.map(({ why, detail }) => `${why}: ${inOneLine(detail)}`);

test("a start and an event are two steps of one actor, each with all that it asks for", async () => {
  const turn = await openTurns();
  const { steps } = await turn(
    start("egg:1", { ms: 500 }),
    send("egg:1", { type: "heat" }, { key: "heat" }),
  );
  const [begun, heated] = steps;
  expect(begun).toMatchObject({ expect: 0, fromState: "", toState: "cold", fromInbox: true });
  expect(heated).toMatchObject({
    actor: "egg:1",
    expect: 1,
    key: "heat",
    cause: "c",
    atMs: NOW_MS,
    chart: "egg",
    chartVersion: 1,
    fromState: "cold",
    toState: "boiling",
    timers: [{ name: "boil@egg.boiling", dueMs: NOW_MS + 500 }],
    effects: [],
    views: [],
  });
});

test("an effect goes out with its child and its input", async () => {
  const turn = await openTurns();
  const { steps } = await turn(start("job:1"), send("job:1", { type: "begin" }));
  expect(steps[1]?.effects).toEqual([
    {
      id: "job:1@2/0",
      kind: "work",
      body: JSON.stringify({ child: "work", input: { round: 1 } }),
      claimFor: null,
    },
  ]);
});

test("what came by the inbox is taken before what somebody calls, and that after its messages", async () => {
  const turn = await openTurns();
  await turn(start("relay:a", { id: "a", to: "relay:b" }), start("relay:b", { id: "b", to: null }));
  const pass = (n: number, more?: Partial<Item>) => send("relay:a", { type: "pass", n }, more);
  const { steps } = await turn(pass(7, { from: "call" }), pass(5));
  const heard = steps.map(({ actor, happening }) => `${actor} ${JSON.parse(happening).event.n}`);
  expect(heard).toEqual(["relay:a 5", "relay:b 4", "relay:a 7", "relay:b 6"]);
});

test("beyond the budget messages wait in the inbox, and the turn says so", async () => {
  const turn = await openTurns(2);
  await turn(start("relay:a", { id: "a", to: "relay:b" }), start("relay:b", { id: "b", to: null }));
  const two = await turn(send("relay:a", { type: "burst", n: 2 }));
  expect([two.steps.length, two.leftMessages]).toEqual([3, false]);
  const three = await turn(send("relay:a", { type: "burst", n: 3 }));
  expect([three.steps.length, three.leftMessages]).toEqual([3, true]);
  expect(three.steps[0]?.sends.map(({ id }) => id)).toEqual([
    "relay:a@3>0",
    "relay:a@3>1",
    "relay:a@3>2",
  ]);
});

test("an event that changes nothing is used up, whoever sent it", async () => {
  const turn = await openTurns();
  await turn(start("lamp:1"));
  const waited = await turn(send("lamp:1", { type: "look" }, { key: "seen" }));
  expect([waited.steps, waited.spentInbox]).toEqual([[], ["seen"]]);
  const called = await turn(send("lamp:1", { type: "look" }, { from: "call", key: null, caller }));
  expect([called.spentInbox, told(called)]).toMatchObject([[], [{ ok: true, version: 1 }]]);
});

test("what nobody waits for is laid aside, with where it came from and what is to be done", async () => {
  const turn = await openTurns();
  await turn(start("lamp:1"));
  const laid = await turn(
    send("lamp:1", { type: "dim", watts: 1 }, { key: "dim" }),
    send("lamp:2", { type: "switch" }),
    send("stove:1", { type: "switch" }),
    start("lamp:1"),
    start("stove:1"),
    send("lamp:1", { type: "smash" }),
  );
  expect(letters(laid)).toEqual([
    "refused: lamp:1 is off and does not accept dim: it has no such transition (inbox); " +
      "it accepts corrupt, look, smash, switch",
    "unknown-actor: there is no actor lamp:2 (inbox); check its id, or start it first",
    "unknown-actor: there is no actor stove:1 (inbox); check its id, or start it first",
    "refused: lamp:1 exists already (inbox); send it an event instead",
    "unknown-actor: there is no actor stove:1 (inbox); check its id, or start it first",
    "poison: the chart of lamp:1 threw: the lamp is broken (inbox); this is a bug of the chart; " +
      "the event is kept in the dead letters and nothing changed",
  ]);
  expect(laid.dead[0]).toMatchObject({
    envelope: { id: "dim", actor: "lamp:1", cause: "c", body: expect.stringContaining('"dim"') },
    atMs: NOW_MS,
  });
  expect([laid.steps, laid.answers]).toEqual([[], []]);
});

test("who waits is told instead, and nothing is laid aside", async () => {
  const turn = await openTurns();
  await turn(start("lamp:1"));
  const call = { from: "call", caller } as const;
  const refused = await turn(
    send("lamp:2", { type: "switch" }, call),
    start("lamp:1", {}, call),
    send("lamp:1", { type: "smash" }, call),
  );
  expect(refused.dead).toEqual([]);
  expect(told(refused)).toMatchObject([
    { code: "unknown-actor", refusal: "there is no actor lamp:2", accepts: [] },
    { code: "exists", refusal: "lamp:1 exists already", state: "off" },
    { code: "poison", refusal: expect.stringContaining("the lamp is broken") },
  ]);
});

test("what has no key and nobody waits for leaves no letter", async () => {
  const turn = await openTurns();
  expect((await turn(send("lamp:9", { type: "switch" }, { key: null }))).dead).toEqual([]);
});

test("a key that was taken in this turn is answered by whoever took it", async () => {
  const turn = await openTurns();
  const call = { from: "call", caller, key: "one" } as const;
  const both = await turn(
    start("lamp:0"),
    start("lamp:1", {}, call),
    start("lamp:2", {}, call),
    send("lamp:1", { type: "switch" }, { from: "call", key: null, caller }),
    send("lamp:1", { type: "switch" }, { from: "call", key: null, caller }),
  );
  expect(told(both)).toMatchObject([
    { actor: "lamp:1", version: 1, repeated: false },
    { actor: "lamp:1", version: 1, repeated: true },
    { version: 2, state: "on", repeated: false },
    { version: 3, state: "off", repeated: false },
  ]);
  expect(both.live.has("lamp:2")).toBe(false);
  const key = "gone";
  const neither = await turn(
    send("lamp:8", { type: "switch" }, { ...call, key }),
    send("lamp:9", { type: "switch" }, { ...call, key }),
  );
  expect(told(neither)).toMatchObject([
    { actor: "lamp:8" },
    { refusal: "there is no actor lamp:9" },
  ]);
});

const rang = (timer: string, setBy: number, more: Partial<Item> = {}) =>
  item("egg:1", { kind: "timer", timer, setBy }, { from: "timer", ...more });

test("a timer that comes too late is used up, and laid aside as stale", async () => {
  const turn = await openTurns();
  await turn(start("egg:1", { ms: 500 }), send("egg:1", { type: "heat" }));
  const late = await turn(rang("boil@egg.boiling", 1));
  expect(late.spentTimers).toEqual([{ actor: "egg:1", name: "boil@egg.boiling", setBy: 1 }]);
  expect(letters(late)).toEqual([
    "stale: the timer or result belongs to a state that egg:1 has left (timer); nothing is to be done",
  ]);
  const timely = await turn(rang("boil@egg.boiling", 2));
  expect([timely.spentTimers, timely.steps[0]?.cancelledTimers]).toEqual([
    [],
    ["boil@egg.boiling"],
  ]);
  expect(timely.steps[0]).toMatchObject({ fromInbox: false, toState: "done" });
});

test("only a timer uses a timer up", () => {
  expect(spentBy("egg:1", { kind: "event", event: { type: "boil" } })).toEqual([]);
  expect(spentBy("egg:1", { kind: "timer", timer: "boil@cold", setBy: 4 })).toEqual([
    { actor: "egg:1", name: "boil@cold", setBy: 4 },
  ]);
});

test("a result that the chart cannot read is told to it as a failure, in words", async () => {
  const turn = await openTurns();
  await turn(start("job:1"), send("job:1", { type: "begin" }));
  const unreadable = { toString: 1, valueOf: 1 };
  const done = { kind: "done", effect: "job:1@2/0", child: "work", output: unreadable } as const;
  const { steps } = await turn(item("job:1", done));
  expect(steps[0]).toMatchObject({ toState: "failed" });
  expect(JSON.parse(steps[0]?.happening ?? "")).toMatchObject({
    kind: "failed",
    effect: "job:1@2/0",
    child: "work",
    error: { code: "poison", message: expect.stringMatching(/^its result: .+/) },
  });
});
