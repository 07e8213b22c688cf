import * as fc from "fast-check";
import { expect, test } from "vitest";
import { defaultRoutes, route, routesSchema } from "../../src/planning/route.ts";
import type { ProviderState, RoutedTask } from "../../src/planning/route.ts";
import { candidate, NOON, NOON_MS, provider } from "./examples.ts";

const both = [provider("claude"), provider("codex")];
const titled = (title: string, type = "feature"): Partial<RoutedTask> => ({ title, type });
const said = (description: string): Partial<RoutedTask> => ({ description });

test.each<[string, Partial<RoutedTask>, string, string, string]>([
  // Complexity: S0's cut-offs, 4 | 5, 7 | 8 (D2, C14).
  ["complexity 1", { complexity: 1 }, "codex", "low", "simple"],
  ["complexity 2", { complexity: 2 }, "codex", "low", "simple"],
  ["complexity 3", { complexity: 3 }, "codex", "low", "simple"],
  ["complexity 4", { complexity: 4 }, "codex", "low", "simple"],
  ["complexity 5", { complexity: 5 }, "codex", "medium", "moderate"],
  ["complexity 6", { complexity: 6 }, "codex", "medium", "moderate"],
  ["complexity 7", { complexity: 7 }, "codex", "medium", "moderate"],
  ["complexity 8", { complexity: 8 }, "claude", "high", "complex"],
  ["complexity 9", { complexity: 9 }, "claude", "high", "complex"],
  ["complexity 10", { complexity: 10 }, "claude", "high", "complex"],
  // Bugs are a worker's, unless they are hard or have failed.
  ["a bug of complexity 1", { type: "bug", complexity: 1 }, "codex", "low", "simple bug"],
  ["a bug of complexity 4", { type: "bug", complexity: 4 }, "codex", "low", "simple bug"],
  ["a bug of complexity 5", { type: "bug", complexity: 5 }, "codex", "medium", "bug"],
  ["a bug of complexity 7", { type: "bug", complexity: 7 }, "codex", "medium", "bug"],
  ["a bug of complexity 8", { type: "bug", complexity: 8 }, "claude", "high", "complex"],
  ["a bug that failed", { type: "bug", failedAttempts: 1 }, "claude", "high", "failed before"],
  ["a deep bug", { type: "bug", hasDeepFindings: true }, "claude", "high", "deep findings"],
  ["a bug in a design", { type: "bug", title: "Design is off" }, "claude", "high", "design"],
  // Epics, however simple.
  ["an epic of complexity 1", { type: "epic", complexity: 1 }, "claude", "high", "epic"],
  ["an epic of complexity 7", { type: "epic", complexity: 7 }, "claude", "high", "epic"],
  ["an epic of complexity 8", { type: "epic", complexity: 8 }, "claude", "high", "complex"],
  ["an epic that failed", { type: "epic", failedAttempts: 2 }, "claude", "high", "epic"],
  // Design words, whole and in any case.
  ["design in the title", titled("A design for caching"), "claude", "high", "design"],
  ["design in capitals", titled("DESIGN the cache"), "claude", "high", "design"],
  ["design in the description", said("needs a design first"), "claude", "high", "design"],
  ["design before a comma", said("first design, then code"), "claude", "high", "design"],
  ["design before a hyphen", titled("Extend the design-system"), "claude", "high", "design"],
  ["redesign", titled("Redesign the queue"), "claude", "high", "design"],
  ["architecture", titled("Document the architecture"), "claude", "high", "design"],
  ["architectural", said("an architectural decision"), "claude", "high", "design"],
  ["designer is another word", titled("Greet the designer"), "codex", "low", "simple"],
  ["codesign is another word", titled("Call codesign on the app"), "codex", "low", "simple"],
  ["architect is another word", titled("Name the architect"), "codex", "low", "simple"],
  // Quality history.
  ["deep findings", { hasDeepFindings: true }, "claude", "high", "deep findings"],
  ["deep findings, complex", { hasDeepFindings: true, complexity: 8 }, "claude", "high", "complex"],
  ["no failed attempt", { failedAttempts: 0 }, "codex", "low", "simple"],
  ["one failed attempt", { failedAttempts: 1 }, "claude", "high", "failed before"],
  ["two failed attempts", { failedAttempts: 2 }, "claude", "high", "failed before"],
  // Reviews.
  ["a review", { type: "review" }, "claude", "high", "review"],
  ["a review of complexity 9", { type: "review", complexity: 9 }, "claude", "high", "complex"],
  ["a code review", titled("Code review of the cache"), "claude", "high", "review by its words"],
  ["a pull request", said("see pull\nrequest 7"), "claude", "high", "review by its words"],
  ["review alone is another matter", titled("Show review stars"), "codex", "low", "simple"],
  ["words apart are no phrase", titled("Review the PR list"), "codex", "low", "simple"],
  // The founding document's five examples (D3).
  ["D3.1", titled("Design causal uplift methodology", "task"), "claude", "high", "design"],
  ["D3.2", titled("Implement weather feature integration", "task"), "codex", "low", "simple"],
  ["D3.3", titled("Review PR: weather features", "task"), "claude", "high", "review by its words"],
  ["D3.4", titled("Fix bug in cache invalidation", "bug"), "codex", "low", "simple bug"],
  ["D3.5", titled("Write tests for optimizer", "task"), "codex", "low", "simple"],
  // Types are compared exactly.
  ["a type in capitals is another type", { type: "Bug" }, "codex", "low", "simple"],
  ["an unknown type", { type: "", complexity: 5 }, "codex", "medium", "moderate"],
])("default table: %s", (_title, changes, ...[name, tier, row]) => {
  const rationale = `row "${row}" gives ${name} at tier ${tier}, its first choice`;
  const routing = { kind: "routed", provider: name, tier, rationale };
  expect(route(candidate(changes), both, defaultRoutes)).toEqual(routing);
});

const limited = (name: string) =>
  provider(name, { usable: false, reason: "usage limit", untilMs: NOON_MS });
const unasked = (name: string) => provider(name, { usable: false });
const asked = (name: string) => provider(name, { usable: false, isAsked: true });
const nearlyUsedUp = (name: string) => provider(name, { isCritical: true });
const HARD = candidate({ complexity: 9 });
const EASY = candidate({ complexity: 2 });
const LIMIT = `is not usable (usage limit, tried again at ${NOON})`;

test.each<[string, RoutedTask, readonly ProviderState[], string]>([
  [
    "an exhausted claude leaves a complexity-9 task to codex, still high (D9)",
    HARD,
    [limited("claude"), provider("codex")],
    `row "complex" gives codex at tier high, since claude ${LIMIT}`,
  ],
  [
    "an exhausted codex leaves an easy task to claude, still low",
    EASY,
    [provider("claude"), limited("codex")],
    `row "simple" gives claude at tier low, since codex ${LIMIT}`,
  ],
  [
    "any configured provider comes after the named ones, in configured order",
    EASY,
    [provider("zed"), provider("command"), limited("claude"), unasked("codex")],
    'row "simple" gives zed at tier low, ' +
      `since codex is not usable (not checked yet), claude ${LIMIT}`,
  ],
  [
    "a preferred provider may be missing from the configuration",
    HARD,
    [provider("command")],
    'row "complex" gives command at tier high, ' +
      "since claude is not configured, codex is not configured",
  ],
  [
    "the order of preference wins over the configured order",
    HARD,
    [provider("codex"), provider("claude")],
    'row "complex" gives claude at tier high, its first choice',
  ],
  [
    "one that is nearly used up is spared where another can do it",
    EASY,
    [provider("claude"), nearlyUsedUp("codex")],
    'row "simple" gives claude at tier low, since codex is nearly used up',
  ],
  [
    "and is used where none can",
    HARD,
    [nearlyUsedUp("claude"), limited("codex")],
    `row "complex" gives claude at tier high, since codex ${LIMIT}`,
  ],
  [
    "of two that are nearly used up the preferred one is used",
    EASY,
    [nearlyUsedUp("claude"), nearlyUsedUp("codex")],
    'row "simple" gives codex at tier low, since claude is nearly used up',
  ],
])("failover: %s", (_title, task, ...[providers, rationale]) => {
  expect(route(task, providers, defaultRoutes)).toMatchObject({ kind: "routed", rationale });
});

test.each<[string, readonly ProviderState[], string]>([
  [
    "each is named with the time of its next try",
    [limited("claude"), unasked("codex")],
    `row "complex" has no usable provider: claude ${LIMIT}, codex is not usable (not checked yet)`,
  ],
  [
    "one that is down says what a person does",
    [provider("claude", { usable: false, isDown: true, reason: "auth: no key" }), limited("codex")],
    'row "complex" has no usable provider: claude is down (auth: no key; ' +
      `when that is mended: wvo auth recheck claude), codex ${LIMIT}`,
  ],
  [
    "nothing configured",
    [],
    'row "complex" has no usable provider: claude is not configured, codex is not configured',
  ],
])("no provider: %s", (_title, providers, reason) => {
  expect(route(HARD, providers, defaultRoutes)).toEqual({ kind: "none", reason });
});

const own = (when: object, providers: readonly string[]) =>
  routesSchema.parse([{ name: "own", when, use: { providers, tier: "low" } }]);

test.each<[string, object, Partial<RoutedTask>, boolean]>([
  ["no condition", {}, {}, true],
  ["no condition, with deep findings", {}, { hasDeepFindings: true }, true],
  ["at the least complexity", { complexityMin: 4 }, { complexity: 4 }, true],
  ["below the least complexity", { complexityMin: 4 }, { complexity: 3 }, false],
  ["at the greatest complexity", { complexityMax: 4 }, { complexity: 4 }, true],
  ["above the greatest complexity", { complexityMax: 4 }, { complexity: 5 }, false],
  ["one of the types", { types: ["bug", "chore"] }, { type: "chore" }, true],
  ["none of the types", { types: ["bug", "chore"] }, { type: "epic" }, false],
  ["one of the words", { words: ["tide", "wind"] }, { title: "Wind maps" }, true],
  ["none of the words", { words: ["tide", "wind"] }, { title: "Windy maps" }, false],
  [
    "a word across title and description",
    { words: ["a b"] },
    { title: "a", description: "b" },
    false,
  ],
  ["a word with an accent", { words: ["ÉTÉ"] }, { title: "L'été" }, true],
  ["deep findings wanted and there", { deepFindings: true }, { hasDeepFindings: true }, true],
  ["deep findings wanted and missing", { deepFindings: true }, { hasDeepFindings: false }, false],
  ["deep findings unwanted and there", { deepFindings: false }, { hasDeepFindings: true }, false],
  ["deep findings unwanted and missing", { deepFindings: false }, { hasDeepFindings: false }, true],
  ["enough failed attempts", { failedAttemptsMin: 2 }, { failedAttempts: 2 }, true],
  ["too few failed attempts", { failedAttemptsMin: 2 }, { failedAttempts: 1 }, false],
  ["one of two conditions", { types: ["bug"], complexityMax: 4 }, { type: "epic" }, false],
])("a row's conditions: %s", (_title, when, ...[changes, isMatch]) => {
  const routing = route(candidate(changes), both, own(when, ["*"]));
  expect(routing).toMatchObject(
    isMatch
      ? { kind: "routed", provider: "claude" }
      : { kind: "none", reason: "no row of the routing table matches" },
  );
});

test("a row without the star keeps to its own providers", () => {
  const reason = `row "own" has no usable provider: claude ${LIMIT}`;
  const providers = [limited("claude"), provider("codex")];
  expect(route(EASY, providers, own({}, ["claude"]))).toEqual({ kind: "none", reason });
});

test("a row of the star alone says where nothing is configured", () => {
  const reason = 'row "own" has no usable provider: none is configured';
  expect(route(EASY, [], own({}, ["*"]))).toEqual({ kind: "none", reason });
});

const USE = { providers: ["*"], tier: "low" };
const rows = (length: number) => Array.from({ length }, () => ({ name: "a", when: {}, use: USE }));

test.each<[string, unknown, boolean]>([
  ["the default table", defaultRoutes, true],
  ["no rows", [], false],
  ["an unknown condition", [{ name: "a", when: { complexity: 3 }, use: USE }], false],
  ["an unknown field", [{ name: "a", when: {}, use: USE, model: "x" }], false],
  ["an unknown tier", [{ name: "a", when: {}, use: { ...USE, tier: "huge" } }], false],
  ["no providers", [{ name: "a", when: {}, use: { ...USE, providers: [] } }], false],
  ["no name", [{ name: "", when: {}, use: USE }], false],
  ["complexity 1", [{ name: "a", when: { complexityMin: 1 }, use: USE }], true],
  ["complexity 0", [{ name: "a", when: { complexityMin: 0 }, use: USE }], false],
  ["complexity 10", [{ name: "a", when: { complexityMax: 10 }, use: USE }], true],
  ["complexity 11", [{ name: "a", when: { complexityMax: 11 }, use: USE }], false],
  ["one complexity", [{ name: "a", when: { complexityMin: 5, complexityMax: 5 }, use: USE }], true],
  [
    "an empty range",
    [{ name: "a", when: { complexityMin: 6, complexityMax: 5 }, use: USE }],
    false,
  ],
  ["a word that no text can have", [{ name: "a", when: { words: ["++"] }, use: USE }], false],
  ["100 rows", rows(100), true],
  ["101 rows", rows(101), false],
])("the schema judges %s", (_title, table, isValid) => {
  expect(routesSchema.safeParse(table).success).toBe(isValid);
});

test.each<[string, RoutedTask, readonly ProviderState[], string]>([
  ["its first choice", HARD, [asked("claude"), provider("codex")], "claude"],
  ["its second choice, where the first is out", HARD, [limited("claude"), asked("codex")], "codex"],
  [
    "one that is better than what is left",
    EASY,
    [asked("claude"), nearlyUsedUp("codex")],
    "claude",
  ],
])("a task waits while a provider is asked: %s", (_title, task, ...[providers, name]) => {
  const reason = expect.stringContaining(`waits for ${name}, which is asked just now`);
  expect(route(task, providers, defaultRoutes)).toEqual({ kind: "none", reason });
});

test("one that is asked does not hold up what is not for it", () => {
  const routing = route(HARD, [provider("claude"), asked("codex")], defaultRoutes);
  expect(routing).toMatchObject({ kind: "routed", provider: "claude" });
});

const states = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("claude", "codex", "command"),
    usable: fc.boolean(),
    isCritical: fc.boolean(),
    isAsked: fc.constant(false),
    isDown: fc.boolean(),
    reason: fc.constantFrom(null, "limit"),
    untilMs: fc.constantFrom(null, NOON_MS),
  }),
  { selector: ({ name }) => name },
);
const routed = fc.record({
  title: fc.constantFrom("Design it", "Do it"),
  description: fc.constant(""),
  type: fc.constantFrom("bug", "epic", "feature", "review"),
  complexity: fc.integer({ min: 1, max: 10 }),
  failedAttempts: fc.nat({ max: 2 }),
  hasDeepFindings: fc.boolean(),
  wish: fc.constant(null),
});

test("a task is routed exactly where some provider is usable, and to a usable one", () => {
  fc.assert(
    fc.property(routed, states, (task, providers) => {
      const names = providers.flatMap(({ name, usable }): string[] => (usable ? [name] : []));
      const routing = route(task, providers, defaultRoutes);
      const isRight =
        routing.kind === "routed" ? names.includes(routing.provider) : names.length === 0;
      expect(isRight).toBe(true);
      if (routing.kind === "none") return;
      const isSpared = ({ name, usable, isCritical }: ProviderState): boolean =>
        usable && !isCritical && ["claude", "codex", "command"].includes(name);
      const chosen = providers.find(({ name }) => name === routing.provider);
      expect(chosen?.isCritical === true && providers.some(isSpared)).toBe(false);
    }),
  );
});
