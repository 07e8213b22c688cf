/** Files of a worktree are read by their real place in it; every way out is refused. */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readWorktreeFile } from "../../src/mcp/worktree-file.ts";
import { emptyFolder } from "../support/workbench.ts";

/** A worktree beside what is none of its files. */
function openWorktree(): string {
  const folder = emptyFolder();
  const worktree = join(folder, "worktree");
  mkdirSync(join(worktree, "logs"), { recursive: true });
  mkdirSync(join(folder, "worktree-2"));
  writeFileSync(join(folder, "secret"), "secret");
  writeFileSync(join(folder, "worktree-2/secret"), "secret");
  writeFileSync(join(worktree, "logs/test.log"), "passed");
  symlinkSync(join(folder, "secret"), join(worktree, "link"));
  symlinkSync(folder, join(worktree, "out"));
  symlinkSync("logs", join(worktree, "inside"));
  execFileSync("mkfifo", [join(worktree, "pipe")]);
  symlinkSync(worktree, join(folder, "alias"));
  return worktree;
}

const read = (path: string, bytesMax = 100, worktree = openWorktree()): string =>
  readWorktreeFile(worktree, path, bytesMax).toString();

test.each(["logs/test.log", "./logs/test.log", "logs/../logs/test.log"])("%s is read", (path) => {
  expect(read(path)).toBe("passed");
});

test("a worktree that is itself reached over a link is one all the same", () => {
  const alias = join(openWorktree(), "../alias");
  expect(read("logs/test.log", 100, alias)).toBe("passed");
});

test.each([
  ["../secret", "out of your worktree"],
  ["logs/../../secret", "out of your worktree"],
  ["../worktree-2/secret", "out of your worktree"],
  ["/etc/passwd", "out of your worktree"],
  ["link", "over a link"],
  ["out/secret", "over a link"],
  ["inside/test.log", "over a link"],
  ["logs", "no plain file"],
  ["pipe", "no plain file"],
  ["logs/none.log", "no such file"],
])("%s is refused", (path, why) => {
  expect(() => read(path)).toThrow(why);
});

test("a file over the limit is refused, and one of just that size is not", () => {
  expect(read("logs/test.log", 6)).toBe("passed");
  expect(() => read("logs/test.log", 5)).toThrow("6 bytes");
});
