/** What the walk through a chart finds: every state, in the order of time, and what goes wrong. */
import { describe, expect, test } from "vitest";
import { definitionText } from "../../src/proof/definitions.ts";
import { wayTo } from "../../src/proof/explore.ts";
import type { Branch } from "../../src/proof/drive.ts";
import type { Plan } from "../../src/proof/plan.ts";
import { chart, planOf } from "./walks.ts";

const placesOf = ({ graph }: Plan): readonly string[] => [
  ...new Set([...graph.nodes.values()].map(({ state }) => state)),
];
const labelsOf = ({ step, next }: Branch): readonly string[] => [
  step.move.label,
  ...next.flatMap(labelsOf),
];
const takenIn = ({ step, next }: Branch): readonly object[] => [
  ...step.played.taken,
  ...next.flatMap(takenIn),
];
function untakenIn({ definitions, tours }: Plan): readonly string[] {
  const taken = new Set(tours.flatMap(takenIn));
  return definitions.filter(({ transition }) => !taken.has(transition)).map(definitionText);
}
/** The shortest way to a place. */
function wayIn({ graph }: Plan, state: string): string {
  const node = [...graph.nodes.values()].find((each) => each.state === state);
  return node === undefined ? "nowhere" : wayTo(node).join(", ");
}

describe("timers", () => {
  const end = { type: "final" } as const;
  /** Two timers at once: an outer one that runs on, and an inner one that an event sets later. */
  const nested = (inner: string, outer: string) =>
    chart({
      first: {
        initial: "idle",
        after: { [outer]: "late" },
        states: { idle: { on: { go: "busy" } }, busy: { after: { [inner]: "#walk.early" } } },
      },
      early: end,
      late: end,
    });

  test("the timer that is due first rings first", () => {
    const plan = planOf(nested("short", "long"));
    expect(wayIn(plan, "early")).toBe("start, go, after short@walk.first.busy");
  });

  test("where time has passed, the one that was set later rings later", () => {
    const plan = planOf(nested("short", "long"));
    const edges = [...plan.graph.nodes.values()].flatMap(({ state, edges: all }) =>
      all.map(({ label, to }) => `${state}: ${label} -> ${to.state}`),
    );
    expect(edges).toContain("first.idle: wait -> first.idle");
    expect(edges).toContain("first.busy: after long@walk.first -> late");
    expect(untakenIn(plan)).toEqual([]);
  });

  test("a timer that another one always takes away is never taken, and told", () => {
    const both = chart({
      first: { after: { short: "late", long: "early" } },
      early: end,
      late: end,
    });
    expect(untakenIn(planOf(both))).toEqual(["#walk.first: after long -> #walk.early"]);
  });

  test("timers that are due at once ring together", () => {
    const both = chart({
      first: {
        type: "parallel",
        states: {
          a: { initial: "on", states: { on: { after: { short: "off" } }, off: {} } },
          b: { initial: "on", states: { on: { after: { same: "off" } }, off: {} } },
        },
      },
    });
    const plan = planOf(both);
    expect(placesOf(plan)).toEqual(["nowhere", "first.(a.on b.on)", "first.(a.off b.off)"]);
    expect(untakenIn(plan)).toEqual([]);
  });
});

describe("effects", () => {
  const invoke = {
    src: "work",
    id: "work",
    input: 1,
    onDone: [{ guard: "isBroken", target: "wrong" }, { target: "right" }],
    onError: "wrong",
  } as const;
  const working = chart({ first: { invoke }, right: {}, wrong: {} });

  test("an effect ends with each of its outputs, with a fault and with a crash", () => {
    const plan = planOf(working, { cases: { outputs: { work: ["good", "broken"] } } });
    const [, first] = [...plan.graph.nodes.values()];
    expect(first?.edges.map(({ label, to }) => `${label}: ${to.state}`)).toEqual([
      "done work: right",
      "done work 2: wrong",
      "failed work (broken): wrong",
      "failed work (interrupted): wrong",
    ]);
  });

  test("a guard without a case on its other side leaves a transition out", () => {
    const plan = planOf(working, { cases: { outputs: { work: ["good"] } } });
    expect(untakenIn(plan)).toEqual(["#walk.first: done work [isBroken] -> #walk.wrong"]);
  });

  test("an output that the chart chokes on is a problem, with the way to it", () => {
    const { problems } = planOf(working).graph;
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^in first the chart throws on done work: .*\n/s);
    expect(problems[0]).toContain("on the way: start, done work");
  });
});

describe("what an actor tells itself", () => {
  const talking = (type: string, target: string) =>
    chart({
      first: { on: { go: "second" } },
      second: {
        entry: { type: "tell", params: { to: "walk", event: { type } } },
        on: { next: { target, reenter: true } },
      },
      third: {},
    });

  test("is taken within the same move", () => {
    const plan = planOf(talking("next", "third"));
    expect(placesOf(plan)).toEqual(["nowhere", "first", "third"]);
    const [step] = plan.tours.flatMap(({ next }) => next).map((each) => each.step);
    expect(step?.played.moments.map(({ after }) => after.version)).toEqual([2, 3]);
  });

  test("without an end is a problem", () => {
    const plan = planOf(talking("next", "#walk.second"));
    expect(plan.graph.problems[0]).toContain("the chart throws on go: it never stops");
  });
});

describe("memory", () => {
  const counting = chart({
    first: { on: { more: [{ guard: "isMany", target: "full" }, { actions: "count" }] } },
    full: { on: { more: { actions: "count" } } },
  });

  test("a context that only grows is cut off", () => {
    const plan = planOf(counting, { nodesMax: 50 });
    expect(plan.graph.isCut).toBe(true);
    expect(plan.graph.nodes.size).toBeLessThan(60);
  });

  test("what the cases call its essence tells states apart", () => {
    const essence = (context: unknown) =>
      Math.min(3, (context as { readonly count: number }).count);
    const plan = planOf(counting, { cases: { essence } });
    expect([plan.graph.isCut, plan.graph.nodes.size]).toEqual([false, 6]);
    expect(untakenIn(plan)).toEqual([]);
  });

  test("an essence that leaves out too much is seen by what is left out", () => {
    const plan = planOf(counting, { cases: { essence: () => 0 } });
    expect(untakenIn(plan)).toContain("#walk.first: more [isMany] -> #walk.full");
  });
});

describe("refusals", () => {
  const plan = planOf(
    chart({
      first: { on: { go: { guard: "isBad", target: "second" } } },
      second: { on: { back: "first" } },
    }),
    { cases: { events: () => [{ type: "go" }, { type: "go", bad: true }] } },
  );
  const asked = ({ step, refusals, next }: Branch): readonly string[] => [
    ...refusals.map(({ label }) => `${step.played.after.live.version}: ${label}`),
    ...next.flatMap(asked),
  ];

  test("every event that is not accepted is asked once a state, guards included", () => {
    expect(plan.tours.flatMap(asked)).toEqual([
      "1: go",
      "1: back",
      "1: setStatus",
      "2: go",
      "2: go 2",
      "2: setStatus",
    ]);
    expect(plan.refused).toBe(6);
  });
});

describe("invariants", () => {
  const holds = { id: "W1", text: "it is never second", holds: () => true };
  const breaks = {
    ...holds,
    holds: ({ after }: { after: { version: number } }) => after.version < 3,
  };
  const three = chart({
    first: { on: { go: "second" } },
    second: { on: { go: "third", back: "first" } },
    third: {},
  });

  test("one that holds says nothing", () => {
    expect(planOf(three, { invariants: [holds] }).graph.problems).toEqual([]);
  });

  test("one that breaks is told once, with the shortest way", () => {
    expect(planOf(three, { invariants: [breaks] }).graph.problems).toEqual([
      "the invariant is broken: W1: it is never second\n  on the way: start, go, go",
    ]);
  });
});

describe("paths", () => {
  const square = chart({
    first: { on: { a: "left", b: "right" } },
    left: { on: { c: "last" } },
    right: { on: { c: "last" } },
    last: { on: { again: "first" } },
  });

  test("a tour goes on as long as there is something new", () => {
    const [tour, ...others] = planOf(square).tours;
    expect(others).toEqual([]);
    expect(tour && labelsOf(tour)).toHaveLength(6);
  });

  test("simple paths come to no state twice, and are joined where they begin alike", () => {
    const { pathsCount, paths } = planOf(square);
    // start; to left and right; to last by each of them.
    expect(pathsCount).toBe(5);
    expect(paths.flatMap(labelsOf)).toEqual(["start", "a", "c", "b", "c"]);
  });

  test("where they are too many there are none", () => {
    const nine = Array.from({ length: 9 }, (_, index) => `s${index}`);
    const states = Object.fromEntries(
      nine.map((name) => [name, { on: Object.fromEntries(nine.map((to) => [`to${to}`, to])) }]),
    );
    const { pathsCount, paths } = planOf(chart(states, { initial: "s0" }));
    expect([pathsCount, paths]).toEqual([null, []]);
  });
});
