/** Lines of a stream: whole however they are cut up, never too long, and never more than are asked for. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { nextTurn } from "../../src/clock.ts";
import { readLines } from "../../src/supervisor/lines.ts";

const BYTES_MAX = 1_000;

async function linesOf(...chunks: readonly string[]): Promise<readonly unknown[]> {
  const stream = new PassThrough();
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  const found: unknown[] = [];
  for await (const line of readLines(stream, BYTES_MAX)) {
    found.push(line.kind === "line" ? line.text : line);
  }
  return found;
}

test.each<[string, readonly string[], readonly string[]]>([
  ["none", [], []],
  ["a line in one piece", ["one\n"], ["one"]],
  ["a line in many pieces", ["o", "n", "e", "\n"], ["one"]],
  ["many lines in one piece", ["one\ntwo\nthree\n"], ["one", "two", "three"]],
  ["the ends of Windows, and empty lines", ["one\r\n\r\n\ntwo\r\n"], ["one", "two"]],
  ["an unfinished line", ["one\ntw"], ["one"]],
])("%s", async (_title, chunks, lines) => {
  expect(await linesOf(...chunks)).toEqual(lines);
});

test("a letter that is cut in two is one letter", async () => {
  const stream = new PassThrough();
  const bytes = Buffer.from("ß\n");
  stream.write(bytes.subarray(0, 1));
  const lines = readLines(stream, BYTES_MAX);
  const first = lines.next();
  await nextTurn();
  stream.end(bytes.subarray(1));
  expect(await first).toEqual({ value: { kind: "line", text: "ß" }, done: false });
});

test("of a line that is too long its beginning and its end are kept, and the next one is whole", async () => {
  const pieces = Array.from({ length: 30 }, (_, n) => `${n}-`.padEnd(100, "x"));
  const found = await linesOf("head", ...pieces, "tail\nnext\n");
  expect(found).toMatchObject([{ kind: "oversize" }, "next"]);
  const [{ head, tail }] = found as [{ head: string; tail: string }];
  expect([head.startsWith("head"), tail.endsWith("tail")]).toEqual([true, true]);
  expect(head.length + tail.length).toBeLessThanOrEqual(512);
});

test("what nobody asks for stays in the stream, which slows its writer down", async () => {
  const stream = new PassThrough({ highWaterMark: 64 });
  const lines = readLines(stream, BYTES_MAX);
  stream.write("one\ntwo\n");
  expect(await lines.next()).toMatchObject({ value: { text: "one" } });
  const isTaken = stream.write("x".repeat(200));
  await nextTurn();
  expect([isTaken, stream.writableNeedDrain]).toEqual([false, true]);
  expect(await lines.next()).toMatchObject({ value: { text: "two" } });
});

test("a stream that fails ends, and what it said before is heard", async () => {
  const stream = new PassThrough();
  const lines = readLines(stream, BYTES_MAX);
  stream.write("one\ntwo\n");
  expect(await lines.next()).toMatchObject({ value: { text: "one" } });
  stream.destroy(new Error("gone"));
  await nextTurn();
  expect(await lines.next()).toMatchObject({ value: { text: "two" } });
  expect(await lines.next()).toEqual({ value: undefined, done: true });
});

test("an end comes to whoever waits, also where the stream has ended before", async () => {
  const stream = new PassThrough();
  const waiting = readLines(stream, BYTES_MAX).next();
  stream.destroy();
  expect(await waiting).toMatchObject({ done: true });
  expect(await readLines(stream, BYTES_MAX).next()).toMatchObject({ done: true });
});

test("who breaks off leaves the stream", async () => {
  const stream = new PassThrough();
  stream.write("one\ntwo\n");
  for await (const line of readLines(stream, BYTES_MAX)) {
    expect(line).toMatchObject({ text: "one" });
    break;
  }
  expect(stream.destroyed).toBe(true);
});

test("two readers at a time are a bug", () => {
  const lines = readLines(new PassThrough(), BYTES_MAX);
  void lines.next();
  expect(() => lines.next()).toThrow("one reader");
});
