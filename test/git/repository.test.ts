/** The user's repository: which folders are one, and what is asked of it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { openRepository } from "../../src/git/repository.ts";
import { yardTest } from "./yard.ts";

const why = (path: string) => openRepository(path).catch((thrown: unknown) => thrown);

describe.concurrent("a repository is opened", () => {
  yardTest("from its root, a folder below, or a linked worktree", async ({ expect, yard }) => {
    const { repository, home } = yard;
    const commonDir = join(home, ".git");
    expect(repository).toMatchObject({ root: home, commonDir });
    expect(await openRepository(join(home, "src"))).toMatchObject({ root: home, commonDir });
    yard.sh(home, "git worktree add -q -b side ../linked");
    const linked = await openRepository(join(yard.root, "linked", "src"));
    expect(linked).toMatchObject({ root: join(yard.root, "linked"), commonDir });
    expect(await linked.currentBranch()).toBe("side");
    expect(await repository.currentBranch()).toBe("main");
  });

  yardTest("or it is said why not", async ({ expect, yard }) => {
    const make = (name: string, script: string): string => {
      const path = join(yard.root, name);
      mkdirSync(path);
      yard.sh(path, script);
      return path;
    };
    expect(await why(make("plain", "true"))).toMatchObject({ code: "git.notRepository" });
    expect(await why(make("bare", "git init -q --bare"))).toMatchObject({ code: "git.bare" });
    expect(await why(make("fresh", "git init -q"))).toMatchObject({ code: "git.noCommit" });
    expect(await why(join(yard.root, "nope"))).toMatchObject({ code: "git.notFound" });
    expect(await why(join(yard.home, ".git"))).toMatchObject({ code: "git.notWorktree" });
  });

  yardTest("whatever the environment says of git", async ({ expect, yard }) => {
    process.env["GIT_DIR"] = "/no/such/place";
    process.env["GIT_INDEX_FILE"] = "/no/such/index";
    try {
      expect(await openRepository(yard.home)).toMatchObject({ root: yard.home });
      expect(await yard.repository.isDirty()).toBe(false);
    } finally {
      delete process.env["GIT_DIR"];
      delete process.env["GIT_INDEX_FILE"];
    }
  });
});

describe.concurrent("a repository tells", () => {
  yardTest("what a branch points to", async ({ expect, yard }) => {
    const tip = yard.sh(yard.home, "git rev-parse HEAD").trim();
    expect(await yard.repository.tipOf("main")).toBe(tip);
    await expect(yard.repository.tipOf("nope")).rejects.toMatchObject({ code: "git.noBranch" });
    await expect(yard.repository.tipOf("--all")).rejects.toMatchObject({ code: "git.noBranch" });
  });

  yardTest("which branch is checked out, unless none is", async ({ expect, yard }) => {
    yard.sh(yard.home, "git checkout -q -b deep/name; git tag deep/name");
    expect(await yard.repository.currentBranch()).toBe("deep/name");
    yard.sh(yard.home, "git checkout -q --detach");
    await expect(yard.repository.currentBranch()).rejects.toThrow("--target BRANCH");
  });

  yardTest("whether anything is not committed", async ({ expect, yard }) => {
    expect(await yard.repository.isDirty()).toBe(false);
    writeFileSync(join(yard.home, "new"), "new");
    expect(await yard.repository.isDirty()).toBe(true);
  });
});
