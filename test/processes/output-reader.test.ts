/** Reading output while it is written: everything once, and what was dropped before is told. */
import { array, assert, boolean, nat, property, tuple } from "fast-check";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KeptOutput } from "../../src/processes/kept-output.ts";
import { OutputReader } from "../../src/processes/output-reader.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "wvo-reader-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const textOf = (chunks: Iterable<Uint8Array>): string => Buffer.concat([...chunks]).toString();

/** Lines that are written one after another; after some of them somebody reads. */
const steps = array(tuple(nat(60), boolean()), { minLength: 1, maxLength: 60 });

test("who reads before anything is dropped reads all of it, also where it is settled meanwhile", () => {
  const isAll = property(steps, nat(3_000), (written, room) => {
    const path = join(root, "log");
    const longest = 70;
    const kept = new KeptOutput(path, 8 * longest + room);
    const reader = new OutputReader(path);
    let [all, read, unread] = ["", "", 0];
    for (const [at, [length, isRead]] of written.entries()) {
      const line = `${at}:${"x".repeat(length)}\n`;
      kept.write(Buffer.from(line));
      all += line;
      unread += line.length;
      // The end that is kept is at least a quarter of the limit: who is nearer than that is in time.
      if (isRead || unread > longest) {
        read += textOf(reader.news());
        unread = 0;
      }
    }
    kept.settle();
    read += textOf(reader.rest(kept.bytes));
    reader.close();
    expect(read).toBe(all);
    expect(readdirSync(root)).toEqual(["log"]);
  });
  assert(isAll, { numRuns: 100 });
});

test("who comes too late is told how much is missing, and goes on with a whole line", () => {
  const path = join(root, "log");
  const kept = new KeptOutput(path, 80);
  const reader = new OutputReader(path);
  kept.write(Buffer.from("first\n"));
  expect(textOf(reader.news())).toBe("first\n");
  for (let at = 10; at < 90; at += 1) kept.write(Buffer.from(`line ${at}\n`));
  const late = textOf(reader.news());
  expect(late).toMatch(/^line 10\n[^]*\n\{"wvo":"dropped","bytes":\d+\}\nline \d\d\n/);
  expect(late.endsWith("line 89\n")).toBe(true);
  kept.write(Buffer.from("line 90\n"));
  expect(textOf(reader.news())).toBe("line 90\n");
  expect(textOf(reader.news())).toBe("");
  reader.close();
});

test("output that is not there yet is nothing, and then is read from its beginning", () => {
  const path = join(root, "log");
  const reader = new OutputReader(path);
  expect(textOf(reader.news())).toBe("");
  new KeptOutput(path, 80).write(Buffer.from("first\n"));
  expect(textOf(reader.news())).toBe("first\n");
  reader.close();
});
