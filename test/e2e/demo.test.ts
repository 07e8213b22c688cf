/** The demo does what it promises, tells it to programs, and leaves nothing outside its folder. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { makeWorkspace } from "../support/workspace.ts";
import type { Ran } from "../support/workspace.ts";

const TEST_LIMIT_MS = 5 * 60_000;

interface Shown {
  readonly ran: Ran;
  /** What else was there before, and where the demo might have left something. */
  readonly outside: string;
  readonly repo: string;
}

/** Runs the demo beside somebody's real work, whose settings stand in the environment. */
async function showDemo(...args: readonly string[]): Promise<Shown> {
  const yard = makeWorkspace({ roadmap: { version: 1, tasks: [] }, agent: ["/bin/true"] });
  const outside = join(yard.notes, "home");
  mkdirSync(join(outside, "state/of-others"), { recursive: true });
  Object.assign(yard.env, {
    HOME: outside,
    XDG_STATE_HOME: join(outside, "state"),
    TMPDIR: yard.notes,
    WVO_STATE_ROOT: join(outside, "my-state"),
    WVO_TARGET: "my-branch",
    WVO_AUTOPILOT_AGENTS: "1",
    WVO_WORKTREE_ROOT: join(outside, "my-worktrees"),
  });
  const repo = join(yard.notes, "demo");
  const ran = await yard.wvo("demo", "--dir", repo, ...args);
  return { ran, outside, repo };
}

const everythingIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();

test(
  "wvo demo --json ends with the promised line, and everything that it says is so",
  async () => {
    const { ran, outside, repo } = await showDemo("--json");
    expect(ran.code, ran.stderr).toBe(0);
    const lines = ran.stdout.trimEnd().split("\n");
    const summary = JSON.parse(lines.at(-1) ?? "");
    expect(summary).toEqual({
      repo,
      target: "main",
      tasks: 8,
      done: 8,
      merged: expect.any(Array),
      conflicts: expect.any(Number),
      gate_failures: expect.any(Number),
      kills: 1,
      seconds: expect.any(Number),
    });
    expect(summary.conflicts).toBeGreaterThanOrEqual(1);
    expect(summary.gate_failures).toBeGreaterThanOrEqual(1);
    const git = (...words: string[]): string =>
      execFileSync("git", words, { cwd: repo, encoding: "utf8" }).trim();
    const yard = { repo, git };
    const tasks = summary.merged.map((each: { readonly task: string; readonly commit: string }) => {
      return { id: each.task, merged_commit: each.commit };
    });
    expect(tasks).toHaveLength(8);
    proveMergedOnce(yard, tasks);
    await proveWhole(yard);
    await proveNoOrphans(yard);
    expect(git("status", "--porcelain")).toBe("");
    expect(git("worktree", "list").split("\n")).toHaveLength(1);
    const tested = execFileSync(process.execPath, ["--test"], { cwd: repo, encoding: "utf8" });
    expect(tested).toMatch(/fail 0/);

    expect(everythingIn(outside)).toEqual(["state", "state/of-others"]);
    expect(
      everythingIn(join(outside, "..")).filter((path) => !/^(demo|home)(\/|$)/.test(path)),
    ).toEqual([]);
  },
  TEST_LIMIT_MS,
);

test("a folder that holds anything is not used", async () => {
  const { ran, outside, repo } = await showDemo("--dir", ".");
  expect(ran.code).toBe(2);
  for (const part of ["found", "expected", "next", "wvo demo --dir"])
    expect(ran.stderr).toContain(part);
  expect(existsSync(repo)).toBe(false);
  expect(everythingIn(outside)).toEqual(["state", "state/of-others"]);
});
