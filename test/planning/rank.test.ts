import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compareCandidates, explainScore, laneOf, scoreOf } from "../../src/planning/rank.ts";
import type { RankedTask } from "../../src/planning/rank.ts";
import { candidate, NOON, NOON_MS } from "./examples.ts";

test.each([
  ["pending", "feature", "new"],
  ["in_progress", "feature", "new"],
  ["needs_review", "feature", "review"],
  ["needs_improvement", "feature", "rework"],
  ["pending", "review", "review"],
  ["needs_improvement", "review", "review"],
  ["pending", "reviews", "new"],
  ["pending", "bug", "new"],
])("a %s task of type %s is in the %s lane", (status, type, lane) => {
  expect(laneOf(status, type)).toBe(lane);
});

test.each([
  [8, 2, 2, 5],
  [10, 2, 4, 3],
  [8, 2, 4, 2.5],
  [0, 0, 1, 0],
  [10, 10, 1, 20],
  [1, 0, 10, 0.1],
])(
  "WSJF of value %d, urgency %d, complexity %d is %d",
  (value, timeCriticality, ...[complexity, score]) => {
    expect(scoreOf(candidate({ value, timeCriticality, complexity }))).toBe(score);
  },
);

const ids = (tasks: readonly RankedTask[]) => tasks.toSorted(compareCandidates).map(({ id }) => id);

test.each<[string, readonly Partial<RankedTask>[], readonly string[]]>([
  [
    "the documented example: A with 5.0 before B with 3.0 (C-1)",
    [
      { id: "B", value: 10, timeCriticality: 2, complexity: 4 },
      { id: "A", value: 8, timeCriticality: 2, complexity: 2 },
    ],
    ["A", "B"],
  ],
  [
    "review, rework, new (C-2), whatever the score",
    [
      { id: "new", value: 10, timeCriticality: 10, complexity: 1 },
      { id: "rework", status: "needs_improvement", value: 1 },
      { id: "review", status: "needs_review", value: 0, timeCriticality: 0 },
    ],
    ["review", "rework", "new"],
  ],
  [
    "score inside a lane",
    [
      { id: "less", status: "needs_improvement", value: 1 },
      { id: "more", status: "needs_improvement", value: 2 },
    ],
    ["more", "less"],
  ],
  [
    "score before age",
    [
      { id: "older", createdAtMs: NOON_MS - 1, value: 1 },
      { id: "better", createdAtMs: NOON_MS, value: 2 },
    ],
    ["better", "older"],
  ],
  [
    "the older of two equal scores that are summed differently",
    [
      { id: "a", createdAtMs: NOON_MS, value: 1, timeCriticality: 2, complexity: 9 },
      { id: "b", createdAtMs: NOON_MS - 1, value: 2, timeCriticality: 0, complexity: 6 },
    ],
    ["b", "a"],
  ],
  [
    "what was asked for before all lanes, in the order of asking",
    [
      { id: "review", type: "review" },
      { id: "second", askedAt: 1, value: 9 },
      { id: "first", askedAt: 0 },
    ],
    ["first", "second", "review"],
  ],
  ["the lesser id last", [{ id: "T-2" }, { id: "T-10" }, { id: "S-9" }], ["S-9", "T-10", "T-2"]],
  ["ids by code units, not by locale", [{ id: "a" }, { id: "B" }, { id: "ä" }], ["B", "a", "ä"]],
])("order: %s", (_title, tasks, order) => {
  expect(ids(tasks.map((each) => candidate(each)))).toEqual(order);
});

test.each([
  [
    { status: "needs_improvement", value: 8, timeCriticality: 2, complexity: 4 },
    `rework lane; WSJF (8 + 2) / 4 = 2.50; waiting since ${NOON}`,
  ],
  [
    { value: 10, timeCriticality: 0, complexity: 3 },
    `new lane; WSJF (10 + 0) / 3 = 3.33; waiting since ${NOON}`,
  ],
  [{ askedAt: 0 }, `asked for; new lane; WSJF (5 + 3) / 4 = 2.00; waiting since ${NOON}`],
  [{ type: "review" }, `review lane; WSJF (5 + 3) / 4 = 2.00; waiting since ${NOON}`],
])("the score of %j is explained as a sum", (changes, text) => {
  expect(explainScore(candidate(changes))).toBe(text);
});

const digit = fc.integer({ min: 0, max: 2 });
const tasks = fc.record({
  id: fc.string({ maxLength: 2 }),
  status: fc.constantFrom("pending", "needs_review", "needs_improvement"),
  type: fc.constantFrom("bug", "review"),
  complexity: fc.integer({ min: 1, max: 3 }),
  value: digit,
  timeCriticality: digit,
  createdAtMs: digit,
  askedAt: fc.constantFrom(null, 0, 1),
});

test("the order is total: antisymmetric, transitive, and zero only for one id", () => {
  fc.assert(
    fc.property(tasks, tasks, tasks, (a, b, c) => {
      const [ab, ba] = [compareCandidates(a, b), compareCandidates(b, a)];
      expect(Math.sign(ab) + Math.sign(ba)).toBe(0);
      expect(ab !== 0 || a.id === b.id).toBe(true);
      const isChain = ab <= 0 && compareCandidates(b, c) <= 0;
      expect(!isChain || compareCandidates(a, c) <= 0).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});
