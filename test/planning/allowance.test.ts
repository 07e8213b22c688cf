/** Whether there is money for a run, before it is asked for; and what people are told if not. */
import { describe, expect, test } from "vitest";
import type { Cap, Caps, Spent } from "../../machines/spending.ts";
import { lackOf, usdText } from "../../src/planning/allowance.ts";
import type { Allowance } from "../../src/planning/allowance.ts";
import { planNext, whyNot } from "../../src/planning/plan.ts";
import { ESTIMATE, NO_CAPS } from "../support/proposals.ts";
import { agent, allowance, candidate, NOON_MS, view } from "./examples.ts";

/** Every run is expected to use 1,100 tokens and 0.002 USD. */
const capped = (scope: keyof Caps, cap: Partial<Cap>): Caps => ({
  ...NO_CAPS,
  [scope]: { tokens: null, microUsd: null, ...cap },
});
const spent = (tokens: number, microUsd = 0): Spent => ({ tokens, microUsd });
const MIDNIGHT = "2026-01-02T00:00:00.000Z";
const midnightMs = NOON_MS + 12 * 60 * 60_000;
const wish = (spentOnTask = spent(0), estimate = ESTIMATE) => {
  return { provider: "local", estimate, spentOnTask };
};
const lack = (changes: Partial<Allowance>, wanted = wish()) => lackOf(allowance(changes), wanted);

test("without caps there is always room", () => {
  expect(lack({ spent: spent(1e12, 1e12) })).toBe(null);
});

describe("where the day's budget is used up", () => {
  const caps = capped("day", { microUsd: 5_000 });

  test("people hear how much of it, and when it begins anew", () => {
    const reason =
      "the day's budget has no room for it: 0.0031 USD of 0.005 USD are used, " +
      `and its run is expected to use 0.002 USD; it begins anew at ${MIDNIGHT}`;
    expect(lack({ caps, spentToday: spent(0, 3_100) })).toEqual({
      reason,
      short: { reason, untilMs: midnightMs },
    });
  });

  test("to the last millionth there is room", () => {
    expect(lack({ caps, spentToday: spent(0, 3_000) })).toBe(null);
  });

  test("the next day there is room", () => {
    const spentToday = spent(0, 5_000);
    expect(lack({ caps, spentToday, nowMs: midnightMs - 1 })).not.toBe(null);
    expect(lack({ caps, spentToday, nowMs: midnightMs })).toBe(null);
  });

  test("what runs hold back is waited for without a word to people", () => {
    expect(lack({ caps, spentToday: spent(0, 2_000), reserved: spent(0, 2_000) })).toMatchObject({
      reason: expect.stringContaining("a part of it by runs that go on"),
      short: null,
    });
  });

  test("a run that fills a whole day waits for the next one", () => {
    const whole = capped("day", { microUsd: 2_000 });
    const { short = null } = lack({ caps: whole, spentToday: spent(0, 1) }) ?? {};
    expect(short?.untilMs).toBe(midnightMs);
  });

  test("a run that is too dear for any day waits for a person", () => {
    const little = capped("day", { microUsd: 1_999 });
    expect(lack({ caps: little })?.short).toMatchObject({
      reason: expect.stringContaining("raise budget.day.usd"),
      untilMs: null,
    });
  });
});

test.each<[string, Partial<Allowance>, Spent, string]>([
  [
    "a task's budget",
    { caps: capped("task", { tokens: 2_000 }) },
    spent(1_500),
    "the task's budget has no room for it: 1,500 tokens of 2,000 tokens are used, and its run is expected to use 1,100 tokens; raise budget.task.tokens",
  ],
  [
    "the whole roadmap's",
    { caps: capped("roadmap", { tokens: 2_000 }), spent: spent(901) },
    spent(0),
    "the whole roadmap's budget has no room for it: 901 tokens of 2,000 tokens are used, and its run is expected to use 1,100 tokens; raise budget.roadmap.tokens",
  ],
])("%s waits for a person", (_title, changes, ...[ofTask, reason]) => {
  expect(lack(changes, wish(ofTask))).toEqual({ reason, short: { reason, untilMs: null } });
});

test("where nobody can tell what a run costs, that is what is wanting", () => {
  const unknown = wish(spent(0), { ...ESTIMATE, microUsd: null });
  expect(lack({ caps: capped("day", { microUsd: 9 }) }, unknown)?.short).toEqual({
    reason:
      "the day's budget is in money, and nothing says what a run of local costs; set prices.local",
    untilMs: null,
  });
  expect(lack({ caps: capped("day", { tokens: 9_000 }) }, unknown)).toBe(null);
});

describe("the plan", () => {
  const caps = capped("task", { tokens: 2_000 });
  const poor = candidate({ id: "T-1", value: 9, spent: spent(1_500) });
  const other = candidate({ id: "T-2", value: 1 });

  test("passes over a task whose budget is used up", () => {
    const now = view({ candidates: [poor, other], allowance: allowance({ caps }) });
    expect(planNext(now)).toMatchObject({ kind: "picked", taskId: "T-2", caps });
    expect(whyNot(now, "T-1")).toContain("the task's budget has no room for it");
  });

  test("says that money is wanting where that holds everything back", () => {
    const ranking = planNext(view({ candidates: [poor], allowance: allowance({ caps }) }));
    const reason = expect.stringMatching(/^T-1 waits: the task's budget/);
    expect(ranking).toEqual({ kind: "nothing", reason, short: { reason, untilMs: null } });
  });

  test("a wait for tomorrow comes before one for a person", () => {
    const both = { ...caps, day: { tokens: 1_200, microUsd: null } };
    const money = allowance({ caps: both, spentToday: spent(200) });
    expect(planNext(view({ candidates: [poor, other], allowance: money }))).toMatchObject({
      short: { reason: expect.stringMatching(/^T-2 waits: the day's/), untilMs: midnightMs },
    });
  });

  test("asks the budget with the estimate of provider and tier, and what the task has spent", () => {
    const estimateOf: Allowance["estimateOf"] = (provider, tier) => {
      return { ...ESTIMATE, inputTokens: `${provider} ${tier}`.length };
    };
    const candidates = [candidate({ runs: 2, spent: spent(7, 8) })];
    const ranking = planNext(view({ candidates, allowance: allowance({ estimateOf }) }));
    const inputTokens = "codex low".length;
    expect(ranking).toMatchObject({
      runId: "T-1.3",
      estimate: { inputTokens },
      spentOnTask: spent(7, 8),
    });
  });

  test("is not short of money where agents are wanting", () => {
    const busy = [agent("a", { idle: false })];
    const money = allowance({ caps: capped("day", { tokens: 0 }) });
    expect(planNext(view({ agents: busy, allowance: money }))).toMatchObject({ short: null });
  });
});

test.each([
  [0, "0.00"],
  [250_000, "0.25"],
  [1_500, "0.0015"],
  [1, "0.000001"],
  [20_000_000, "20.00"],
])("%i millionths are written %s", (microUsd, text) => {
  expect(usdText(microUsd)).toBe(text);
});
