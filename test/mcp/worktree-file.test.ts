/** Files of a worktree are read by their real place in it; every way out is refused. */
import { execFileSync } from "node:child_process";
import fs, { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
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
  symlinkSync(folder, join(folder, "alias"));
  symlinkSync(worktree, join(folder, "moved"));
  return worktree;
}

const read = (path: string, bytesMax = 100, worktree = openWorktree()): string =>
  readWorktreeFile(worktree, path, bytesMax).toString();

test.each(["logs/test.log", "./logs/test.log", "logs/../logs/test.log"])("%s is read", (path) => {
  expect(read(path)).toBe("passed");
});

test("a worktree in a folder that is reached over a link is one all the same", () => {
  const worktree = join(openWorktree(), "../alias/worktree");
  expect(read("logs/test.log", 100, worktree)).toBe("passed");
});

test("a link in place of the worktree leads nowhere", () => {
  const moved = join(openWorktree(), "../moved");
  expect(() => read("logs/test.log", 100, moved)).toThrow("in place of your worktree");
});

test("a folder that becomes a link after it was looked at leads nowhere", () => {
  const worktree = openWorktree();
  writeFileSync(join(worktree, "../test.log"), "secret");
  const { openSync } = fs;
  onTestFinished(() => replaceOpen(openSync));
  replaceOpen((...args) => {
    renameSync(join(worktree, "logs"), join(worktree, "was"));
    symlinkSync("..", join(worktree, "logs"));
    return openSync(...args);
  });
  expect(() => read("logs/test.log", 100, worktree)).toThrow("over a link");
});

function replaceOpen(openSync: typeof fs.openSync): void {
  Object.assign(fs, { openSync });
  syncBuiltinESMExports();
}

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
