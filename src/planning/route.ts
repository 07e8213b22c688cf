/**
 * Which provider and tier a task is for: the first row of a table that matches. Whether a
 * provider is usable is told by its chart, and who sits at the keyboard is left to the plan.
 */
import { z } from "zod";
import type { Tier } from "../../machines/protocol.ts";
import type { Wish } from "../../machines/wishes.ts";
import { explainOutage } from "./outage.ts";
import type { Outage } from "./outage.ts";
import { wordsOf } from "./words.ts";

/** What routing reads of a task. */
export interface RoutedTask {
  readonly title: string;
  readonly description: string;
  readonly type: string;
  /** 1 to 10. */
  readonly complexity: number;
  readonly failedAttempts: number;
  /** True where a check found something that needs deep reasoning to fix. */
  readonly hasDeepFindings: boolean;
  /** Where somebody asked for it to go. */
  readonly wish: Pick<Wish, "provider" | "tier"> | null;
}

/** A configured provider, as its chart knows it. */
export interface ProviderState extends Outage {
  readonly usable: boolean;
  /** True where its account is nearly used up: others are preferred. */
  readonly isCritical: boolean;
  /** True while its program is asked whether it may be used, which takes a moment. */
  readonly isAsked: boolean;
}

export type Routing =
  | {
      readonly kind: "routed";
      readonly provider: string;
      readonly tier: Tier;
      readonly rationale: string;
    }
  | { readonly kind: "none"; readonly reason: string };

/** Stands for every configured provider, in configured order. */
const ANY = "*";
const ROWS_MAX = 100;
const LIST_MAX = 50;

const complexity = z.int().min(1).max(10);
const listOf = (item: z.ZodString) => z.array(item).min(1).max(LIST_MAX);
const word = z.string().refine((text) => wordsOf(text).length > 0, {
  error: "needs a letter or a digit to be found in a text",
});

const whenSchema = z
  .strictObject({
    complexityMin: complexity.optional(),
    complexityMax: complexity.optional(),
    types: listOf(z.string().min(1)).optional(),
    words: listOf(word).optional(),
    deepFindings: z.boolean().optional(),
    failedAttemptsMin: z.int().min(0).optional(),
  })
  .refine(({ complexityMin = 1, complexityMax = 10 }) => complexityMin <= complexityMax, {
    error: "complexityMin is above complexityMax, so no task can match",
  });

/**
 * A routing table. A row matches where each of its conditions does; `types` and `words` ask for
 * any one of theirs. A type is compared exactly; a word or phrase is looked for as whole words in
 * title and description, whatever the case. Providers stand in order of preference.
 */
export const routesSchema = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      when: whenSchema,
      use: z.strictObject({
        providers: listOf(z.string().min(1)),
        tier: z.enum(["low", "medium", "high"]),
      }),
    }),
  )
  .min(1)
  .max(ROWS_MAX);

export type Routes = z.infer<typeof routesSchema>;
type Route = Routes[number];
type When = Route["when"];
type Use = Route["use"];

const architect: Use = { providers: ["claude", "codex", ANY], tier: "high" };
const worker = (tier: Tier): Use => ({ providers: ["codex", "claude", ANY], tier });
const DESIGN_WORDS = ["design", "redesign", "architecture", "architectural"];
const REVIEW_WORDS = ["code review", "review pr", "pull request"];

/** Requirements D2, D3 and C14: tiers part above complexity 4 and 7; the architect from 8 up. */
export const defaultRoutes: Routes = [
  { name: "complex", when: { complexityMin: 8 }, use: architect },
  { name: "epic", when: { types: ["epic"] }, use: architect },
  { name: "design", when: { words: DESIGN_WORDS }, use: architect },
  { name: "deep findings", when: { deepFindings: true }, use: architect },
  { name: "failed before", when: { failedAttemptsMin: 1 }, use: architect },
  { name: "review", when: { types: ["review"] }, use: architect },
  { name: "review by its words", when: { words: REVIEW_WORDS }, use: architect },
  { name: "simple bug", when: { types: ["bug"], complexityMax: 4 }, use: worker("low") },
  { name: "bug", when: { types: ["bug"] }, use: worker("medium") },
  { name: "simple", when: { complexityMax: 4 }, use: worker("low") },
  { name: "moderate", when: {}, use: worker("medium") },
];

/**
 * The first row that matches, and its first usable provider; nearly used up ones come last. One that
 * is being asked is waited for.
 */
export function route(
  task: RoutedTask,
  providers: readonly ProviderState[],
  routes: Routes,
): Routing {
  const row = routes.find(({ when }) => isMatch(task, when));
  if (row === undefined) return { kind: "none", reason: "no row of the routing table matches" };
  return choose(asAskedFor(row, task), providers);
}

/** The rows of a table that no provider of these can ever be found by. */
export const rowsWithout = (routes: Routes, providers: readonly string[]): Routes =>
  routes.filter(
    ({ use }) => !use.providers.some((each) => each === ANY || providers.includes(each)),
  );

/** What somebody asked for comes before the table; the table says the rest. */
function asAskedFor({ name, when, use }: Route, { wish }: RoutedTask): Route {
  if (wish === null || (wish.provider === null && wish.tier === null)) return { name, when, use };
  const providers = wish.provider === null ? use.providers : [wish.provider];
  return { name: "asked for", when, use: { providers, tier: wish.tier ?? use.tier } };
}

function choose({ name, use }: Route, providers: readonly ProviderState[]): Routing {
  const configured = new Map(providers.map((each) => [each.name, each]));
  const wanted = preferences(use, [...configured.keys()]);
  const best = wanted.find((each) => isPreferable(configured.get(each)));
  if (best !== undefined && configured.get(best)?.isAsked === true) {
    return { kind: "none", reason: `row "${name}" waits for ${best}, which is asked just now` };
  }
  const usable = wanted.filter((each) => configured.get(each)?.usable === true);
  const chosen = usable.find((each) => configured.get(each)?.isCritical === false) ?? usable[0];
  const isLast = chosen === undefined || configured.get(chosen)?.isCritical === true;
  const others = wanted.filter((each) => each !== chosen);
  const skipped = isLast ? others : wanted.slice(0, wanted.indexOf(chosen));
  const because = skipped.map((each) => explainSkip(each, configured.get(each))).join(", ");
  if (chosen === undefined) {
    const why = because === "" ? "none is configured" : because;
    return { kind: "none", reason: `row "${name}" has no usable provider: ${why}` };
  }
  const why = because === "" ? "its first choice" : `since ${because}`;
  const rationale = `row "${name}" gives ${chosen} at tier ${use.tier}, ${why}`;
  return { kind: "routed", provider: chosen, tier: use.tier, rationale };
}

/** The first of these is taken, or waited for: its answer comes sooner than a task ends elsewhere. */
const isPreferable = (state: ProviderState | undefined): boolean =>
  state !== undefined && (state.isAsked || (state.usable && !state.isCritical));

function isMatch(task: RoutedTask, when: When): boolean {
  const { complexityMin = -Infinity, complexityMax = Infinity, failedAttemptsMin = 0 } = when;
  return (
    task.complexity >= complexityMin &&
    task.complexity <= complexityMax &&
    task.failedAttempts >= failedAttemptsMin &&
    (when.deepFindings ?? task.hasDeepFindings) === task.hasDeepFindings &&
    (when.types?.includes(task.type) ?? true) &&
    (when.words?.some((phrase) => isSaid(phrase, task)) ?? true)
  );
}

const spaced = (text: string): string => ` ${wordsOf(text).join(" ")} `;

/** Whole words only: `design` is not said by `designer`. */
function isSaid(phrase: string, { title, description }: RoutedTask): boolean {
  return [title, description].some((text) => spaced(text).includes(spaced(phrase)));
}

function preferences({ providers }: Use, configured: readonly string[]): readonly string[] {
  return [...new Set(providers.flatMap((name) => (name === ANY ? configured : [name])))];
}

function explainSkip(name: string, state: ProviderState | undefined): string {
  if (state === undefined) return `${name} is not configured`;
  if (state.usable) return `${name} is nearly used up`;
  return `${name} is ${state.isDown ? "down" : "not usable"} (${explainOutage(state)})`;
}
