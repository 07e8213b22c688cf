/** Durations and sizes are read as people write them, and never guessed. */
import { describe, expect, test } from "vitest";
import { duration, size } from "../../src/config/units.ts";

describe("a duration", () => {
  test.each([
    ["500ms", 500],
    ["90s", 90_000],
    ["10m", 600_000],
    ["2h", 7_200_000],
    ["1.5h", 5_400_000],
    ["0.25s", 250],
    ["0s", 0],
    ["10 m", 600_000],
    ["1.0006s", 1_001],
  ])("%s is %i ms", (text, ms) => {
    expect(duration.parse(text)).toBe(ms);
  });

  test.each([
    [90],
    ["90"],
    ["10 minutes"],
    ["10M"],
    ["-5m"],
    ["5m30s"],
    ["1e3s"],
    [".5s"],
    ["5.m"],
    [" 5m"],
    ["m"],
    [""],
    ["5d"],
    [null],
    [["5m"]],
  ])("%j is none", (given) => {
    const { error } = duration.safeParse(given);
    expect(error?.issues.map(({ message }) => message)).toEqual([
      "a number and a unit, such as 90s, 10m or 2h",
    ]);
  });
});

describe("a size", () => {
  test.each([
    ["0B", 0],
    ["12B", 12],
    ["500kB", 500_000],
    ["64MB", 64_000_000],
    ["1.5GB", 1_500_000_000],
  ])("%s is %i bytes", (text, bytes) => {
    expect(size.parse(text)).toBe(bytes);
  });

  test.each([[64], ["64"], ["64mb"], ["64KB"], ["64MiB"], ["64M"], ["1TB"]])(
    "%j is none",
    (given) => {
      const { error } = size.safeParse(given);
      expect(error?.issues[0]?.message).toBe("a number and a unit, such as 500kB or 64MB");
    },
  );
});
