/** How much a brief is too long by what nobody may trim: the task's own text and the constraints. */
import { describe, expect, test } from "vitest";
import { BRIEF_TOKENS_MAX, composeBrief, excessOf } from "../../src/planning/brief.ts";
import type { FixedParts } from "../../src/planning/brief.ts";
import { NOON_MS } from "./examples.ts";

const SHORT: FixedParts = {
  taskId: "T1",
  title: "A title",
  description: "",
  acceptance: [],
  constraints: [],
};
const words = (count: number): string => Array.from({ length: count }, () => "rain").join(" ");

/** The same, as the brief of a first run without anything to tell has it. */
const first = (parts: FixedParts) =>
  composeBrief({
    ...parts,
    startFrom: "target",
    attempt: 1,
    findings: [],
    decisions: [],
    learnings: [],
    nowMs: NOON_MS,
  });

describe("too long by itself", () => {
  test.each<[string, Partial<FixedParts>]>([
    ["a description", { description: words(600) }],
    ["a title", { title: words(600) }],
    ["acceptance", { acceptance: [words(300), words(300)] }],
    ["constraints", { constraints: [words(600)] }],
    ["all of them together", { description: words(300), constraints: [words(300)] }],
    ["text whose letters are tokens of their own", { description: "ꙮ".repeat(300) }],
  ])("%s: the size is the brief's", (_title, changes) => {
    const parts = { ...SHORT, ...changes };
    const { tokens, overBudget } = first(parts);
    expect(overBudget).toBe(true);
    expect(excessOf(parts)).toBe(tokens);
    expect(tokens).toBeGreaterThan(BRIEF_TOKENS_MAX);
  });

  test("a text without end is not counted to its end", () => {
    const tokens = excessOf({ ...SHORT, description: words(500_000) });
    expect(tokens).toBeGreaterThan(10_000);
    expect(tokens).toBeLessThan(20_000);
  });
});

describe("within the budget", () => {
  test("a short task, and one that is long but has room", () => {
    expect(excessOf(SHORT)).toBeNull();
    expect(excessOf({ ...SHORT, description: words(400) })).toBeNull();
  });

  test("the limit itself is within", () => {
    const counts = Array.from({ length: 100 }, (_, index) => 500 + index);
    const sizes = counts.map((count) => first({ ...SHORT, description: words(count) }).tokens);
    const exact = counts[sizes.indexOf(BRIEF_TOKENS_MAX)] ?? 0;
    expect(excessOf({ ...SHORT, description: words(exact) })).toBeNull();
    expect(excessOf({ ...SHORT, description: words(exact + 1) })).toBe(BRIEF_TOKENS_MAX + 1);
  });
});
