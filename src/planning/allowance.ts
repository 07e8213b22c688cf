/**
 * Whether there is money for a run, seen from before it is asked for: what is left in each scope,
 * and one sentence where that is too little. The budget's chart decides; it counts the same way.
 */
import type { Tier } from "../../machines/protocol.ts";
import { dayOf, dayStartMs, MICROS, NOTHING_SPENT, plus } from "../../machines/spending.ts";
import { shortageOf } from "../../machines/spending.ts";
import type { Caps, Estimate, Scope, Short, Shortage, Spent } from "../../machines/spending.ts";
import { isoTime } from "../clock.ts";

/** What the budget knows, and what the configuration says of it. */
export interface Allowance {
  readonly caps: Caps;
  /** What a run is expected to use. */
  readonly estimateOf: (provider: string, tier: Tier) => Estimate;
  /** The day that `spentToday` is about, as `dayOf` counts them. */
  readonly day: number;
  readonly spentToday: Spent;
  readonly spent: Spent;
  readonly reserved: Spent;
  readonly nowMs: number;
}

interface Wish {
  readonly provider: string;
  readonly estimate: Estimate;
  readonly spentOnTask: Spent;
}

/** Why a run has to wait. It is `short` where it would not fit with nothing else under way either. */
export interface Lack {
  readonly reason: string;
  readonly short: Short | null;
}

/** Null where there is room for the run now. */
export function lackOf(allowance: Allowance, wish: Wish): Lack | null {
  const { caps, reserved } = allowance;
  const used = usedBy(allowance, wish.spentOnTask, reserved);
  const shortage = shortageOf(wish.estimate, used, caps);
  if (shortage === null) return null;
  const alone = usedBy(allowance, wish.spentOnTask, NOTHING_SPENT);
  const lasting = shortageOf(wish.estimate, alone, caps);
  if (lasting === null) {
    const reason = `${sentenceOf(shortage, wish)}, a part of it by runs that go on`;
    return { reason, short: null };
  }
  const untilMs = endOf(lasting, allowance);
  const reason = `${sentenceOf(lasting, wish)}; ${wayOut(lasting, untilMs, wish)}`;
  return { reason, short: { reason, untilMs } };
}

function wayOut(shortage: Shortage, untilMs: number | null, { provider }: Wish): string {
  if (shortage.wanted === null) return `set prices.${provider}`;
  return untilMs === null ? `raise ${keyOf(shortage)}` : `it begins anew at ${isoTime(untilMs)}`;
}

/** The day that counts now: midnight may have passed since the budget counted last. */
export const todayOf = ({ day, nowMs }: Pick<Allowance, "day" | "nowMs">): number =>
  Math.max(day, dayOf(nowMs));

/** What is counted for the day by now. */
export const spentTodayOf = (allowance: Pick<Allowance, "day" | "nowMs" | "spentToday">): Spent =>
  todayOf(allowance) > allowance.day ? NOTHING_SPENT : allowance.spentToday;

function usedBy(
  allowance: Allowance,
  task: Spent,
  reserved: Spent,
): Readonly<Record<Scope, Spent>> {
  return {
    task,
    day: plus(spentTodayOf(allowance), reserved),
    roadmap: plus(allowance.spent, reserved),
  };
}

/** Only a day ends by itself, and a new one helps only what fits into an empty one. */
function endOf({ scope, wanted, cap }: Shortage, allowance: Allowance): number | null {
  if (scope !== "day" || wanted === null || wanted > cap) return null;
  return dayStartMs(todayOf(allowance) + 1);
}

const WHOSE: Readonly<Record<Scope, string>> = {
  task: "the task's budget",
  day: "the day's budget",
  roadmap: "the whole roadmap's budget",
};

/** The key of the cap in the configuration. */
const keyOf = ({ scope, unit }: Shortage): string =>
  `budget.${scope}.${unit === "tokens" ? "tokens" : "usd"}`;

function sentenceOf(shortage: Shortage, { provider }: Wish): string {
  const { scope, unit, used, wanted, cap } = shortage;
  if (wanted === null) {
    return `${WHOSE[scope]} is in money, and nothing says what a run of ${provider} costs`;
  }
  const [ofUsed, ofCap, ofWanted] = [used, cap, wanted].map((each) => amountText(unit, each));
  return `${WHOSE[scope]} has no room for it: ${ofUsed} of ${ofCap} are used, and its run is expected to use ${ofWanted}`;
}

/** As people write it: `0.25 USD`, `12,000 tokens`. */
export const amountText = (unit: keyof Spent, amount: number): string =>
  unit === "tokens" ? `${amount.toLocaleString("en")} tokens` : `${usdText(amount)} USD`;

/** Cents, and as many digits more as there are. */
export const usdText = (microUsd: number): string =>
  (microUsd / MICROS).toFixed(6).replace(/(\.\d\d\d*?)0+$/, "$1");
