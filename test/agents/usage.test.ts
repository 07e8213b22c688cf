/** What a run used: its own part, also where its session has gone on for longer. */
import { expect, test } from "vitest";
import { recording, verdictOn } from "./recordings.ts";
import {
  claudeInit,
  claudeResult,
  claudeVerdict,
  codexBegin,
  codexVerdict,
} from "./transcripts.ts";

const onRecording = (name: string, before: object | null = null) => {
  const found = recording(name);
  return verdictOn(found, [found.stdout], { before: before as never });
};

const opus = (inputTokens: number, outputTokens: number, costUSD: number) => ({
  opus: { inputTokens, outputTokens, costUSD },
});

test("claude tells what a resumed run used itself, and the session's totals besides", () => {
  const { usage, sessionUsage } = onRecording("claude-resume");
  expect(usage).toEqual({ inputTokens: 25_225, outputTokens: 40, costUsd: 0.1017 });
  expect(sessionUsage).toEqual({ inputTokens: 50_193, outputTokens: 80, costUsd: 0.202372 });
});

test("claude, of a version that tells totals alone: the money is the difference", () => {
  const result = claudeResult({
    usage: { input_tokens: 100, output_tokens: 5 },
    modelUsage: opus(300, 15, 0.3),
    total_cost_usd: 0.3,
  });
  const before = { inputTokens: 200, outputTokens: 10, costUsd: 0.25 };
  const { usage } = claudeVerdict([claudeInit, result], { before });
  expect(usage?.inputTokens).toBe(100);
  expect(usage?.costUsd).toBeCloseTo(0.05);
  expect(claudeVerdict([claudeInit, result]).usage?.costUsd).toBe(0.3);
});

test("claude counts cached input as input", () => {
  const usage = {
    input_tokens: 1,
    cache_creation_input_tokens: 20,
    cache_read_input_tokens: 300,
    output_tokens: 4,
  };
  const result = claudeResult({ usage });
  expect(claudeVerdict([claudeInit, result]).usage).toMatchObject({
    inputTokens: 321,
    outputTokens: 4,
  });
});

test("claude's turns in one process add up", () => {
  const { usage } = onRecording("claude-streamin-two-turns");
  expect(usage).toMatchObject({ inputTokens: 24_970 + 25_270, outputTokens: 80 });
  expect(usage?.costUsd).toBeCloseTo(0.20256);
});

test("claude's last message is counted where a limit of ours cut the turn", () => {
  expect(onRecording("claude-max-budget").usage).toMatchObject({
    inputTokens: 37_591,
    outputTokens: 60,
  });
});

test("claude without a result: its messages are all there is", () => {
  expect(onRecording("claude-sigkill").usage).toEqual({
    inputTokens: 12_437,
    outputTokens: 1,
    costUsd: null,
  });
  const events = [
    { event: { type: "message_start", message: { id: "a", usage: { input_tokens: 10 } } } },
    { event: { type: "message_delta", usage: { output_tokens: 7 } } },
    { event: { type: "message_start", message: { id: "b", usage: { input_tokens: 20 } } } },
  ].map((event) => ({ type: "stream_event", ...event }));
  expect(claudeVerdict([claudeInit, ...events]).usage).toEqual({
    inputTokens: 30,
    outputTokens: 7,
    costUsd: null,
  });
});

test("who used nothing that anybody told has no usage", () => {
  expect(onRecording("claude-bad-flag").usage).toBe(null);
  expect(onRecording("codex-sigkill").usage).toBe(null);
});

test("codex tells the thread's totals: a resumed run used the difference", () => {
  const first = onRecording("codex-sess1");
  expect(first.usage).toEqual({ inputTokens: 19_615, outputTokens: 40, costUsd: null });
  expect(first.sessionUsage).toEqual(first.usage);
  const second = onRecording("codex-resume", first.sessionUsage);
  expect(second.usage).toEqual({ inputTokens: 20_495, outputTokens: 40, costUsd: null });
  expect(second.sessionUsage).toEqual({ inputTokens: 40_110, outputTokens: 80, costUsd: null });
});

test("totals that are lower than before are not counted as less than nothing", () => {
  const usage = { input_tokens: 5, output_tokens: 5 };
  const before = { inputTokens: 100, outputTokens: 1, costUsd: null };
  const events = [...codexBegin, { type: "turn.completed", usage }];
  expect(codexVerdict(events, { before }).usage).toMatchObject({ inputTokens: 0, outputTokens: 4 });
});

test("counts that are no counts are nothing", () => {
  const usage = { input_tokens: "many", output_tokens: -3 };
  expect(codexVerdict([...codexBegin, { type: "turn.completed", usage }]).usage).toMatchObject({
    inputTokens: 0,
    outputTokens: 0,
  });
  expect(codexVerdict([...codexBegin, { type: "turn.completed" }]).usage).toBe(null);
});

test.each(["codex-usage-limit", "codex-rate-limit", "codex-auth", "codex-overloaded"])(
  "%s: a turn that was refused before anything was answered has used nothing",
  (name) => {
    expect(onRecording(name).usage).toEqual({ inputTokens: 0, outputTokens: 0, costUsd: 0 });
  },
);

test.each(["codex-overloaded-midrun", "codex-context", "codex-sigkill"])(
  "%s: what was used is not known",
  (name) => {
    expect(onRecording(name).usage).toBe(null);
  },
);
