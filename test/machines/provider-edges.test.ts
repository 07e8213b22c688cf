/** The provider chart at the very edges: windows and limits that end now, in a minute, or together. */
import { expect, test } from "vitest";
import type { ProviderContext } from "../../machines/provider-setup.ts";
import { play } from "../support/chart-table.ts";
import { MINUTE, stage } from "./provider-stage.ts";

const known = (script: string) => {
  const now = play(stage, script);
  const { windows, setbacks, untilMs } = now.context<ProviderContext>();
  const inMs = untilMs === null ? null : untilMs - now.nowMs;
  return { names: windows.map(({ name }) => name), setbacks, inMs };
};

test("at first it knows of no window and of no limit", () => {
  expect(known("")).toEqual({ names: [], setbacks: 0, inMs: null });
});

test("what is told of one window takes the place of that one alone", () => {
  expect(known("answers usedWeek usedBothLater").names).toEqual([
    "seven_day",
    "five_hour",
    "other",
  ]);
  expect(known("answers usedBoth usedBothLater").names).toEqual([
    "seven_day",
    "five_hour",
    "other",
  ]);
});

test("a window that ends now has begun anew", () => {
  expect(known("answers usedNow").names).toEqual([]);
});

test("a limit that ends now says nothing of its end", () => {
  expect(known("answers limitNow")).toMatchObject({ setbacks: 1, inMs: MINUTE });
});

test("one that ends in a minute is no short one: it is believed, and no setback", () => {
  expect(known("answers limitMinute")).toMatchObject({ setbacks: 0, inMs: MINUTE });
});
