/**
 * What runs may use and what they did use: the arithmetic of tokens and money, shared by the charts
 * that count and the planning that looks ahead. Money is counted in millionths of a dollar, in whole
 * numbers, so that a sum is exactly what was added.
 */

/** Tokens and money of one run, as the agent's program reported them; null where it did not. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
}

/** What a program used that never ran. */
export const NOTHING_USED: Usage = { inputTokens: 0, outputTokens: 0, costUsd: 0 };

/** The user's price in dollars a million tokens, which is millionths of a dollar a token. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/** What a run is expected to use; `microUsd` is null where nothing says what it costs. */
export interface Estimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly microUsd: number | null;
  /** What its actual tokens are counted with where its program does not tell their cost. */
  readonly price: Price | null;
}

export interface Spent {
  readonly tokens: number;
  readonly microUsd: number;
}

export const NOTHING_SPENT: Spent = { tokens: 0, microUsd: 0 };

/** The most that may be spent; null is no limit. */
export interface Cap {
  readonly tokens: number | null;
  readonly microUsd: number | null;
}

export const SCOPES = ["task", "day", "roadmap"] as const;
export type Scope = (typeof SCOPES)[number];
export type Caps = Readonly<Record<Scope, Cap>>;

/** What a run came to. Where something is not known the estimate counts, and it is marked. */
export interface Charge extends Spent {
  readonly actual: Usage;
  readonly actualMicroUsd: number | null;
  /** How its cost is known: told by the program, tokens times price, or not at all. */
  readonly costSource: "reported" | "priced" | "unknown";
}

export const MICROS = 1_000_000;
const DAY_MS = 24 * 60 * 60_000;

/** The number of a day, UTC; days have no names in here. */
export const dayOf = (atMs: number): number => Math.floor(atMs / DAY_MS);
export const dayStartMs = (day: number): number => day * DAY_MS;

export const plus = (a: Spent, b: Spent): Spent => ({
  tokens: a.tokens + b.tokens,
  microUsd: a.microUsd + b.microUsd,
});

/** What a reservation holds back. Money that nobody can foresee is none. */
export const heldBy = ({ inputTokens, outputTokens, microUsd }: Estimate): Spent => ({
  tokens: inputTokens + outputTokens,
  microUsd: microUsd ?? 0,
});

const NOT_TOLD: Usage = { inputTokens: null, outputTokens: null, costUsd: null };

/** What is counted for a run that has ended: what is known of it, and the estimate for the rest. */
export function chargeOf(estimate: Estimate, usage: Usage | null): Charge {
  const actual = usage ?? NOT_TOLD;
  const priced = pricedMicroUsd(estimate.price, actual);
  const reported = actual.costUsd === null ? null : Math.round(actual.costUsd * MICROS);
  const actualMicroUsd = reported ?? priced;
  return {
    tokens:
      (actual.inputTokens ?? estimate.inputTokens) + (actual.outputTokens ?? estimate.outputTokens),
    microUsd: actualMicroUsd ?? estimate.microUsd ?? 0,
    actual,
    actualMicroUsd,
    costSource: reported !== null ? "reported" : priced !== null ? "priced" : "unknown",
  };
}

/**
 * What has been counted of a session by now: its own total where that was told, else what was counted
 * for its runs. A later run is charged with the difference, so that nothing counts twice.
 */
export function countedOf(
  { told, before }: { readonly told: Usage | null; readonly before: Usage | null },
  { estimate, usage }: { readonly estimate: Estimate; readonly usage: Usage | null },
): Usage {
  const { inputTokens, outputTokens, microUsd } = estimate;
  const expected = {
    inputTokens,
    outputTokens,
    costUsd: microUsd === null ? null : microUsd / MICROS,
  };
  const counted = (unit: keyof Usage): number | null => {
    const ofRun = usage?.[unit] ?? expected[unit];
    return told?.[unit] ?? (ofRun === null ? null : (before?.[unit] ?? 0) + ofRun);
  };
  return {
    inputTokens: counted("inputTokens"),
    outputTokens: counted("outputTokens"),
    costUsd: counted("costUsd"),
  };
}

/** What tokens cost at a price, or null where one of them is not known. */
export function pricedMicroUsd(
  price: Price | null,
  { inputTokens, outputTokens }: Pick<Usage, "inputTokens" | "outputTokens">,
): number | null {
  if (price === null || inputTokens === null || outputTokens === null) return null;
  return Math.round(inputTokens * price.input + outputTokens * price.output);
}

/** The first cap that a run would break. `wanted` is null where nothing says what it costs. */
export interface Shortage {
  readonly scope: Scope;
  readonly unit: keyof Spent;
  readonly cap: number;
  readonly used: number;
  readonly wanted: number | null;
}

/** Null where the run fits beside what is used in every scope. */
export function shortageOf(
  estimate: Estimate,
  used: Readonly<Record<Scope, Spent>>,
  caps: Caps,
): Shortage | null {
  const wants = { tokens: heldBy(estimate).tokens, microUsd: estimate.microUsd };
  for (const scope of SCOPES) {
    for (const unit of ["tokens", "microUsd"] as const) {
      const [cap, wanted] = [caps[scope][unit], wants[unit]];
      if (cap === null) continue;
      const shortage = { scope, unit, cap, used: used[scope][unit], wanted };
      if (wanted === null || shortage.used + wanted > cap) return shortage;
    }
  }
  return null;
}

/** Work that nothing but the budget holds back, and what it lacks. */
export interface Short {
  readonly reason: string;
  /** When the day's budget begins anew, or null where only a person can help. */
  readonly untilMs: number | null;
}
