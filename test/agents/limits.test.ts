/** When a provider may be asked again: what the programs say of limits, as times. */
import { describe, expect, test } from "vitest";
import { isoTime, parseLocalTime } from "../../src/clock.ts";
import { resetsAt, retryAfter } from "../../src/agents/codex/waits.ts";
import { recording, verdictOn } from "./recordings.ts";
import {
  claudeInit,
  claudeResult,
  claudeVerdict,
  codexBegin,
  codexFailed,
  codexVerdict,
} from "./transcripts.ts";

const judged = (name: string) => {
  const found = recording(name);
  return verdictOn(found, [found.stdout]);
};

describe("claude", () => {
  test("a usage limit ends when its event says", () => {
    const { resetsAtMs, retryAfterMs, windows } = judged("claude-oauth-usage-limit");
    expect(isoTime(resetsAtMs ?? 0)).toBe("2026-11-21T05:12:59.000Z");
    expect(retryAfterMs).toBe(null);
    expect(windows).toEqual([
      { name: "five_hour", usedRatio: 1, resetsAtMs, status: "rejected" },
      { name: "seven_day", usedRatio: 0.4, resetsAtMs: 1_795_734_379_000, status: "allowed" },
    ]);
  });

  test("a rate limit lasts as long as the program was asked to wait", () => {
    expect(judged("claude-rate-limit")).toMatchObject({ retryAfterMs: 2_218, resetsAtMs: null });
    expect(judged("claude-oauth-rate-limit")).toMatchObject({ retryAfterMs: 2_194, windows: [] });
  });

  test("an overload names no time: the program's own pauses are not the server's", () => {
    expect(judged("claude-overloaded")).toMatchObject({ retryAfterMs: null, resetsAtMs: null });
  });

  test("a window that only warns is told, also where the run completes", () => {
    const warning = {
      type: "rate_limit_event",
      rate_limit_info: {
        status: "allowed_warning",
        rateLimitType: "five_hour",
        utilization: 0.91,
        resetsAt: 1_795_237_979,
      },
    };
    expect(claudeVerdict([claudeInit, warning, claudeResult()])).toMatchObject({
      outcome: "completed",
      resetsAtMs: null,
      windows: [
        {
          name: "five_hour",
          usedRatio: 0.91,
          resetsAtMs: 1_795_237_979_000,
          status: "allowed_warning",
        },
      ],
    });
  });

  test("the error's own copy of the limit counts where the event was lost", () => {
    const info = { status: "rejected", resetsAt: 1_795_237_979 };
    const error = {
      type: "assistant",
      message: { model: "<synthetic>" },
      error: "rate_limit",
      api_error_params: { rate_limit_info: info },
    };
    const result = claudeResult({ is_error: true, api_error_status: 429 });
    expect(claudeVerdict([claudeInit, error, result])).toMatchObject({
      errorClass: "usage_limited",
      resetsAtMs: 1_795_237_979_000,
    });
  });
});

describe("codex", () => {
  test.each([
    ["Please try again in 2s.", 2_000],
    ["Please try again in 17.252s. Visit https://example.invalid", 17_252],
    ["Please try again in 350ms.", 350],
    ["try again in 6m12s", 372_000],
    ["Try again in 2 days 3 hours 5 minutes.", 183_900_000],
    ["exceeded retry limit, last status: 429 Too Many Requests", null],
    ["try again later", null],
  ])("%s", (message, wantedMs) => {
    expect(retryAfter(message)).toBe(wantedMs);
  });

  /** Noon of that day, wherever this machine is. */
  const noon = parseLocalTime("Nov 21 2026 12:00 PM") ?? 0;
  const minuteAfter = (text: string): number => (parseLocalTime(text) ?? 0) + 60_000;

  test.each([
    ["today", "try again at 5:21 PM.", minuteAfter("Nov 21 2026 5:21 PM")],
    ["earlier today", "try again at 5:21 AM.", minuteAfter("Nov 21 2026 5:21 AM")],
    ["on a day", "Try again at Nov 23rd, 2026 5:21 AM.", minuteAfter("Nov 23 2026 5:21 AM")],
    ["on a first", "try again at Dec 1st, 2026 12:00 AM.", minuteAfter("Dec 1 2026 12:00 AM")],
    ["after a while", "Try again in 3 hours.", noon + 3 * 3_600_000],
    ["at no time", "try again at noon", null],
    ["at an hour that is none", "try again at 25:99 PM", null],
  ])("a usage limit ends %s, at the end of the minute", (_title, message, wantedMs) => {
    expect(resetsAt(message, noon)).toBe(wantedMs);
  });

  test("a time of day says nothing without the day it was said on", () => {
    expect(resetsAt("try again at 5:21 PM", null)).toBe(null);
    expect(resetsAt("try again in 3 hours", null)).toBe(null);
  });

  test("the verdict tells what belongs to the class, and nothing else", () => {
    const on = (message: string) =>
      codexVerdict([...codexBegin, codexFailed(message)], { code: 1, endedAtMs: noon });
    expect(on("rate limit exceeded: try again in 2s")).toMatchObject({
      errorClass: "rate_limited",
      retryAfterMs: 2_000,
      resetsAtMs: null,
    });
    expect(on("You've hit your usage limit. try again at 5:21 PM")).toMatchObject({
      errorClass: "usage_limited",
      retryAfterMs: null,
      resetsAtMs: minuteAfter("Nov 21 2026 5:21 PM"),
    });
    expect(on("Connection failed, try again in 2s")).toMatchObject({
      errorClass: "network",
      retryAfterMs: null,
    });
  });
});
