/** The token: random, for one pair of eyes, and compared as a whole. */
import { lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isToken, makeToken, writeToken } from "../../src/watch/token.ts";
import { emptyFolder } from "../support/workbench.ts";

test("tokens are long and never the same", () => {
  const tokens = new Set(Array.from({ length: 100 }, makeToken));
  expect(tokens.size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
});

test("the file is its owner's alone, also where a folder has to be made", () => {
  const path = join(emptyFolder(), "state", "inspect-1.token");
  writeToken(path, "abc");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toBe("abc\n");
});

test("an old file that all may read is replaced, and a link is not followed", () => {
  const folder = emptyFolder();
  const [path, elsewhere] = [join(folder, "inspect-1.token"), join(folder, "elsewhere")];
  writeFileSync(elsewhere, "mine", { mode: 0o644 });
  symlinkSync(elsewhere, path);
  symlinkSync(elsewhere, `${path}.new`);
  writeToken(path, "abc");
  expect(readFileSync(elsewhere, "utf8")).toBe("mine");
  expect(lstatSync(path).isSymbolicLink()).toBe(false);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each([
  ["the token", "abc", true],
  ["a part of it", "ab", false],
  ["more than it", "abcd", false],
  ["another one", "abd", false],
  ["an empty one", "", false],
  ["none", null, false],
])("%s", (_title, given, isRight) => {
  expect(isToken(given, "abc")).toBe(isRight);
});
