/** The worktree of a visitor: where its run starts, what is committed, and that nothing is lost. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { worktreePath } from "../../src/git/linked-worktree.ts";
import { commitVisit, isPrepared, lookAt, prepareVisit } from "../../src/git/visit-worktree.ts";
import type { VisitPreparation } from "../../src/git/visit-worktree.ts";
import { read, yardTest } from "./yard.ts";
import type { Yard } from "./yard.ts";

const FIRST: VisitPreparation = {
  name: "visit@ann",
  taskId: "T-1",
  runId: "T-1.1",
  branch: "wvo/T-1",
  startFrom: "target",
  target: "main",
  commit: null,
  left: null,
};
const SECOND = { ...FIRST, runId: "T-1.2" } as const;
const MESSAGE = { message: "work", trailer: "Wvo-Run: T-1.1\nWvo-Errand: e1", isRepeated: false };

async function prepared({ repository, root }: Yard, request = FIRST): Promise<string> {
  const path = worktreePath(join(root, "agents"), request.name);
  await prepareVisit(repository, path, request);
  return path;
}

/** A commit of the visitor's, after which the target has moved on. */
async function handedIn(yard: Yard, work: string): Promise<string> {
  const path = await prepared(yard);
  yard.sh(path, work);
  const commit = await commitVisit(yard.repository, path, MESSAGE);
  yard.sh(yard.home, "echo six >> text; git commit -qam meanwhile");
  return commit;
}

describe.concurrent("a run", () => {
  yardTest("starts at the target, on no branch, and moves none", async ({ expect, yard }) => {
    const before = yard.sh(yard.home, "git for-each-ref");
    const path = await prepared(yard);
    const tip = await yard.repository.tipOf("main");
    expect(yard.sh(path, "git rev-parse --abbrev-ref HEAD; git rev-parse HEAD")).toBe(
      `HEAD\n${tip}\n`,
    );
    yard.sh(path, "echo new > new");
    await commitVisit(yard.repository, path, MESSAGE);
    expect(yard.sh(yard.home, "git for-each-ref")).toBe(before);
  });

  yardTest("finds the worktree as it left it", async ({ expect, yard }) => {
    const path = await prepared(yard);
    yard.sh(path, "echo new > new; git commit -q --allow-empty -m aside; echo two > text");
    const before = yard.sh(path, "git status --short; git rev-parse HEAD");
    await prepared(yard);
    expect(yard.sh(path, "git status --short; git rev-parse HEAD")).toBe(before);
    expect(yard.rescued()).toEqual([]);
  });

  yardTest("whose folder was deleted goes on where git has it", async ({ expect, yard }) => {
    const commit = await handedIn(yard, "echo new > new");
    const path = worktreePath(join(yard.root, "agents"), FIRST.name);
    rmSync(path, { recursive: true });
    expect(isPrepared(yard.repository, path, "T-1.1")).toBe(false);
    await prepared(yard);
    expect([yard.sh(path, "git rev-parse HEAD").trim(), read(path, "new")]).toEqual([
      commit,
      "new\n",
    ]);
  });

  yardTest("begins clean, and what was there before is kept once", async ({ expect, yard }) => {
    const path = await prepared(yard);
    yard.sh(path, "echo new > new; git add new; git commit -qm aside; echo left > left");
    yard.sh(path, "mkdir inner; cd inner; git init -q; echo mine > file");
    await prepared(yard, SECOND);
    await prepared(yard, SECOND);
    expect(yard.sh(path, "git status --short; ls")).toBe("src\ntext\n");
    expect(yard.rescued()).toEqual(["refs/wvo/rescue/T-1/1"]);
    expect(yard.lost(["new\n", "left\n", "mine\n"])).toEqual([]);
  });

  yardTest("goes on from the commit that was handed in", async ({ expect, yard }) => {
    const commit = await handedIn(yard, "echo new > new");
    const path = await prepared(yard, { ...SECOND, startFrom: "branch", commit });
    expect(yard.sh(path, "git rev-parse HEAD").trim()).toBe(commit);
  });

  yardTest("has its earlier work laid over a target that moved on", async ({ expect, yard }) => {
    const commit = await handedIn(yard, "echo other >> text; echo new > new");
    const path = await prepared(yard, { ...SECOND, startFrom: "overlay", commit });
    expect(yard.sh(path, "git rev-parse HEAD").trim()).toBe(await yard.repository.tipOf("main"));
    expect(read(path, "text")).toContain("<<<<<<<");
    expect(read(path, "new")).toBe("new\n");
  });
});

describe.concurrent("a commit", () => {
  yardTest("that was made before a crash is found, not made again", async ({ expect, yard }) => {
    const path = await prepared(yard);
    yard.sh(path, "echo new > new");
    const commit = await commitVisit(yard.repository, path, MESSAGE);
    const again = { ...MESSAGE, isRepeated: true };
    expect(await commitVisit(yard.repository, path, again)).toBe(commit);
    yard.sh(path, "echo newer > new");
    const other = { ...again, trailer: "Wvo-Run: T-1.1\nWvo-Errand: e2" };
    expect(await commitVisit(yard.repository, path, other)).not.toBe(commit);
    const said = yard.sh(path, "git log -1 --format='%an %cn%n%B'");
    expect(said.trim()).toBe("WeatherVane WeatherVane\nwork\n\nWvo-Run: T-1.1\nWvo-Errand: e2");
  });

  yardTest("runs no hook, and takes a lock that nobody holds", async ({ expect, yard }) => {
    const path = await prepared(yard);
    const hook = `${yard.home}/.git/hooks/pre-commit`;
    yard.sh(yard.home, `printf '#!/bin/sh\\nexit 1\\n' > ${hook}; chmod +x ${hook}`);
    yard.sh(path, 'touch "$(git rev-parse --git-dir)/index.lock"; echo new > new; rm text');
    const commit = await commitVisit(yard.repository, path, MESSAGE);
    const changed = yard.sh(path, `git show --format= --name-status ${commit}`);
    expect(changed).toBe("A\tnew\nD\ttext\n");
  });

  yardTest("of nothing is refused", async ({ expect, yard }) => {
    const path = await prepared(yard);
    await expect(commitVisit(yard.repository, path, MESSAGE)).rejects.toThrow("not committed");
  });
});

yardTest("a look starts no program, and there must be something", async ({ expect, yard }) => {
  const path = await prepared(yard);
  yard.sh(path, "echo seven > text; echo '* diff=mine' > .gitattributes");
  yard.sh(yard.home, `git config diff.mine.command 'touch ${yard.root}/ran'`);
  yard.sh(yard.home, `git config diff.mine.textconv 'touch ${yard.root}/ran; cat'`);
  expect(await lookAt(yard.repository, path, "diff")).toContain("+seven");
  expect(await lookAt(yard.repository, path, "status")).toContain(" M text");
  expect(await lookAt(yard.repository, path, "log")).toMatch(/^[0-9a-f]+ Agent, .*: first\n$/);
  expect(yard.sh(yard.root, "ls")).not.toContain("ran");
  await expect(lookAt(yard.repository, `${path}x`, "log")).rejects.toThrow("no worktree");
});
