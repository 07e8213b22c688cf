/** What the settings about money come to, and what of them is refused. */
import { describe, expect, test } from "vitest";
import { capsOf, estimateOf } from "../../src/config/budget.ts";
import { configSchema } from "../../src/config/schema.ts";

const LOCAL = { kind: "command", program: ["agent"] };
const CLAUDE = { kind: "claude" };
const settings = (changes: object = {}) =>
  configSchema.parse({ providers: { local: LOCAL, claude: CLAUDE }, ...changes });
const NONE = { tokens: null, microUsd: null };

test("nothing is capped by default, and nothing costs a known sum", () => {
  expect(capsOf(settings())).toEqual({ task: NONE, day: NONE, roadmap: NONE });
  expect(estimateOf(settings(), "local", "low")).toMatchObject({ microUsd: null, price: null });
});

test("a cap is in dollars, in tokens or in both", () => {
  const prices = { local: { input: 0, output: 0 }, claude: { input: 3, output: 15 } };
  const budget = { day: { usd: 0.1 }, task: { tokens: 5 }, roadmap: { usd: 1, tokens: 7 } };
  expect(capsOf(settings({ budget, prices }))).toEqual({
    task: { tokens: 5, microUsd: null },
    day: { tokens: null, microUsd: 100_000 },
    roadmap: { tokens: 7, microUsd: 1_000_000 },
  });
});

test.each([
  ["low", 200_000, 10_000],
  ["medium", 600_000, 20_000],
  ["high", 1_500_000, 30_000],
] as const)("a run of the %s tier is expected to use so many tokens", (tier, input, output) => {
  expect(estimateOf(settings(), "local", tier)).toMatchObject({
    inputTokens: input,
    outputTokens: output,
  });
});

describe("what a run is expected to cost", () => {
  const models = { opus: { input: 5, output: 25 } };
  const prices = { claude: { input: 3, output: 15, models }, local: { input: 1, output: 2 } };
  const estimates = { low: { input_tokens: 100_000, output_tokens: 1_000 } };
  test("is tokens times the provider's price", () => {
    const estimate = estimateOf(settings({ prices, estimates }), "claude", "low");
    expect(estimate).toMatchObject({ microUsd: 315_000, price: { input: 3, output: 15 } });
    expect(estimateOf(settings({ prices, estimates }), "local", "low").microUsd).toBe(102_000);
  });

  test("is tokens times the price of the model of its tier, where there is one", () => {
    expect(estimateOf(settings({ prices }), "claude", "high")).toMatchObject({
      microUsd: 8_250_000,
      price: { input: 5, output: 25 },
    });
  });

  test("is what the user says, where he says it", () => {
    const said = { low: { ...estimates.low, usd: 0.5 } };
    expect(estimateOf(settings({ prices, estimates: said }), "claude", "low")).toMatchObject({
      microUsd: 500_000,
      price: { input: 3, output: 15 },
    });
  });
});

const wrong: readonly (readonly [title: string, changes: object, path: string, words: string])[] = [
  [
    "a cap in dollars where a run has no known cost",
    { budget: { day: { usd: 5 } }, prices: { local: { input: 0, output: 0 } } },
    "budget.day.usd",
    "set prices.claude, or usd in estimates",
  ],
  [
    "a price for a provider that there is not",
    { prices: { codex: { input: 1, output: 1 } } },
    "prices.codex",
    "local, claude",
  ],
  ["a cap below zero", { budget: { day: { tokens: -1 } } }, "budget.day.tokens", ">=0"],
  ["half a token", { budget: { day: { tokens: 0.5 } } }, "budget.day.tokens", "int"],
  ["a price of half a kind", { prices: { local: { input: 1 } } }, "prices.local.output", "number"],
];
test.each(wrong)("%s is refused", (...[, changes, path, words]) => {
  const { error } = configSchema.safeParse({
    providers: { local: LOCAL, claude: CLAUDE },
    ...changes,
  });
  expect(error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  expect(error?.issues[0]?.message).toContain(words);
});

test("only the tiers that a route leads to need a cost", () => {
  const routes = [{ name: "all", when: {}, use: { providers: ["*"], tier: "low" } }];
  const estimates = { low: { usd: 0.1 } };
  const changes = { budget: { day: { usd: 5 } }, estimates };
  expect(configSchema.safeParse({ providers: { local: LOCAL }, ...changes }).success).toBe(false);
  expect(settings({ ...changes, routes }).budget.day.usd).toBe(5);
});
