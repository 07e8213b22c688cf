/** What one step asks for, and what starts and ends within it, which nobody is asked for. */
import { describe, expect, test } from "vitest";
import { Draft, settle } from "../../src/host/draft.ts";
import type { LiveActor, Requests } from "../../src/host/kernel.ts";
import type { Happening } from "../../src/host/record.ts";

const BOIL = "xstate.after.boil.egg.boiling.soft";
const REST = "xstate.after.rest.egg.cold";
const OLD_EFFECT = "egg:1@2/0";
const before: LiveActor = {
  actor: "egg:1",
  version: 4,
  snapshot: null,
  children: new Map([["old", OLD_EFFECT]]),
  timers: new Map([["rest@egg.cold", 3]]),
};
const nothing: Requests = {
  effects: [],
  cancelledEffects: [],
  timers: [],
  cancelledTimers: [],
  messages: [],
};

const spawn = (id: string, input?: unknown) => {
  return { type: "xstate.spawnChild", params: { id, src: "work", input } };
};
const stop = (id?: string) => {
  return { type: "xstate.stopChild", params: id === undefined ? undefined : { id } };
};
const raise = (delay?: number, id?: string) => ({ type: "xstate.raise", params: { id, delay } });
const cancel = (sendId: string) => ({ type: "xstate.cancel", params: { sendId } });
const tell = (params: unknown) => ({ type: "tell", params });
const toLamp = (type: string) => ({ to: "lamp:1", event: { type } });
type Action = Parameters<Draft["take"]>[0];

function drafted(actions: readonly Action[], happening?: Happening): Draft {
  const draft = new Draft(before, happening);
  for (const action of actions) draft.take(action);
  return draft;
}

const effect = (place: number, child: string, input: unknown = null) => {
  return { id: `egg:1@5/${place}`, kind: "work", child, input };
};

describe("requests", () => {
  test.each<[string, readonly Action[], Partial<Requests>]>([
    ["nothing asked, nothing wanted", [], {}],
    [
      "each effect by its place in the step, with its input",
      [spawn("a", { n: 1 }), spawn("b", 0), spawn("c")],
      { effects: [effect(0, "a", { n: 1 }), effect(1, "b", 0), effect(2, "c")] },
    ],
    ["an effect that ends within the step", [spawn("a"), stop("a")], {}],
    [
      "one that is begun anew keeps its own place",
      [spawn("a"), stop("a"), spawn("a"), spawn("b")],
      { effects: [effect(1, "a"), effect(2, "b")] },
    ],
    ["an effect of an earlier step that ends", [stop("old")], { cancelledEffects: [OLD_EFFECT] }],
    ["it ends once", [stop("old"), stop("old")], { cancelledEffects: [OLD_EFFECT] }],
    [
      "it ends, and another begins under its name",
      [stop("old"), spawn("old"), stop("old")],
      { cancelledEffects: [OLD_EFFECT] },
    ],
    ["an effect that nobody knows", [stop("new"), stop()], {}],
    [
      "a timer, by its delay and its state",
      [raise(50, BOIL)],
      { timers: [{ name: "boil@egg.boiling.soft", delayMs: 50 }] },
    ],
    [
      "a delay is a whole number of milliseconds, and none lies in the past",
      [raise(1.2, BOIL), raise(-7, REST)],
      {
        timers: [
          { name: "boil@egg.boiling.soft", delayMs: 2 },
          { name: "rest@egg.cold", delayMs: 0 },
        ],
      },
    ],
    ["a raise without a delay or a name is over already", [raise(undefined, BOIL), raise(9)], {}],
    [
      "a timer that is set and taken back within the step",
      [raise(50, BOIL), cancel(BOIL)],
      { cancelledTimers: ["boil@egg.boiling.soft"] },
    ],
    ["a timer of an earlier step", [cancel(REST)], { cancelledTimers: ["rest@egg.cold"] }],
    ["it is taken back once", [cancel(REST), cancel(REST)], { cancelledTimers: ["rest@egg.cold"] }],
    [
      "it is set anew",
      [cancel(REST), raise(9, REST)],
      {
        timers: [{ name: "rest@egg.cold", delayMs: 9 }],
        cancelledTimers: ["rest@egg.cold"],
      },
    ],
    ["a timer that nobody set", [cancel(BOIL)], {}],
    [
      "messages in their order, one or several at a time",
      [tell(toLamp("a")), tell([]), tell([toLamp("b"), toLamp("c")])],
      { messages: [toLamp("a"), toLamp("b"), toLamp("c")] },
    ],
  ])("%s", (_title, actions, wanted) => {
    expect(drafted(actions).requests()).toEqual({ ...nothing, ...wanted });
  });

  test("a timer that rang is used up", () => {
    const rang: Happening = { kind: "timer", timer: "rest@egg.cold", setBy: 3 };
    const wanted = { ...nothing, cancelledTimers: ["rest@egg.cold"] };
    expect(drafted([], rang).requests()).toEqual(wanted);
    const both = drafted([raise(5, BOIL), cancel(BOIL)], rang).requests();
    expect(both.cancelledTimers).toEqual(["rest@egg.cold", "boil@egg.boiling.soft"]);
    const event: Happening = { kind: "event", event: { type: "rest@egg.cold" } };
    expect(drafted([], event).requests()).toEqual(nothing);
  });

  test("an action that the host does not know is a bug", () => {
    const act = () => drafted([{ type: "xstate.log" }]);
    expect(act).toThrow("egg:1: the host does not carry out the action xstate.log");
  });
});

test("the actor after the step has the next version, its effects and its timers, and before it is unchanged", () => {
  const draft = drafted([spawn("a"), stop("old"), raise(5, BOIL), cancel(REST)]);
  expect([draft.actor, draft.version]).toEqual(["egg:1", 5]);
  expect([...draft.children]).toEqual([["a", "egg:1@5/0"]]);
  expect([...draft.timers]).toEqual([["boil@egg.boiling.soft", 5]]);
  expect([...before.children.keys(), ...before.timers.keys()]).toEqual(["old", "rest@egg.cold"]);
  const empty = drafted([spawn("a"), stop("a"), raise(5, BOIL), cancel(BOIL)]);
  expect([empty.children, empty.timers]).toEqual([before.children, before.timers]);
});

describe("what has had its say is taken off the actor", () => {
  const snapshot = { context: {}, children: { old: {}, other: {} } } as never;
  const children = new Map([
    ["old", OLD_EFFECT],
    ["other", "egg:1@2/1"],
  ]);
  const live: LiveActor = { ...before, snapshot, children };
  const ended = { effect: OLD_EFFECT, child: "old" };

  test.each<[string, Happening, object]>([
    [
      "a timer",
      { kind: "timer", timer: "rest@egg.cold", setBy: 3 },
      { children: ["old", "other"], timers: [] },
    ],
    [
      "an output",
      { kind: "done", ...ended, output: 1 },
      { children: ["other"], timers: ["rest@egg.cold"] },
    ],
    [
      "a fault",
      { kind: "failed", ...ended, error: { code: "c", message: "m" } },
      { children: ["other"], timers: ["rest@egg.cold"] },
    ],
  ])("%s", (_title, happening, left) => {
    const settled = settle(live, happening);
    const [children, timers] = [[...settled.children.keys()], [...settled.timers.keys()]];
    expect({ children, timers }).toEqual(left);
    expect(Object.keys(settled.snapshot?.children ?? {})).toEqual(children);
    expect([...live.children.keys()]).toEqual(["old", "other"]);
  });

  test("an event takes nothing off", () => {
    expect(settle(live, { kind: "event", event: { type: "old" } })).toBe(live);
  });

  test("an actor without a snapshot keeps having none", () => {
    const settled = settle(before, { kind: "done", ...ended, output: 1 });
    expect([settled.snapshot, settled.children.size]).toEqual([null, 0]);
  });
});
