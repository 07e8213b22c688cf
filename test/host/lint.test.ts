/** Every rule that a chart must keep, broken on purpose in a small chart. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { and, assign, cancel, createMachine, emit, enqueueActions, forwardTo } from "xstate";
import { fromPromise, log, not, raise, sendTo, spawnChild, stateIn, stopChild } from "xstate";
import type { AnyStateMachine } from "xstate";
import { tell } from "../../machines/chart.ts";
import { effect } from "../../machines/effects.ts";
import { catalog } from "../../src/catalog/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { Host } from "../../src/host/host.ts";
import { lintChart } from "../../src/host/lint.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { impure } from "../fixtures/impure.ts";
import { lamp } from "../support/sample-charts.ts";
import { emptyFolder } from "../support/workbench.ts";

const rank = effect<"rank">("retry");
/** An effect as XState has it, without a word on what a crash means. */
const undeclared = fromPromise(() => Promise.resolve(null));
const invoke = { id: "rank", src: "rank", onDone: "b", onError: "b" };

interface Told {
  readonly event: { readonly type: string };
}
interface Words {
  readonly actions?: object;
  readonly guards?: object;
  readonly delays?: object;
  readonly actors?: object;
}

/** A chart with one state `a` as given and one other, and all the words it may use. */
function chartWith(a: object, words: Words = {}): AnyStateMachine {
  const config = { id: "m", initial: "a", options: { maxIterations: 10 }, states: { a, b: {} } };
  const guards = { isGood: () => true, ...words.guards };
  return createMachine(config as never).provide({
    actions: { tell, ...words.actions },
    guards,
    delays: { aWhile: 5, ...words.delays },
    actors: { rank, undeclared, ...words.actors },
  } as never);
}

describe("a good chart gives no problem", () => {
  test.each<[string, object, Words?]>([
    ["nothing at all", {}],
    ["assign, raise and tell", { entry: [assign({ n: 1 }), raise({ type: "x" }), "tell"] }],
    ["tell with what it takes", { entry: { type: "tell", params: [] } }],
    ["cancel, as after uses it", { exit: cancel("x") }],
    ["an assign by its name", { entry: "count" }, { actions: { count: assign({ n: 1 }) } }],
    ["an effect", { invoke }],
    ["a guard by its name", { on: { x: { guard: "isGood", target: "b" } } }],
    ["a guard with params", { on: { x: { guard: { type: "isGood", params: {} }, target: "b" } } }],
    ["guards together", { on: { x: { guard: and(["isGood", not("isGood")]), target: "b" } } }],
    ["where it is as a guard", { always: { guard: stateIn("b"), target: "b" } }],
    ["a delay by its name", { after: { aWhile: "b" } }],
    ["a delay as a number", { after: { 100: "b" } }],
    [
      "a word that only sounds like a clock",
      {},
      { guards: { isUpdate: ({ event }: Told) => event.type === "newDate" } },
    ],
  ])("%s", (_title, state, words) => {
    expect(lintChart(chartWith(state, words))).toEqual([]);
  });
});

const onlyPure = (name: string): string =>
  `#m.a has the action ${name}; only assign, raise and tell are pure`;
const notKept = (type: string): string =>
  `#m.a uses the action xstate.${type}, which the host cannot keep`;

describe("actions", () => {
  test.each<[string, object, string]>([
    ["an action of its own", { entry: "dance" }, onlyPure("dance")],
    ["one that nobody wrote", { exit: "missing" }, onlyPure("missing")],
    ["one with params", { on: { x: { actions: { type: "dance" } } } }, onlyPure("dance")],
    ["one on the way out", { exit: "dance" }, onlyPure("dance")],
    ["one on always", { always: { guard: "isGood", actions: "dance" } }, onlyPure("dance")],
    ["one after a while", { after: { aWhile: { actions: "dance" } } }, onlyPure("dance")],
    [
      "one when an effect is done",
      { invoke: { ...invoke, onDone: { actions: "dance" } } },
      onlyPure("dance"),
    ],
    ["emit", { entry: emit({ type: "x" }) }, notKept("emit")],
    ["log", { entry: log("x") }, notKept("log")],
    ["sendTo", { entry: sendTo("b", { type: "x" }) }, notKept("sendTo")],
    ["forwardTo", { on: { x: { actions: forwardTo("b") } } }, notKept("sendTo")],
    ["spawnChild", { entry: spawnChild("rank") }, notKept("spawnChild")],
    ["stopChild", { exit: stopChild("rank") }, notKept("stopChild")],
    ["enqueueActions", { entry: enqueueActions(() => {}) }, notKept("enqueueActions")],
    ["enqueueActions by a name", { entry: "many" }, notKept("enqueueActions")],
  ])("%s", (_title, state, problem) => {
    const actions = { dance: () => {}, many: enqueueActions(() => {}) };
    expect(lintChart(chartWith(state, { actions }))).toEqual([problem]);
  });

  test("a function in place", () => {
    const [problem = "", ...more] = lintChart(chartWith({ entry: () => {} }));
    expect(problem).toMatch(/^#m\.a has the action .*; only assign, raise and tell are pure$/s);
    expect(more).toEqual([]);
  });

  test("tell where the chart does not have it", () => {
    const options = { maxIterations: 10 };
    const machine = createMachine({ id: "m", options, entry: "tell" } as never);
    expect(lintChart(machine)).toEqual([
      "#m has the action tell; only assign, raise and tell are pure",
    ]);
  });
});

const noEffect = (id: string): string =>
  `#m.a invokes ${id}, which is not a named effect with a crash policy`;

describe("effects", () => {
  test.each<[string, object, readonly string[]]>([
    ["one that nobody declared", { ...invoke, src: "missing" }, [noEffect("rank")]],
    ["one without a crash policy", { ...invoke, src: "undeclared" }, [noEffect("rank")]],
    ["one in place", { ...invoke, src: undeclared }, [noEffect("rank")]],
    ["a whole chart", { ...invoke, src: lamp }, [noEffect("rank")]],
    ["no onDone", { ...invoke, onDone: undefined }, ["#m.a invokes rank without onDone"]],
    [
      "no onError",
      { ...invoke, onError: undefined },
      ["#m.a invokes rank without onError, so a failure would stop it"],
    ],
  ])("%s", (_title, broken, problems) => {
    expect(lintChart(chartWith({ invoke: broken }))).toEqual(problems);
  });

  test("each of several is looked at", () => {
    const second = { ...invoke, id: "second", src: "missing" };
    expect(lintChart(chartWith({ invoke: [invoke, second] }))).toEqual([noEffect("second")]);
  });
});

describe("guards and delays", () => {
  const inPlace = "#m.a has a guard without a name";
  test.each<[string, object, string]>([
    ["a guard in place", { on: { x: { guard: () => true, target: "b" } } }, inPlace],
    ["one on always", { always: { guard: () => false, target: "b" } }, inPlace],
    [
      "an unknown one",
      { on: { x: { guard: "isOdd", target: "b" } } },
      '#m.a has the unknown guard "isOdd"',
    ],
    [
      "an unknown one with params",
      { on: { x: { guard: { type: "isOdd", params: 1 }, target: "b" } } },
      '#m.a has the unknown guard {"type":"isOdd","params":1}',
    ],
    ["an unknown delay", { after: { never: "b" } }, "#m.a waits for the unknown delay never"],
  ])("%s", (_title, state, problem) => {
    expect(lintChart(chartWith(state))).toEqual([problem]);
  });
});

describe("clocks and randomness", () => {
  const told = (name: string): string => `${name} reads a clock, a random number or the process`;
  test.each<[string, Words]>([
    ["Date.now in a guard", { guards: { impure: impure.now } }],
    ["a date in an assign", { actions: { impure: assign({ at: impure.date }) } }],
    ["a random delay", { delays: { impure: impure.dice } }],
    ["a measured assign, whole", { actions: { impure: assign(impure.measured) } }],
    ["a new id in an assign", { actions: { impure: assign({ n: 1, id: impure.secret }) } }],
    ["the process in a guard", { guards: { impure: impure.place } }],
    ["a timeout in an action", { actions: { impure: impure.wait } }],
  ])("%s", (_title, words) => {
    expect(lintChart(chartWith({}, words))).toEqual([told("impure")]);
  });
});

describe("the chart as a whole", () => {
  test("no limit to what one event may set off", () => {
    const problem = "options.maxIterations is not set";
    expect(lintChart(createMachine({ id: "m" }))).toEqual([problem]);
    const options = { maxIterations: Infinity };
    expect(lintChart(createMachine({ id: "m", options } as never))).toEqual([problem]);
  });

  test("a history state", () => {
    const deep = { initial: "c", states: { c: {}, before: { type: "history" } } };
    const problem = "#m.a.before is a history state; its past is not stored";
    expect(lintChart(chartWith(deep))).toEqual([problem]);
  });

  test("every problem is told, each at its state, also deep down and in parallel", () => {
    const regions = {
      type: "parallel",
      states: { left: { entry: "dance" }, right: { after: { never: {} } } },
    };
    expect(lintChart(chartWith(regions)).toSorted()).toEqual([
      "#m.a.left has the action dance; only assign, raise and tell are pure",
      "#m.a.right waits for the unknown delay never",
    ]);
  });
});

test.each(catalog.map(({ name, machine }) => [name, machine] as const))(
  "the %s chart of the product keeps every rule",
  (_name, machine) => {
    expect(lintChart(machine)).toEqual([]);
  },
);

test("a host is not opened with a chart that breaks a rule, and takes no term for it", async () => {
  const store = openStore(join(emptyFolder(), "orchestrator.db"));
  const charts = [
    { name: "good", version: 1, machine: lamp },
    { name: "bad", version: 1, machine: chartWith({ entry: "dance" }) },
  ];
  const owner = ownerHere("test");
  const opening = Host.open({ store, charts, clock: systemClock, owner, handlers: {} });
  await expect(opening).rejects.toThrow("chart bad: #m.a has the action dance");
  expect(await store.owner()).toBeNull();
  await store.close();
});
