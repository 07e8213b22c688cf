import * as fc from "fast-check";
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { BRIEF_TOKENS_MAX, composeBrief } from "../../src/planning/brief.ts";
import type { BriefParts } from "../../src/planning/brief.ts";
import { exactTokens } from "./exact-tokens.ts";
import { NOON_MS } from "./examples.ts";

function parts(changes: Partial<BriefParts> = {}): BriefParts {
  return {
    taskId: "T-1",
    title: "Cache the forecast",
    description: "Requests for one city repeat within minutes.",
    acceptance: ["A hit answers within 5 ms", "A miss asks once"],
    constraints: ["No new dependency"],
    startFrom: "target",
    findings: [],
    decisions: [],
    learnings: [],
    nowMs: NOON_MS,
    attempt: 1,
    ...changes,
  };
}

const finding = (text: string, source = "vitest") => ({ source, text });
const decision = (text: string, atMs = NOON_MS) => ({
  text,
  topic: "cache",
  atMs,
  relatedTasks: [],
});
const learning = (text: string, atMs = NOON_MS) => ({ text, atMs });

test("a first brief, word for word", () => {
  expect(composeBrief(parts()).text).toBe(
    `# T-1: Cache the forecast

Requests for one city repeat within minutes.

## Acceptance
- A hit answers within 5 ms
- A miss asks once

## Constraints
- No new dependency

## How to work
The worktree holds the current target branch.
Edit files in this worktree. No commit is needed: the orchestrator commits.
Exit with code 0 when done.`,
  );
});

test("a later brief, word for word: newest learning and most relevant decision first", () => {
  const { text } = composeBrief(
    parts({
      description: "",
      acceptance: [],
      constraints: [],
      startFrom: "branch",
      attempt: 2,
      findings: [finding("3 tests fail", "vitest"), finding("unused export", "knip")],
      decisions: [decision("in memory"), decision("per city forecast")],
      learnings: [learning("older", NOON_MS - 1), learning("newer")],
    }),
  );
  expect(text).toBe(
    `# T-1: Cache the forecast

## How to work
Attempt 2. Earlier work on this task is in the worktree; correct what was found wrong with it.
Edit files in this worktree. No commit is needed: the orchestrator commits.
Exit with code 0 when done.

## Found wrong
- vitest: 3 tests fail
- knip: unused export

## Decisions
- cache: per city forecast
- cache: in memory

## Learnings
- newer
- older`,
  );
});

test.each([
  ["target", /current target branch\./],
  ["branch", /Earlier work on this task is in the worktree/],
  ["session", /cut off in the middle of this task: go on where you stopped\./],
  ["overlay", /earlier change was laid over the current target: .* conflict markers \(<<<<<<<\)/],
] as const)("work that starts from the %s is told so", (startFrom, told) => {
  expect(composeBrief(parts({ startFrom })).text).toMatch(told);
});

test("the budget is 600 tokens (G1, C19)", () => {
  expect(BRIEF_TOKENS_MAX).toBe(600);
});

const SECTIONS = parts({
  findings: [finding("old finding"), finding(`new ${"finding ".repeat(30)}end`)],
  decisions: [decision("less relevant"), decision("forecast of a city, more relevant")],
  learnings: [learning("old learning", NOON_MS - 1), learning("new learning")],
});
const WHOLE = composeBrief(SECTIONS);
const CORE = composeBrief(parts());
const TOLD = [
  "old learning",
  "new learning",
  "less relevant",
  "more relevant",
  "old finding",
  "new finding",
] as const;

/** What each budget from ample to none leaves: the entries told, and the sections trimmed. */
const stages = Array.from({ length: WHOLE.tokens - CORE.tokens + 1 }, (_, less) => {
  const brief = composeBrief(SECTIONS, WHOLE.tokens - less);
  const told = TOLD.filter((each) => brief.text.includes(each));
  return `${told.join(", ")} | ${brief.trimmed.join(", ")}`;
});

test("a shrinking budget takes entries in the fixed order", () => {
  expect([...new Set(stages)]).toEqual([
    "old learning, new learning, less relevant, more relevant, old finding, new finding | ",
    "new learning, less relevant, more relevant, old finding, new finding | learnings",
    "less relevant, more relevant, old finding, new finding | learnings",
    "more relevant, old finding, new finding | learnings, decisions",
    "old finding, new finding | learnings, decisions",
    "new finding | learnings, decisions, findings",
    " | learnings, decisions, findings",
  ]);
});

test("a finding is shortened at its middle to what just fits", () => {
  const text = `Expected 4, got 5. ${"at line of a stack ".repeat(2_000)}3 of 9 tests failed`;
  const brief = composeBrief(parts({ findings: [finding("older"), finding(text)] }));
  expect(brief.trimmed).toEqual(["findings"]);
  const [, head = "", count, tail = ""] =
    /vitest: (.*) \.\.\. \[(\d+) characters cut\] \.\.\. (.*)$/.exec(brief.text) ?? [];
  expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
  expect(head.length + Number(count) + tail.length).toBe(text.length);
  expect([0, 1]).toContain(head.length - tail.length);
  expect(brief.tokens).toBeGreaterThan(BRIEF_TOKENS_MAX - 10);
  expect(brief.tokens).toBeLessThanOrEqual(BRIEF_TOKENS_MAX);
});

test("a cut through an emoji leaves well-formed text", () => {
  for (const text of ["😀".repeat(2_000), `x${"😀".repeat(2_000)}`]) {
    const brief = composeBrief(parts({ findings: [finding(text)] }));
    expect(brief.text.isWellFormed()).toBe(true);
    expect(brief.trimmed).toEqual(["findings"]);
  }
});

test("the budget is met to the token: whole at its size, trimmed one below", () => {
  expect(composeBrief(SECTIONS, WHOLE.tokens)).toEqual(WHOLE);
  expect(composeBrief(SECTIONS, WHOLE.tokens - 1).trimmed).toEqual(["learnings"]);
  expect(WHOLE.trimmed).toEqual([]);
});

test("task text and constraints alone fill the budget, or exceed it by one token", () => {
  const bare = { text: CORE.text, tokens: CORE.tokens };
  const trimmed = ["learnings", "decisions", "findings"];
  const filled = composeBrief(SECTIONS, CORE.tokens);
  expect(filled).toEqual({ ...bare, trimmed, overBudget: false });
  expect(composeBrief(SECTIONS, CORE.tokens - 1)).toEqual({ ...bare, trimmed, overBudget: true });
  expect(composeBrief(parts(), CORE.tokens - 1)).toEqual({
    ...bare,
    trimmed: [],
    overBudget: true,
  });
});

test("an oversize task is flagged and told whole (G4)", () => {
  const description = "A long story. ".repeat(300);
  const brief = composeBrief(parts({ description, learnings: [learning("x")] }));
  expect(brief).toMatchObject({ overBudget: true, trimmed: ["learnings"] });
  expect(brief.text).toContain(description);
  expect(brief.tokens).toBeGreaterThan(BRIEF_TOKENS_MAX);
});

const DAY_MS = 86_400_000;
test.each<[string, Partial<BriefParts>]>([
  ["a decision that shares nothing", { decisions: [{ ...decision("zebra"), topic: "zoo" }] }],
  [
    "a decision of another task",
    { decisions: [{ ...decision("zebra"), topic: "", relatedTasks: ["T-2"] }] },
  ],
  ["a learning more than a day old", { learnings: [learning("cache", NOON_MS - DAY_MS - 1)] }],
])("%s changes nothing (G3)", (_title, { decisions = [], learnings = [] }) => {
  const more = {
    decisions: [...SECTIONS.decisions, ...decisions],
    learnings: [...SECTIONS.learnings, ...learnings],
  };
  for (const tokensMax of [WHOLE.tokens, WHOLE.tokens - 20, CORE.tokens]) {
    const before = composeBrief(SECTIONS, tokensMax);
    expect(composeBrief({ ...SECTIONS, ...more }, tokensMax)).toEqual(before);
  }
});

const word = fc.constantFrom("cache", "city", "<|endoftext|>", "naïve", "汉字", "😀", "{}", "x1");
const noise = fc.string({ unit: "binary", maxLength: 20 });
const prose = (maxLength: number) =>
  fc.array(fc.oneof({ weight: 9, arbitrary: word }, noise), { maxLength, size: "max" });
const textOf = (maxLength: number) => prose(maxLength).map((words) => words.join(" "));
const ageMs = fc.integer({ min: 0, max: 2 * DAY_MS });
const listOf = <T>(entry: fc.Arbitrary<T>) => fc.array(entry, { maxLength: 8, size: "max" });
/** Two thousand briefs are counted out in tokens; a machine under load takes its time. */
const TEST_LIMIT_MS = 4 * 60_000;
const contexts: fc.Arbitrary<BriefParts> = fc.record({
  taskId: fc.constantFrom("T-1", "T-2"),
  title: textOf(8),
  description: textOf(150),
  acceptance: fc.array(textOf(15), { maxLength: 4 }),
  constraints: fc.array(textOf(15), { maxLength: 4 }),
  startFrom: fc.constantFrom("target", "branch", "overlay", "session"),
  findings: listOf(fc.record({ source: word, text: textOf(60) })),
  decisions: listOf(
    fc.record({
      text: textOf(20),
      topic: word,
      atMs: ageMs,
      relatedTasks: fc.subarray(["T-1", "T-2"]),
    }),
  ),
  learnings: listOf(fc.record({ text: textOf(20), atMs: ageMs })),
  nowMs: fc.constant(2 * DAY_MS),
  attempt: fc.integer({ min: 1, max: 3 }),
});

test(
  "2,000 contexts: at most 600 tokens unless flagged, constraints and task text whole",
  { timeout: TEST_LIMIT_MS },
  () => {
    const seen = { overBudget: 0, whole: 0, trimmed: 0 };
    fc.assert(
      fc.property(contexts, (context) => {
        const { text, tokens, trimmed, overBudget } = composeBrief(context);
        expect(tokens).toBeGreaterThanOrEqual(exactTokens(text));
        expect(overBudget ? tokens > 600 : tokens <= 600).toBe(true);
        const { title, description, acceptance, constraints } = context;
        for (const each of [title, description, ...acceptance, ...constraints]) {
          expect(text).toContain(each);
        }
        const trimming = trimmed.length === 0 ? "whole" : "trimmed";
        seen[overBudget ? "overBudget" : trimming] += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
  },
);

const inOtherOrder = contexts.chain((context) =>
  fc.record({
    context: fc.constant(context),
    decisions: fc.shuffledSubarray([...context.decisions], { minLength: context.decisions.length }),
    learnings: fc.shuffledSubarray([...context.learnings], { minLength: context.learnings.length }),
  }),
);

test("the same entries in another order give the same brief", () => {
  fc.assert(
    fc.property(inOtherOrder, fc.integer({ min: 0, max: 2_000 }), ({ context, ...other }, max) => {
      expect(composeBrief({ ...context, ...other }, max)).toEqual(composeBrief(context, max));
    }),
    { numRuns: 300 },
  );
});

test("importing the brief loads no tokenizer; composing one does", () => {
  const program = `
    import { registerHooks } from "node:module";
    let loaded = 0;
    registerHooks({
      load(url, context, next) {
        if (url.includes("gpt-tokenizer")) loaded += 1;
        return next(url, context);
      },
    });
    const { composeBrief } = await import("./src/planning/brief.ts");
    const before = loaded;
    composeBrief(${JSON.stringify(parts())});
    console.log(JSON.stringify([before, loaded > before]));
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", program]);
  expect(JSON.parse(output.toString())).toEqual([0, true]);
});
