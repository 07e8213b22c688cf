/** What the lines amount to that any agent program may print, wherever they are cut. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readReport } from "../../src/agents/command-lines.ts";
import { emptyFolder } from "../support/workbench.ts";

const ENDED_AT_MS = 1_700_000_000_000;
const NOTHING = { usage: null, limit: null, lastProgress: null };

function reportOf(output: string | Uint8Array) {
  const path = join(emptyFolder(), "stdout.log");
  writeFileSync(path, output);
  return readReport(path, ENDED_AT_MS);
}
const line = (message: object): string => `${JSON.stringify(message)}\n`;
const progress = (text: string): string => line({ wvo: "progress", text });
const usage = (counts: object): string => line({ wvo: "usage", ...counts });
const limit = (more: object = {}): string => line({ wvo: "limit", ...more });

describe("the lines of a program", () => {
  test("a run that printed nothing, or left no file, says nothing", () => {
    expect(reportOf("")).toEqual(NOTHING);
    expect(readReport(join(emptyFolder(), "stdout.log"), ENDED_AT_MS)).toEqual(NOTHING);
  });

  test("the last progress counts, and what was used is added up", () => {
    const output = [
      "Reading the brief ...\n",
      progress("one"),
      usage({ input_tokens: 100, output_tokens: 10 }),
      progress("zwei – ≠"),
      usage({ input_tokens: 1, cost_usd: 0.25 }),
      usage({}),
    ];
    expect(reportOf(output.join(""))).toEqual({
      usage: { inputTokens: 101, outputTokens: 10, costUsd: 0.25 },
      limit: null,
      lastProgress: "zwei – ≠",
    });
  });

  test.each([
    ["nothing more", {}, { reason: "a limit of its account", retryAtMs: null }],
    ["a reason", { reason: "daily" }, { reason: "daily", retryAtMs: null }],
    ["a wait", { retry_after_ms: 5 }, { retryAtMs: ENDED_AT_MS + 5 }],
    ["a moment", { resets_at: 42 }, { retryAtMs: 42 }],
    ["both, where the moment counts", { resets_at: 42, retry_after_ms: 5 }, { retryAtMs: 42 }],
  ])("a limit with %s", (_title, more, expected) => {
    expect(reportOf(limit(more)).limit).toMatchObject(expected);
  });

  test("of several limits the last one counts", () => {
    expect(reportOf(limit({ resets_at: 1 }) + limit({ resets_at: 2 })).limit?.retryAtMs).toBe(2);
  });

  test.each([
    ['{"wvo":"progress"}'],
    ['{"wvo":"progress","text":7}'],
    ['{"wvo":"usage","input_tokens":-1}'],
    ['{"wvo":"usage","input_tokens":1.5}'],
    ['{"wvo":"usage","input_tokens":"7"}'],
    ['{"wvo":"usage","output_tokens":1e300}'],
    ['{"wvo":"usage","cost_usd":-0.1}'],
    ['{"wvo":"limit","resets_at":8640000000000001}'],
    ['{"wvo":"limit","retry_after_ms":null}'],
    ['{"wvo":"stop"}'],
    ['{"wvo":["usage"]}'],
    ['{"__proto__":{"wvo":"limit"}}'],
    ['{"text":"usage"}'],
    ['[{"wvo":"limit"}]'],
    [' {"wvo":"limit"}'],
    ['note: {"wvo":"limit"}'],
    ['{"wvo":"limit"'],
    ['{"wvo":"limit"}}'],
    ["{}"],
    ["null"],
  ])("%s is just output", (text) => {
    expect(reportOf(`${text}\n`)).toEqual(NOTHING);
  });

  test("cut anywhere, it is the whole lines up to there that count", () => {
    const lines = [
      progress("süß"),
      usage({ input_tokens: 3 }),
      "≠ text\n",
      limit(),
      progress("end"),
    ];
    const bytes = Buffer.from(lines.join(""));
    const ends = lines.map((_, at) => Buffer.byteLength(lines.slice(0, at + 1).join("")) - 1);
    const upTo = [0, ...lines.keys()].map((_, count) => reportOf(lines.slice(0, count).join("")));
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const whole = ends.filter((end) => end <= cut).length;
      expect(reportOf(bytes.subarray(0, cut)), `cut at ${cut}`).toEqual(upTo[whole]);
    }
  });

  test("a line of a megabyte is output, whatever it says, and the next one counts again", () => {
    const huge = limit({ reason: "x".repeat(1_000_000) });
    const output = `${progress("before")}${huge}${usage({ input_tokens: 1 })}${huge.trimEnd()}`;
    expect(reportOf(output)).toEqual({
      usage: { inputTokens: 1, outputTokens: null, costUsd: null },
      limit: null,
      lastProgress: "before",
    });
  });

  test("a message may have 64 KiB and not a byte more", () => {
    const bare = Buffer.byteLength(progress("").trimEnd());
    const text = "x".repeat(64 * 1_024 - bare);
    expect(reportOf(progress(text)).lastProgress).toBe(text);
    expect(reportOf(progress(`${text}x`)).lastProgress).toBeNull();
  });

  test("bytes that are no text disturb nothing", () => {
    const noise = Buffer.from(Array.from({ length: 4_096 }, (_, at) => at % 256));
    const output = [noise, Buffer.from(`\n${progress("still there")}`), noise, noise.subarray(10)];
    expect(reportOf(Buffer.concat(output))).toEqual({ ...NOTHING, lastProgress: "still there" });
  });
});
