/** How the budget stands: each cap with what is used, held back and left, as data and as text. */
import { dayStartMs, MICROS, plus } from "../../machines/spending.ts";
import type { Spent } from "../../machines/spending.ts";
import { allowanceOf } from "../app/dispatch.ts";
import { isoTime } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { spentTodayOf, todayOf, usdText } from "../planning/allowance.ts";
import type { Views } from "../store/views/views.ts";

type Amounts = { readonly tokens: number; readonly usd: number };
type CapSetting = Config["budget"]["day"];

export const usdOf = (microUsd: number): number => microUsd / MICROS;
const amountsOf = ({ tokens, microUsd }: Spent): Amounts => ({ tokens, usd: usdOf(microUsd) });

/** What is left of a cap is null where there is none, and never less than nothing. */
function scopeOf(cap: CapSetting, used: Spent, reserved: Spent) {
  const gone = amountsOf(plus(used, reserved));
  const left = (unit: keyof Amounts): number | null => {
    const most = cap[unit];
    return most === null ? null : Math.max(0, roundUsd(most - gone[unit]));
  };
  return {
    cap,
    used: amountsOf(used),
    reserved: amountsOf(reserved),
    left: { tokens: left("tokens"), usd: left("usd") },
  };
}

const roundUsd = (amount: number): number => Math.round(amount * MICROS) / MICROS;

export function budgetOf(views: Pick<Views, "budget">, config: Config, nowMs: number) {
  const allowance = allowanceOf(views, config, nowMs);
  const { spent, reserved } = allowance;
  const { task, day, roadmap } = config.budget;
  return {
    task: { cap: task },
    day: {
      ...scopeOf(day, spentTodayOf(allowance), reserved),
      begins_anew: isoTime(dayStartMs(todayOf(allowance) + 1)),
    },
    roadmap: scopeOf(roadmap, spent, reserved),
  };
}
export type BudgetStanding = ReturnType<typeof budgetOf>;

/** A line for each cap that is set; none where nothing is capped. */
export function budgetLines({ task, day, roadmap }: BudgetStanding): readonly string[] {
  return [
    ...linesOf("day", day).map((line) => `${line}; it begins anew at ${day.begins_anew}`),
    ...linesOf("whole roadmap", roadmap),
    ...capTexts(task.cap).map((text) => `budget of each task: ${text}`),
  ];
}

function linesOf(name: string, scope: ReturnType<typeof scopeOf>): readonly string[] {
  return UNITS.flatMap((unit) => {
    const [most, left] = [scope.cap[unit], scope.left[unit]];
    if (most === null || left === null) return [];
    const [used, held, rest, whole] = [scope.used[unit], scope.reserved[unit], left, most].map(
      (amount) => textOf(unit, amount),
    );
    return [`budget of the ${name}: ${used} of ${whole} used, ${held} held back, ${rest} left`];
  });
}

const UNITS = ["usd", "tokens"] as const;
const capTexts = (cap: CapSetting): readonly string[] =>
  UNITS.flatMap((unit) => {
    const most = cap[unit];
    return most === null ? [] : [textOf(unit, most)];
  });

const textOf = (unit: keyof Amounts, amount: number): string =>
  unit === "tokens"
    ? `${amount.toLocaleString("en")} tokens`
    : `${usdText(Math.round(amount * MICROS))} USD`;
