/** Lines are the same wherever the bytes are cut, and one that is too long is left out whole. */
import { array, assert, constantFrom, integer, property } from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { jsonOf, lastWords, linesOf } from "../../src/agents/lines.ts";
import { LineSplitter } from "../../src/processes/lines.ts";

const root = mkdtempSync(join(tmpdir(), "wvo-lines-"));
afterAll(() => rmSync(root, { recursive: true }));

function split(pieces: readonly Uint8Array[], bytesMax = 100): readonly string[] {
  const splitter = new LineSplitter(bytesMax);
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
}

const bytes = (text: string): Buffer => Buffer.from(text);

test.each([
  ["", []],
  ["one", ["one"]],
  ["one\n", ["one"]],
  ["one\ntwo", ["one", "two"]],
  ["\n\n", ["", ""]],
  ["one\r\ntwo\n", ["one\r", "two"]],
  ["\uFEFFone\n\uFEFFtwo", ["one", "two"]],
  ["süß – ≠\n", ["süß – ≠"]],
])("%j", (text, lines) => {
  expect(split([bytes(text)])).toEqual(lines);
});

test("what is no text becomes marks, and the line goes on", () => {
  expect(split([Buffer.of(97, 0xff, 98, 10, 99)])).toEqual(["a\uFFFDb", "c"]);
});

test("they are the same wherever the bytes are cut", () => {
  const byte = constantFrom(10, 10, 97, 98, 0xc3, 0xbc, 0xff, 0);
  const pieces = array(array(byte, { maxLength: 12 }), { maxLength: 12 });
  const isSame = property(pieces, integer({ min: 1, max: 8 }), (parts, bytesMax) => {
    const cut = parts.map((part) => Uint8Array.from(part));
    expect(split(cut, bytesMax)).toEqual(split([Buffer.concat(cut)], bytesMax));
  });
  assert(isSame, { numRuns: 300 });
});

test("a buffer that is written into again changes nothing", () => {
  const buffer = Buffer.from("abc");
  const splitter = new LineSplitter(100);
  splitter.push(buffer);
  buffer.write("xyz");
  expect(splitter.end()).toEqual(["abc"]);
});

describe("a line that is too long", () => {
  test("is left out and counted, and the next one is whole", () => {
    const splitter = new LineSplitter(3);
    const pieces = ["ab", "c\nabcd\nab", "c", "d", "ef\nabc"].map(bytes);
    expect([...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()]).toEqual([
      "abc",
      "abc",
    ]);
    expect(splitter.dropped).toBe(2);
  });

  test("does not fill the memory while it goes on", () => {
    const splitter = new LineSplitter(1_000);
    const piece = Buffer.alloc(1_000_000, 97);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 200; count += 1) splitter.push(piece);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
    expect(splitter.push(bytes("\nab\n"))).toEqual(["ab"]);
  });
});

test("a file's lines are read in pieces, and its end is its last words", () => {
  const path = join(root, "long.txt");
  const lines = Array.from({ length: 50_000 }, (_, at) => `line ${at} ü`);
  writeFileSync(path, lines.join("\n"));
  expect([...linesOf(path, 100)]).toEqual(lines);
  expect(lastWords(path).endsWith("line 49999 ü")).toBe(true);
  expect(lastWords(path).length).toBeLessThanOrEqual(64 * 1024);
  expect(lastWords(join(root, "none"))).toBe("");
});

test.each([
  ['{"a":1}', { a: 1 }],
  ['{"a":1}\r', { a: 1 }],
  ["[1]", null],
  ["{", null],
  ["text", null],
  ["", null],
])("%j as JSON", (line, value) => {
  expect(jsonOf(line)).toEqual(value);
});
