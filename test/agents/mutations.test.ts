/**
 * The readers are not shaken by how bytes arrive, by what they do not know, or by what is missing:
 * the outcome is that of the recording, or that of a run which ended without its last word.
 */
import { array, assert, constantFrom, nat, property, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { recordings, verdictOn } from "./recordings.ts";
import type { Recording } from "./recordings.ts";

const cases = recordings.map((each) => [each.name, each] as const);
const linesIn = (bytes: Buffer): readonly string[] =>
  bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
const bytesOf = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `${line}\n`).join(""));

/** The same events, with long texts and long lists cut, so that each byte can be tried. */
const shortened = ({ stdout }: Recording): Buffer =>
  bytesOf(linesIn(stdout).map((line) => JSON.stringify(shorten(JSON.parse(line)))));

const TEXT_MAX = 60;
const LIST_MAX = 2;
const NOISE = /^(?:slash_commands|capabilities|agents|skills|tools|cacheCreation.*|.*_ms|.*_at)$/;

function shorten(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, TEXT_MAX);
  if (Array.isArray(value)) return value.slice(0, LIST_MAX).map(shorten);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !NOISE.test(key));
  return Object.fromEntries(kept.map(([key, each]) => [key, shorten(each)]));
}

function pieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  const sorted = places.toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, at) => bytes.subarray(sorted[at], end));
}

describe.each(cases)("%s", (_name, each) => {
  const { stdout } = each;
  const whole = verdictOn(each, [stdout]);

  test("reads the same one byte at a time", () => {
    const bytes = Array.from(stdout, (byte) => Buffer.of(byte));
    expect(verdictOn(each, bytes)).toEqual(whole);
  });

  test("reads the same cut anywhere", () => {
    const cuts = array(nat(), { maxLength: 6 });
    const isSame = property(cuts, (at) => {
      expect(verdictOn(each, pieces(stdout, at))).toEqual(whole);
    });
    assert(isSame, { numRuns: 15 });
  });

  test("means the same where each line is said twice", () => {
    const twice = linesIn(stdout).flatMap((line) => [line, line]);
    expect(verdictOn(each, [bytesOf(twice)])).toEqual(whole);
  });

  test("means the same with unknown and broken lines anywhere, in any order", () => {
    const lines = linesIn(stdout);
    const strange = array(tuple(nat(lines.length), constantFrom(...STRANGE)), { maxLength: 8 });
    const isSame = property(strange, (added) => {
      const mixed = [...lines, ""].flatMap((line, at) => [
        ...added.filter(([place]) => place === at).map(([, text]) => text),
        Buffer.from(line),
      ]);
      const bytes = Buffer.concat(mixed.flatMap((text) => [text, Buffer.from("\n")]));
      expect(verdictOn(each, [bytes])).toEqual(whole);
    });
    assert(isSame, { numRuns: 15 });
  });

  test.each([0, 1])("crashed where it ended with %i before its last word", (code) => {
    const lines = linesIn(stdout);
    const first = lines.findIndex(isEnding);
    const before = lines.slice(0, first < 0 ? lines.length : first + 1);
    const facts = { code, signal: null, endedBy: "itself", stderr: "" } as const;
    for (const length of before.keys()) {
      const verdict = verdictOn(each, [bytesOf(lines.slice(0, length))], facts);
      expect(verdict, `${length} lines`).toMatchObject({
        outcome: "aborted",
        errorClass: "crashed",
      });
    }
  });
});

const isEnding = (line: string): boolean =>
  /"type":"(?:result|turn\.completed|turn\.failed)"/.test(line);

const STRANGE: readonly Buffer[] = [
  '{"type":"something.new","error":{"message":"429"},"is_error":true}',
  '{"type":"system","subtype":"something_new","session_id":"another"}',
  '{"type":"item.updated","item":{"id":"item_0","type":"todo_list"}}',
  '{"type":"result"',
  '{"type":["result"]}',
  "[1,2,3]",
  "null",
  "{}",
  "plain words",
]
  .map((text) => Buffer.from(text))
  .concat([Buffer.of(0, 255, 254, 13, 0xc3), Buffer.alloc(0)]);

test.each(cases)("%s means the same with an unknown line of a megabyte in it", (_name, each) => {
  const [first = "", ...rest] = linesIn(each.stdout);
  const long = JSON.stringify({ type: "unknown", text: "x".repeat(1_000_000) });
  const whole = verdictOn(each, [each.stdout]);
  expect(verdictOn(each, [bytesOf([first, long, ...rest])])).toEqual(whole);
});

/** One of each sort of event; all positions of all of them would take minutes. */
const POSITIONS = [
  "claude-mcp-invalid-config",
  "claude-oauth-usage-limit",
  "claude-hang-partial",
  "claude-sigkill",
  "codex-edit-bash-fail",
  "codex-mcp-direct",
  "codex-rate-limit-recovers",
  "codex-usage-limit",
];

test.each(cases.filter(([name]) => POSITIONS.includes(name)))(
  "%s, shortened, reads the same cut at every position",
  (_name, each) => {
    const bytes = shortened(each);
    const whole = verdictOn(each, [bytes]);
    for (let at = 0; at <= bytes.length; at += 1) {
      const cut = [bytes.subarray(0, at), bytes.subarray(at)];
      expect(verdictOn(each, cut), `cut at ${at}`).toEqual(whole);
    }
  },
);
