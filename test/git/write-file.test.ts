/** A file of a worktree is written whole and in its place, also where somebody swaps folders. */
import { execFileSync } from "node:child_process";
import fs, { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeWorktreeFile } from "../../src/git/write-file.ts";
import { emptyFolder } from "../support/workbench.ts";

/** A worktree beside a folder that is none of it. */
function openWorktree(): { readonly worktree: string; readonly outside: string } {
  const folder = emptyFolder();
  const [worktree, outside] = [join(folder, "worktree"), join(folder, "outside")];
  mkdirSync(join(worktree, "logs"), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(worktree, "run.sh"), "old");
  return { worktree, outside };
}

const write = (worktree: string, path: string): void =>
  writeWorktreeFile(worktree, path, Buffer.from("new"));

test.each(["logs/a.log", "./logs/../new/deep/a.log", "run.sh"])("%s is written", (path) => {
  const { worktree } = openWorktree();
  write(worktree, path);
  expect(readFileSync(join(worktree, path), "utf8")).toBe("new");
  expect(readdirSync(worktree).filter((name) => name.startsWith(".wvo"))).toEqual([]);
});

test("what is there keeps its permissions, and another name of it keeps its contents", () => {
  const { worktree, outside } = openWorktree();
  chmodSync(join(worktree, "run.sh"), 0o750);
  linkSync(join(worktree, "run.sh"), join(outside, "same"));
  write(worktree, "run.sh");
  expect(statSync(join(worktree, "run.sh")).mode & 0o777).toBe(0o750);
  expect(readFileSync(join(outside, "same"), "utf8")).toBe("old");
});

test("a pipe, a folder or a link in its place is left as it is", () => {
  const { worktree, outside } = openWorktree();
  execFileSync("mkfifo", [join(worktree, "pipe")]);
  symlinkSync(join(outside, "new"), join(worktree, "dangling"));
  for (const path of ["pipe", "logs", "dangling"]) {
    expect(() => write(worktree, path)).toThrow("a plain file");
  }
  symlinkSync(worktree, join(outside, "alias"));
  expect(() => write(join(outside, "alias"), "a")).toThrow("in place of your worktree");
  expect(() => write(worktree, "a/".repeat(64) + "a")).toThrow("at most 64");
  expect(readdirSync(outside)).toEqual(["alias"]);
});

test("a folder that becomes a link after it was looked at leads nowhere", () => {
  const { worktree, outside } = openWorktree();
  whenOpened(1, () => {
    renameSync(join(worktree, "logs"), join(worktree, "was"));
    symlinkSync(outside, join(worktree, "logs"));
  });
  expect(() => write(worktree, "logs/a.log")).toThrow("no folder");
  expect(readdirSync(outside)).toEqual([]);
});

test("a folder that becomes a link after it was opened gets nothing, nor does the link", () => {
  const { worktree, outside } = openWorktree();
  whenOpened(2, () => {
    renameSync(join(worktree, "logs"), join(worktree, "was"));
    symlinkSync(outside, join(worktree, "logs"));
  });
  expect(() => write(worktree, "logs/a.log")).toThrow("moved away");
  expect([readdirSync(outside), readdirSync(join(worktree, "was"))]).toEqual([[], []]);
});

/** Lets somebody act just before a file is opened, after so many others. */
function whenOpened(count: number, act: () => void): void {
  const { openSync } = fs;
  let opened = 0;
  onTestFinished(() => replaceOpen(openSync));
  replaceOpen((...args) => {
    if (opened === count) act();
    opened += 1;
    return openSync(...args);
  });
}

function replaceOpen(openSync: typeof fs.openSync): void {
  Object.assign(fs, { openSync });
  syncBuiltinESMExports();
}
