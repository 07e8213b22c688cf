/** The checker on charts that anybody might write: alone, without facts, and with mistakes. */
import { describe, expect, test } from "vitest";
import { raise, setup } from "xstate";
import { message, tell } from "../../machines/chart.ts";
import { checkChart, checkCharts } from "../../src/proof/checker/check.ts";
import { problemText } from "../../src/proof/checker/problem.ts";
import { survey } from "../../src/proof/checker/survey.ts";
import { deed } from "./wedge.ts";

const flagsOf = (...args: Parameters<typeof checkChart>): readonly string[] =>
  checkChart(...args).map(({ code, about }) => `${code} ${about}`);

const lamp = setup({}).createMachine({
  id: "lamp",
  initial: "off",
  states: { off: { on: { press: "on" } }, on: { on: { press: "off" } } },
});

describe("a chart that says nothing of itself", () => {
  test("waits for somebody, and should say for whom", () => {
    expect(checkChart(lamp).map(problemText)).toEqual([
      "lamp: only somebody can end off; if it is gone, it is waited for without end (no-demotion). Next: add `after`, or an event of somebody else; say in `waits` if it is meant",
      "lamp: only somebody can end on; if it is gone, it is waited for without end (no-demotion). Next: add `after`, or an event of somebody else; say in `waits` if it is meant",
    ]);
  });

  test.each([
    ["who sends its event, and that the wait is meant", { off: "person", on: "person" }, []],
    ["that, but forgets a state", { off: "person" }, ["no-demotion on"]],
    ["that it waits for another one", { off: "cat", on: "person" }, ["no-demotion off"]],
  ])("or it says %s", (_title, waits, flags) => {
    expect(flagsOf(lamp, { sentBy: { press: ["person"] }, waits })).toEqual(flags);
  });

  test("a second party is a way out", () => {
    expect(flagsOf(lamp, { sentBy: { press: ["person", "timer switch"] } })).toEqual([]);
  });

  test("an event that it is sent and does not know is a signal nobody hears", () => {
    const sentBy = { press: ["person", "cat"], dim: ["person"] };
    expect(flagsOf(lamp, { sentBy })).toEqual(["unhandled dim"]);
  });
});

describe("facts stand in the chart as well as beside it", () => {
  const chart = setup({}).createMachine({
    id: "lamp",
    meta: { sentBy: { press: ["person"] }, waits: { on: "person" } },
    initial: "off",
    states: {
      off: { on: { press: "on" } },
      on: { on: { press: "broken" } },
      broken: { tags: ["end"] },
    },
  });

  test("those of its `meta` count", () => {
    expect(flagsOf(chart)).toEqual(["no-demotion off"]);
  });

  test("those that are given overrule them", () => {
    expect(flagsOf(chart, { waits: { off: "person" } })).toEqual(["no-demotion on"]);
  });
});

describe("parallel states", () => {
  const regions = setup({ actors: { work: deed() }, delays: { lease: 1_000 } });
  const going = {
    invoke: { id: "work", src: "work", onDone: "#run.done", onError: "#run.done" },
  } as const;

  test("a region may rest, since another one ends them all", () => {
    const chart = regions.createMachine({
      id: "run",
      initial: "both",
      states: {
        both: {
          type: "parallel",
          states: {
            work: { initial: "going", states: { going } },
            wish: {
              initial: "wanted",
              states: { wanted: { on: { stop: "unwanted" } }, unwanted: {} },
            },
          },
        },
        done: { type: "final" },
      },
    });
    expect(flagsOf(chart, { sentBy: { stop: ["person"] } })).toEqual([]);
  });

  test("a region that moves within itself does not free the other", () => {
    const chart = regions.createMachine({
      id: "run",
      type: "parallel",
      states: {
        beat: { initial: "tick", states: { tick: { after: { lease: "tock" } }, tock: {} } },
        wish: { initial: "wanted", states: { wanted: {} } },
      },
    });
    expect(flagsOf(chart)).toEqual(["unleavable beat.tock", "unleavable wish.wanted"]);
  });
});

test("a raised event that no state handles is a signal nobody hears", () => {
  const chart = setup({ delays: { pause: 1_000 } }).createMachine({
    id: "bell",
    initial: "still",
    states: {
      still: {
        after: { pause: { target: "still", reenter: true, actions: raise({ type: "rung" }) } },
      },
    },
  });
  expect(flagsOf(chart)).toEqual(["unleavable still", "unhandled rung"]);
});

test("a raised event has a sender", () => {
  const chart = setup({ delays: { pause: 1_000 } }).createMachine({
    id: "bell",
    initial: "still",
    states: {
      still: { after: { pause: { actions: raise({ type: "ring" }) } }, on: { ring: "rung" } },
      rung: { type: "final" },
    },
  });
  expect(flagsOf(chart, { sentBy: {} })).toEqual([]);
});

describe("charts together", () => {
  const teller = setup({ actions: { tell }, delays: { pause: 1_000 } }).createMachine({
    id: "teller",
    initial: "still",
    states: {
      still: {
        after: {
          pause: {
            target: "said",
            actions: { type: "tell", params: message("town", { type: "news" }) },
          },
        },
      },
      said: { type: "final" },
    },
  });
  const other = { name: "lamp", machine: lamp, facts: { sentBy: { press: ["person", "cat"] } } };

  test("a chart that is not there hears nothing", () => {
    expect(checkCharts([{ name: "teller", machine: teller }, other]).map(problemText)).toEqual([
      "teller: it tells town news, and there is no chart town (unhandled). Next: check the receiver's id, or name the chart in `elsewhere`",
    ]);
  });

  test("unless it is elsewhere", () => {
    const facts = { elsewhere: ["town"] };
    expect(checkCharts([{ name: "teller", machine: teller, facts }, other])).toEqual([]);
  });

  test("of a chart alone nothing is known of the others", () => {
    expect(flagsOf(teller)).toEqual([]);
  });
});

describe("a chart that cannot be walked is still checked", () => {
  test("one that loops for ever within an event", () => {
    const chart = setup({}).createMachine({
      id: "spin",
      initial: "here",
      states: { here: { always: "there" }, there: { always: "here" }, lost: {} },
    });
    expect(survey(chart)).toMatchObject({ items: [], thrown: [expect.stringMatching(/loop/i)] });
    expect(flagsOf(chart)).toEqual(["unenterable lost", "unleavable lost"]);
  });

  test("one that needs more input than it is given", () => {
    const chart = setup({
      types: { input: {} as { readonly job: { readonly id: string } } },
    }).createMachine({
      id: "needy",
      context: ({ input }) => ({ id: input.job.id }),
      initial: "still",
      states: { still: {} },
    });
    expect(survey(chart).thrown).toHaveLength(1);
    expect(flagsOf(chart)).toEqual(["unleavable still"]);
    const cases = { inputs: [{ job: { id: "1" } }] };
    expect(survey(chart, { cases })).toMatchObject({ thrown: [], isComplete: true });
  });
});
