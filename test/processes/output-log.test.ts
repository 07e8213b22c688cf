/** One stream of output: whatever its pieces and the limit are, its beginning and its end are kept. */
import { array, assert, asyncProperty, nat, property, uint8Array } from "fast-check";
import { closeSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { copyFileSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KeptOutput } from "../../src/processes/kept-output.ts";
import { openOutputLog } from "../../src/processes/output-log.ts";
import { droppedLine, piecesOf, settleOutput } from "../../src/processes/output-pieces.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "wvo-output-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const pieces = array(uint8Array({ maxLength: 4_000 }), { maxLength: 8 });

test("output within the limit is kept byte for byte, and all of it is counted", async () => {
  const path = join(root, "log");
  const isWhole = asyncProperty(pieces, nat(6_000), async (written, room) => {
    const all = Buffer.concat(written);
    const log = openOutputLog({ path, bytesMax: all.length + room, onOutput: () => {} });
    for (const piece of written) writeSync(log.input, piece);
    log.handOver();
    await log.ended;
    const kept = log.settle();
    expect(readFileSync(path)).toEqual(all);
    expect(kept).toMatchObject({ bytes: all.length, isTruncated: false, lacksEnd: false });
  });
  await assert(isWhole, { numRuns: 30 });
  expect(readdirSync(root), "neither the pipe nor a piece is left").toEqual(["log"]);
});

/** Lines of many lengths, each of them one of its kind. */
const lines = array(nat(120), { minLength: 1, maxLength: 60 }).map((lengths) =>
  lengths.map((length, at) => `${at}:${"x".repeat(length)}\n`),
);

function keep(texts: readonly string[], bytesMax: number, cut: number): KeptOutput {
  const kept = new KeptOutput(join(root, "log"), bytesMax);
  const all = Buffer.from(texts.join(""));
  for (let at = 0; at < all.length; at += cut) {
    kept.write(all.subarray(at, at + cut));
    expect(sizeOfAll(), "K1").toBeLessThanOrEqual(bytesMax);
  }
  return kept;
}

const sizeOfAll = (): number =>
  readdirSync(root).reduce((sum, name) => sum + statSync(join(root, name)).size, 0);

test("of more than that the first and the last lines are kept, and one tells of the others", () => {
  const isKept = property(lines, nat(3_000), nat(200), (texts, bytesMax, cut) => {
    const kept = keep(texts, bytesMax, cut + 1);
    kept.settle();
    expect(kept.bytes).toBe(texts.join("").length);
    proveKept(kept, texts, readFileSync(join(root, "log"), "utf8"));
  });
  assert(isKept, { numRuns: 200 });
});

function proveKept(kept: KeptOutput, texts: readonly string[], text: string): void {
  const all = texts.join("");
  const [head, dropped, tail] = partsOf(text);
  // A beginning without a line break is given one, which is not the program's own.
  const own = head.indexOf("\n") === head.length - 1 ? head.slice(0, -1) : head;
  expect(all.startsWith(own)).toBe(true);
  expect(all.endsWith(tail)).toBe(true);
  expect(kept.lacksEnd).toBe(
    kept.isTruncated && (tail === "" || !tail.endsWith(texts.at(-1) ?? "")),
  );
  expect(kept.isTruncated || text === all).toBe(true);
  if (dropped === null) return;
  const sum = dropped + tail.length;
  expect([sum + own.length, sum + head.length]).toContain(kept.bytes);
  expect(head, "whole lines").toMatch(/^$|\n$/);
  expect(tail === "" || texts.includes(tail.slice(0, tail.indexOf("\n") + 1))).toBe(true);
}

/** What was kept before and behind the line that tells how much was dropped. */
function partsOf(text: string): readonly [head: string, dropped: number | null, tail: string] {
  const found = /^\{"wvo":"dropped","bytes":(\d+)\}\n/m.exec(text);
  if (found === null) return [text, null, ""];
  const tail = text.slice(found.index + found[0].length);
  return [text.slice(0, found.index), Number(found[1]), tail];
}

const numbered = Array.from({ length: 100 }, (_, at) => `line ${at}\n`);

test("the last line is kept, whatever came before it", () => {
  keep(numbered, 200, 10).settle();
  const text = readFileSync(join(root, "log"), "utf8");
  expect(text.startsWith("line 0\nline 1\n")).toBe(true);
  expect(text.endsWith("line 98\nline 99\n")).toBe(true);
});

test("one endless line is kept in no part of the end", () => {
  const kept = keep(["short\n", "x".repeat(1_000)], 200, 64);
  kept.settle();
  expect(readFileSync(join(root, "log"), "utf8")).toBe(`short\n${droppedLine(1_000)}`);
  expect(kept).toMatchObject({ isTruncated: true, lacksEnd: true });
});

test.each([
  "before anything",
  "with half a draft",
  "with some pieces gone",
  "before the last step",
])("a keeper that is killed %s leaves what anybody can put together", (moment) => {
  const path = join(root, "log");
  keep(numbered, 200, 10);
  const beginning = readFileSync(path);
  if (moment === "with half a draft") copyFileSync(path, `${path}.draft`);
  if (moment === "with some pieces gone" || moment === "before the last step") {
    const all = piecesOf(path).map((piece) => [piece.path, readFileSync(piece.path)] as const);
    settleOutput(path);
    copyFileSync(path, `${path}.whole`);
    writeFileSync(path, beginning);
    if (moment === "with some pieces gone")
      all.slice(1).forEach(([name, text]) => writeFileSync(name, text));
  }
  settleOutput(path);
  settleOutput(path);
  expect(readdirSync(root)).toEqual(["log"]);
  const text = readFileSync(path, "utf8");
  expect(text.startsWith("line 0\n")).toBe(true);
  expect(text.endsWith("line 99\n")).toBe(true);
  expect(text.match(/dropped/g)).toHaveLength(1);
});

test("a log that can't be written to any more does not stop the reading", async () => {
  const log = openOutputLog({ path: "/dev/full", bytesMax: 100, onOutput: () => {} });
  writeSync(log.input, "lost");
  closeSync(log.input);
  await log.ended;
  expect(log.settle()).toMatchObject({ bytes: 4, isTruncated: true, lacksEnd: true });
});
