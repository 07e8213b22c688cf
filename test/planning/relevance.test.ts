import { expect, test } from "vitest";
import { recentLearnings, relevantDecisions } from "../../src/planning/relevance.ts";
import type { Decision } from "../../src/planning/relevance.ts";
import { NOON_MS } from "./examples.ts";

const task = {
  taskId: "T-1",
  title: "Cache the forecast",
  description: "Requests for one city repeat.",
  acceptance: ["A hit answers within 5 ms"],
};

const decision = (text: string, changes: Partial<Decision> = {}): Decision => ({
  text,
  topic: "",
  atMs: NOON_MS,
  relatedTasks: [],
  ...changes,
});
const names = { relatedTasks: ["T-0", "T-1"] };

test.each<[string, readonly Decision[], readonly string[]]>([
  ["none of none", [], []],
  ["one that names the task", [decision("x", names)], ["x"]],
  ["not one that names another task", [decision("x", { relatedTasks: ["T-10"] })], []],
  ["one that shares a word of the title", [decision("cache in memory")], ["cache in memory"]],
  ["one that shares it in another case", [decision("CACHE!")], ["CACHE!"]],
  ["one that shares a word of the description", [decision("city ids")], ["city ids"]],
  ["one that shares a word of the acceptance", [decision("hit rates")], ["hit rates"]],
  ["one whose topic shares a word", [decision("x", { topic: "forecast" })], ["x"]],
  ["not one that shares a part of a word", [decision("forecasts cached")], []],
  ["not one that shares a filler", [decision("the sum for one user")], []],
  ["not one that shares a word of two letters", [decision("5 ms")], []],
  ["not a new one that shares nothing", [decision("x", { atMs: NOON_MS + 1 })], []],
  [
    "the one that names the task after those that share words",
    [decision("x", names), decision("cache forecast city requests")],
    ["cache forecast city requests", "x"],
  ],
  [
    "the one that shares more words after the newer one",
    [decision("cache city"), decision("cache", { atMs: NOON_MS + 1 })],
    ["cache", "cache city"],
  ],
  [
    "a word said twice counts once",
    [decision("cache cache cache"), decision("cache city", { atMs: NOON_MS - 1 })],
    ["cache cache cache", "cache city"],
  ],
  [
    "the newer of two equals last",
    [decision("cache b"), decision("cache a", { atMs: NOON_MS - 1 })],
    ["cache a", "cache b"],
  ],
  [
    "equals of one time by text",
    [decision("cache b"), decision("cache a")],
    ["cache a", "cache b"],
  ],
  [
    "five of five",
    ["a", "b", "c", "d", "e"].map((each) => decision(each, names)),
    ["a", "b", "c", "d", "e"],
  ],
  [
    "the five most relevant of six",
    ["f", "a", "b", "c", "d", "e"].map((each) => decision(each, names)),
    ["b", "c", "d", "e", "f"],
  ],
])("decisions, the least relevant first: %s", (_title, decisions, texts) => {
  const chosen = relevantDecisions(task, decisions).map(({ text }) => text);
  expect(chosen).toEqual(texts);
});

test("equals of one time and text are ordered by topic", () => {
  const both = ["b", "a"].map((topic) => decision("cache", { topic }));
  expect(relevantDecisions(task, both)).toEqual(both.toReversed());
});

const DAY_MS = 86_400_000;
test.each([
  ["of this moment", 0, true],
  ["of the future, where clocks differ", -1, true],
  ["24 hours old", DAY_MS, true],
  ["a millisecond older", DAY_MS + 1, false],
])("a learning %s", (_title, ageMs, isTold) => {
  const learning = { text: "x", atMs: NOON_MS - ageMs };
  expect(recentLearnings([learning], NOON_MS)).toEqual(isTold ? [learning] : []);
});

test("learnings stand by age, then by text", () => {
  const [a, b, c] = [2, 1, 1].map((atMs, index) => ({ text: "zyx".charAt(index), atMs }));
  expect(
    recentLearnings(
      [a, b, c].flatMap((each) => each ?? []),
      3,
    ),
  ).toEqual([c, b, a]);
});
