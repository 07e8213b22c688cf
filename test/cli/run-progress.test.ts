/** What a run says of its providers while it goes on: each trouble once, and that it is over. */
import { expect, test } from "vitest";
import { Progress } from "../../src/cli/run-progress.ts";
import type { Commit } from "../../src/host/loop.ts";
import { isoTime } from "../../src/clock.ts";
import { project, valueOf } from "../catalog/rows.ts";

const NOON_MS = 1_767_268_800_000;
const END_MS = NOON_MS + 60_000;

/** One step of a provider, with the rows that its projection gives. */
function stepTo(toState: string, reason: string | null, untilMs: number | null = null): Commit {
  const window = { name: "five_hour", usedRatio: 0.971, resetsAtMs: END_MS };
  const context = { name: "claude", reason, untilMs, windows: [window] };
  const views = project("provider", valueOf(toState), context);
  const happening = JSON.stringify({ kind: "timer", timer: "wait", setBy: 1 });
  const step = { actor: "provider:claude", fromState: "before", toState, happening, views };
  return { steps: [{ ...step, atMs: NOON_MS }] };
}

function told(...commits: readonly Commit[]): readonly string[] {
  const progress = new Progress();
  return commits.flatMap((commit) => progress.linesOf(commit));
}

test("a limit is told with its end, once, and then that it is over", () => {
  const limit = stepTo("cooling", "too many", END_MS);
  const well = stepTo("usable.normal", null);
  expect(told(limit, stepTo("probing", null), limit, well, well, limit)).toEqual([
    `12:00:00  claude      cooling             too many, tried again at ${isoTime(END_MS)}`,
    "12:00:00  claude      usable",
    `12:00:00  claude      cooling             too many, tried again at ${isoTime(END_MS)}`,
  ]);
});

test("a program that is missing is told once, however often it is looked for", () => {
  const tries = [0, 1, 2].map((hour) => stepTo("unavailable", "no program", END_MS + hour));
  expect(told(...tries)).toHaveLength(1);
});

test("what is down says what a person does", () => {
  expect(told(stepTo("down", "auth: no key"))).toEqual([
    "12:00:00  claude      down                auth: no key; when that is mended: " +
      "wvo auth recheck claude",
  ]);
});

test("an account that fills up is told with its windows", () => {
  const window = `five_hour 97 % used, resets at ${isoTime(END_MS)}`;
  const critical = stepTo("usable.critical", null);
  expect(told(critical, critical, stepTo("usable.normal", null))).toEqual([
    `12:00:00  claude      critical            ${window}`,
    "12:00:00  claude      usable",
  ]);
});

test("a provider that is well from the beginning is no news", () => {
  expect(told(stepTo("probing", null), stepTo("usable.normal", null))).toEqual([]);
});
