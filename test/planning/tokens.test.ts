import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { stopwatch } from "../../src/clock.ts";
import { countTokens } from "../../src/planning/tokens.ts";
import { exactTokens } from "./exact-tokens.ts";

test.each([
  ["nothing", "", 0],
  ["two words", "hello world", 2],
  ["a special token, as plain text", "<|endoftext|>", 7],
])("%s", (_title, text, tokens) => {
  expect(countTokens(text)).toBe(tokens);
});

test.each(["machines/task.ts", "machines/protocol.ts", "src/planning/tokens.ts", "LICENSE"])(
  "the count of %s is exact",
  (path) => {
    const text = readFileSync(path, "utf8");
    expect(countTokens(text)).toBe(exactTokens(text));
  },
);

test.each([
  ["short forms, which are one piece with their word", "don't ".repeat(400)],
  ["marks, which belong to the letter before", `.${"नमस्ते ".repeat(300)}`],
  ["text without spaces", "我们需要缓存天气预报，因为请求会重复。".repeat(100)],
  ["numbers, which are cut in threes", "1234567 ".repeat(300)],
  ["code", "if(a.b_c===1){return[x,y]}\n".repeat(100)],
])("no part ends inside %s", (_title, text) => {
  expect(countTokens(text)).toBe(exactTokens(text));
});

const RUN = 256;
test.each([
  ["a run of 256", "-".repeat(RUN), 0],
  ["a word, then a run of 256", `word ${"-".repeat(RUN - 1)}`, 0],
  ["1,000 characters with a break at the end", `${"-".repeat(999)}x `, 0],
  ["a run of 257", "-".repeat(RUN + 1), 1],
])("the count is above the exact one, for %s", (_title, text, above) => {
  expect(countTokens(text) - exactTokens(text)).toBe(above);
});

const characters = fc.constantFrom(...Array.from("abZé汉字😀-=._'\n\t 019\u0301\ud800"));
const runs = fc
  .tuple(characters, fc.integer({ min: 1, max: 700 }))
  .map(([each, count]) => each.repeat(count));
const texts = fc
  .array(fc.oneof(characters, runs, fc.constantFrom("don't", "the city", "WeatherVane's")), {
    maxLength: 60,
    size: "max",
  })
  .map((parts) => parts.join(""));

test("a count is never below the exact one", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(countTokens(text)).toBeGreaterThanOrEqual(exactTokens(text));
    }),
    { numRuns: 200 },
  );
});

test("counting stops above what is enough", () => {
  const text = "one word and another ".repeat(10_000);
  const all = countTokens(text);
  expect(all).toBeGreaterThan(30_000);
  expect(countTokens(text, 600)).toBeGreaterThan(600);
  expect(countTokens(text, 600)).toBeLessThan(1_000);
  expect(countTokens(text, all)).toBe(all);
  const firstPart = countTokens(text, 0);
  expect(countTokens(text, firstPart)).toBeGreaterThan(firstPart);
});

test("100,000 characters without a break take well below a second, not 42", () => {
  const elapsedMs = stopwatch();
  countTokens("汉字漢".repeat(33_333));
  expect(elapsedMs()).toBeLessThan(2_000);
});
