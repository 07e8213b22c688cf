/** What a check leaves behind can be checked by anyone: its hash is that of the file. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hashFile, tailOf, writeEvidence } from "../../src/quality/evidence.ts";
import { emptyFolder } from "../support/workbench.ts";

const sha256 = (bytes: string | Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

function fileWith(bytes: string | Uint8Array): string {
  const path = join(emptyFolder(), "output.log");
  writeFileSync(path, bytes);
  return path;
}

describe("a piece of evidence", () => {
  test("is the facts as JSON, in a folder that it makes, and its hash covers every byte", () => {
    const path = join(emptyFolder(), "deep/er/evidence.json");
    const facts = { check: "tests", exit: { code: 0 }, note: "süß" };
    const evidence = writeEvidence(path, facts);
    const bytes = readFileSync(path);
    expect(JSON.parse(bytes.toString())).toEqual(facts);
    expect(evidence).toEqual({ path, sha256: sha256(bytes) });
    writeFileSync(path, bytes.toString().replace('"code": 0', '"code": 1'));
    expect(sha256(readFileSync(path))).not.toBe(evidence.sha256);
  });

  test("has the same hash for the same facts, and another one for others", () => {
    const hashOf = (facts: object): string =>
      writeEvidence(join(emptyFolder(), "e.json"), facts).sha256;
    expect(hashOf({ a: 1 })).toBe(hashOf({ a: 1 }));
    expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: 2 }));
  });
});

describe("the hash of a file", () => {
  test.each([
    ["nothing", Buffer.alloc(0)],
    ["a line", Buffer.from("one\n")],
    ["binary", Buffer.from([0, 255, 10, 13, 0])],
    ["more than one read takes", Buffer.alloc(1_000_000, "ab")],
  ])("of %s", async (_title, bytes) => {
    expect(await hashFile(fileWith(bytes))).toBe(sha256(bytes));
  });
});

describe("the end of an output", () => {
  test.each([
    ["short, it is all there", "one\ntwo\n", 100, "one\ntwo\n"],
    ["of just the size, too", "one\ntwo\n", 8, "one\ntwo\n"],
    ["longer, it begins with a whole line", "one\ntwo\nthree\n", 9, "…three\n"],
    ["longer and one line, it begins anywhere", "abcdefgh", 4, "…efgh"],
    ["empty", "", 10, ""],
  ])("%s", (_title, text, ...[bytesMax, end]) => {
    expect(tailOf(fileWith(text), bytesMax)).toBe(end);
  });

  test("bytes that are no text become marks", () => {
    expect(tailOf(fileWith(Buffer.from([0xff, 97])), 10)).toBe("\uFFFDa");
  });
});
