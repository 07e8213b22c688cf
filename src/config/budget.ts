/**
 * What `weathervane.yaml` may say of money: caps, the user's own prices, and what a run is expected
 * to use before anybody knows. What follows from it is decided by the budget's chart.
 */
import { z } from "zod";
import type { Tier } from "../../machines/protocol.ts";
import { MICROS, pricedMicroUsd, SCOPES } from "../../machines/spending.ts";
import type { Cap, Caps, Estimate, Price } from "../../machines/spending.ts";
import type { ProviderConfig } from "./providers.ts";

const USD_MAX = 1_000_000;
const TOKENS_MAX = 1_000_000_000_000;
const usd = z.number().min(0).max(USD_MAX);
const tokens = z.int().min(0).max(TOKENS_MAX);

const capSchema = z
  .strictObject({ usd: usd.nullable().default(null), tokens: tokens.nullable().default(null) })
  .prefault({});

/** Caps for each task, for each day (UTC) and for everything together; null is no cap. */
export const budgetSchema = z
  .strictObject({ task: capSchema, day: capSchema, roadmap: capSchema })
  .prefault({});

const priceSchema = z.strictObject({ input: usd, output: usd });

/** The user's prices in USD for a million tokens, by provider; a model may have its own. */
export const pricesSchema = z
  .record(z.string(), priceSchema.extend({ models: z.record(z.string(), priceSchema).default({}) }))
  .default({});

/** Rules of thumb: calls of the model, with as many tokens of context and 1,000 of answer each. */
const TYPICAL = {
  low: { calls: 10, context: 20_000 },
  medium: { calls: 20, context: 30_000 },
  high: { calls: 30, context: 50_000 },
} as const satisfies Readonly<Record<Tier, { calls: number; context: number }>>;
const ANSWER_TOKENS = 1_000;

const estimateSchema = ({ calls, context }: (typeof TYPICAL)[Tier]) =>
  z
    .strictObject({
      input_tokens: tokens.default(calls * context),
      output_tokens: tokens.default(calls * ANSWER_TOKENS),
      /** Money where no price is known, or another sum than tokens times price. */
      usd: usd.nullable().default(null),
    })
    .prefault({});

/** What a run of each tier is expected to use. */
export const estimatesSchema = z
  .strictObject({
    low: estimateSchema(TYPICAL.low),
    medium: estimateSchema(TYPICAL.medium),
    high: estimateSchema(TYPICAL.high),
  })
  .prefault({});

/** The part of the configuration that money follows from. */
export interface Money {
  readonly budget: z.output<typeof budgetSchema>;
  readonly prices: z.output<typeof pricesSchema>;
  readonly estimates: z.output<typeof estimatesSchema>;
  readonly providers: Readonly<Record<string, ProviderConfig>>;
}

const micros = (amount: number | null): number | null =>
  amount === null ? null : Math.round(amount * MICROS);
const capOf = ({ usd: money, tokens: most }: Money["budget"]["day"]): Cap => {
  return { tokens: most, microUsd: micros(money) };
};

export const capsOf = ({ budget: { task, day, roadmap } }: Pick<Money, "budget">): Caps => {
  return { task: capOf(task), day: capOf(day), roadmap: capOf(roadmap) };
};

/** What a run of a provider is expected to use, and the price that its tokens have. */
export function estimateOf(money: Omit<Money, "budget">, provider: string, tier: Tier): Estimate {
  const {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    usd: told,
  } = money.estimates[tier];
  const price = priceOf(money, provider, tier);
  const microUsd = micros(told) ?? pricedMicroUsd(price, { inputTokens, outputTokens });
  return { inputTokens, outputTokens, microUsd, price };
}

function priceOf({ prices, providers }: Omit<Money, "budget">, name: string, tier: Tier) {
  const given = prices[name];
  if (given === undefined) return null;
  const provider = providers[name];
  const model = provider === undefined || !("models" in provider) ? null : provider.models[tier];
  const { input, output } = (model === null ? undefined : given.models[model]) ?? given;
  return { input, output } satisfies Price;
}

const TIERS = Object.keys(TYPICAL) as readonly Tier[];

/** Only the tiers that a route leads to are asked about. */
interface Routed {
  readonly routes: readonly { readonly use: { readonly tier: Tier } }[];
}

/** What is wrong between the keys, each with its place; nothing is good. */
export function moneyProblems(money: Money & Routed) {
  const names = Object.keys(money.providers);
  const tiers = money.routes.map(({ use }) => use.tier);
  const unknown = Object.keys(money.prices).filter((name) => !names.includes(name));
  const capped = SCOPES.filter((scope) => money.budget[scope].usd !== null);
  const unforeseen = names.filter((name) =>
    tiers.some((tier) => estimateOf(money, name, tier).microUsd === null),
  );
  return [
    ...unknown.map((name) => ({
      path: ["prices", name],
      message: `the name of a provider: ${names.join(", ") || "none is configured"}`,
    })),
    ...(unforeseen.length === 0 ? [] : capped).map((scope) => ({
      path: ["budget", scope, "usd"],
      message: `a known cost of every run: ${unforeseen.map((name) => `set prices.${name}`).join(", ")}, or usd in estimates`,
    })),
  ];
}

const KEYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  budget: [SCOPES, ["usd", "tokens"]],
  estimates: [TIERS, ["input_tokens", "output_tokens", "usd"]],
  prices: [[], ["input", "output", "models"], [], ["input", "output"]],
};
export const isMoney = (key: PropertyKey): boolean => String(key) in KEYS;

/** The keys that there are at a place below one of these, for whoever wrote another. */
export const moneyKeys = ([top, ...path]: readonly PropertyKey[]): readonly string[] =>
  KEYS[String(top)]?.[path.length] ?? [];
