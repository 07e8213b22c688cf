/** Durations and sizes as people write them: `10m`, `64MB`. */
import { z } from "zod";

const DURATION: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const SIZE: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1_000,
  MB: 1_000_000,
  GB: 1_000_000_000,
};

function quantity(units: Readonly<Record<string, number>>, example: string) {
  const names = Object.keys(units).join("|");
  const pattern = new RegExp(`^(\\d+(?:\\.\\d+)?)\\s*(${names})$`);
  const error = `a number and a unit, such as ${example}`;
  return z
    .string({ error })
    .regex(pattern, { error })
    .transform((text) => {
      const [, amount = "0", unit = ""] = pattern.exec(text) ?? [];
      return Math.round(Number(amount) * (units[unit] ?? 1));
    });
}

/** `500ms`, `90s`, `10m`, `2h`, as milliseconds. */
export const duration = quantity(DURATION, "90s, 10m or 2h");

/** `500kB`, `64MB`, as bytes; a kilobyte has 1,000. */
export const size = quantity(SIZE, "500kB or 64MB");
