/** The end of a run as its chart is told it: short lists, short texts, and what can be gone on with. */
import { expect, test } from "vitest";
import { briefFindings, knownWindows, plainExit } from "../../src/agents/run-exit.ts";

test("an end with nothing to tell", () => {
  expect(plainExit({ outcome: "stopped", detail: "it was stopped" })).toEqual({
    outcome: "stopped",
    errorClass: null,
    detail: "it was stopped",
    retryAtMs: null,
    usage: null,
    findings: [],
    session: null,
    windows: [],
  });
});

test("a finding is told once, and only its beginning", () => {
  const found = { source: "permissions", text: "Bash was denied: it needs a permission" };
  const long = { source: "patches", text: `${"x".repeat(299)}\u{1f600}`, deep: true };
  const [first, second, ...more] = briefFindings([found, found, long]);
  expect(first).toEqual(found);
  expect(second).toMatchObject({ source: "patches", deep: true });
  expect(second?.text).toHaveLength(300);
  expect(second?.text.isWellFormed()).toBe(true);
  expect(more).toEqual([]);
});

test("only the first twenty are told", () => {
  const many = Array.from({ length: 200 }, (_, at) => ({ source: "tools", text: String(at) }));
  expect(briefFindings(many)).toEqual(many.slice(0, 20));
});

test("windows of which only a word was told, and those of which nothing is known", () => {
  const window = { resetsAtMs: 7, usedRatio: null };
  expect(
    knownWindows([
      { ...window, name: "five_hour", usedRatio: 0.3, status: "rejected" },
      { ...window, name: "seven_day", status: "allowed_warning" },
      { ...window, name: "opus", resetsAtMs: null, status: "rejected" },
      { ...window, name: "other", status: "allowed" },
    ]),
  ).toEqual([
    { name: "five_hour", usedRatio: 0.3, resetsAtMs: 7 },
    { name: "seven_day", usedRatio: 0.8, resetsAtMs: 7 },
    { name: "opus", usedRatio: 1, resetsAtMs: null },
  ]);
});
