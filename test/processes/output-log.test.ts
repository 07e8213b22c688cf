/** One stream of output: whatever its pieces and the limit are, the file is its beginning. */
import { array, assert, asyncProperty, nat, uint8Array } from "fast-check";
import { closeSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openOutputLog } from "../../src/processes/output-log.ts";

const root = mkdtempSync(join(tmpdir(), "wvo-output-"));
afterAll(() => rmSync(root, { recursive: true }));

const pieces = array(uint8Array({ maxLength: 4_000 }), { maxLength: 8 });

test("the file is the beginning of the output, and all of it is counted", async () => {
  const path = join(root, "log");
  const property = asyncProperty(pieces, nat(6_000), async (written, bytesMax) => {
    const log = openOutputLog({ path, bytesMax, onOutput: () => {} });
    for (const piece of written) writeSync(log.input, piece);
    log.handOver();
    await log.ended;
    const all = Buffer.concat(written);
    expect(readFileSync(path)).toEqual(all.subarray(0, bytesMax));
    expect(log.bytes()).toBe(all.length);
    expect(log.isTruncated()).toBe(all.length > bytesMax);
  });
  await assert(property, { numRuns: 30 });
  expect(readdirSync(root), "the pipe has no name any more").toEqual(["log"]);
});

test("a log that can't be written to any more does not stop the reading", async () => {
  const log = openOutputLog({ path: "/dev/full", bytesMax: 100, onOutput: () => {} });
  writeSync(log.input, "lost");
  closeSync(log.input);
  await log.ended;
  expect(log.bytes()).toBe(4);
  expect(log.isTruncated()).toBe(true);
});
