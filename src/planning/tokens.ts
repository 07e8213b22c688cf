/**
 * Counts tokens with one pinned tokenizer (gpt-tokenizer, encoding o200k_base). Other models
 * count a little differently; what the number is for is left to the caller.
 */
import { createRequire } from "node:module";
import type * as Encoding from "gpt-tokenizer/encoding/o200k_base";

/**
 * The tokenizer takes quadratic time for a run without a word break: 100,000 Chinese characters
 * block for 42 s. So text is counted in parts. The first kind of part ends where the encoding
 * always cuts: before a space, or behind a word. The second cuts a run that has no such place
 * for 1,000 characters.
 */
const BEFORE_SPACE = String.raw`(?<=\S)(?= )`;
const BEHIND_WORD = String.raw`(?<=[\p{L}\p{N}])(?=[^\p{L}\p{N}\p{M}'])`;
const PARTS = new RegExp(`[^]{1,1000}(?:${BEFORE_SPACE}|${BEHIND_WORD})|(?<run>[^]{1,256})`, "gu");

/** Cutting a run mostly adds to the sum; this makes up for the times when it takes away. */
const TOKENS_PER_CUT = 1;

/** Text such as `<|endoftext|>` is counted as the plain text that it is, not refused. */
const PLAIN = { disallowedSpecial: new Set<string>() };

/**
 * Pieces of text whose tokens are remembered. The tokenizer's own default, 100,000, costs more
 * than it saves: its cache is slow once full (2,000 mixed briefs took 40 s; with 1,000, 6 s).
 */
const CACHE_MAX = 1_000;

const require = createRequire(import.meta.url);
let encoding: typeof Encoding | null = null;

/** Loaded at the first count: that costs 0.2 s and 60 MB, and most programs never count. */
function loadEncoding(): typeof Encoding {
  if (encoding === null) {
    encoding = require("gpt-tokenizer/encoding/o200k_base") as typeof Encoding;
    encoding.setMergeCacheSize(CACHE_MAX);
  }
  return encoding;
}

/**
 * The tokens of a text: exact, or a little too high where it has runs of more than 256
 * characters. Counting may stop once the result is above `enough`.
 */
export function countTokens(text: string, enough = Infinity): number {
  const { countTokens: count } = loadEncoding();
  let tokens = 0;
  for (const { 0: part, index, groups } of text.matchAll(PARTS)) {
    const isCut = groups?.["run"] !== undefined && index + part.length < text.length;
    tokens += count(part, PLAIN) + (isCut ? TOKENS_PER_CUT : 0);
    if (tokens > enough) break;
  }
  return tokens;
}
