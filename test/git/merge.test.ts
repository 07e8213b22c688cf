/** A task's commit on its way to the target: rebased, in conflict, cut short, retired. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { yardTest } from "./yard.ts";
import type { Yard } from "./yard.ts";

/** Makes a task's branch from the first commit on; gives back its commit. */
function work(yard: Yard, script: string, branch = "wvo/T-1"): string {
  const start = "$(git rev-list --max-parents=0 main)";
  yard.sh(yard.home, `git worktree add -q -b ${branch} ../work ${start}`);
  yard.sh(join(yard.root, "work"), script);
  yard.sh(yard.home, "git worktree remove --force ../work");
  return yard.sh(yard.home, `git rev-parse ${branch}`).trim();
}

const commit = (change: string, message = "work"): string =>
  `${change}; git add --all; git commit -qm '${message}'`;
const onMain = (yard: Yard, change: string): string =>
  yard.sh(yard.home, `${commit(change)}; git rev-parse HEAD`).trim();
const log = (yard: Yard, range: string): string =>
  yard.sh(yard.home, `git log --format='%s %an' ${range}`);
const MESSAGE = { subject: "T-1: The task", trailers: "Wvo-Task: T-1\n" };
const REQUEST = { taskId: "T-1", target: "main", message: MESSAGE } as const;

describe.concurrent("a rebase", () => {
  yardTest(
    "puts the work on the target's tip as one commit, and holds it",
    async ({ expect, yard }) => {
      const done = work(yard, `${commit("echo a > a", "one")}; ${commit("echo b > b", "two")}`);
      const onto = onMain(yard, "echo user > user");
      const rebased = await yard.merges.rebase({ ...REQUEST, commit: done });
      expect(rebased).toMatchObject({ kind: "rebased", onto });
      const held = yard.sh(yard.home, "git rev-parse refs/wvo/merging/T-1").trim();
      expect(rebased).toHaveProperty("commit", held);
      expect(log(yard, `main..${held}`), "by whom stays").toBe("T-1: The task Agent\n");
      const message = "T-1: The task\n\n- one\n- two\n\nWvo-Task: T-1\n\n";
      expect(yard.sh(yard.home, `git log -1 --format=%B ${held}`)).toBe(message);
      expect(yard.sh(yard.home, `git show ${held}:a ${held}:b`)).toBe("a\nb\n");
      expect(yard.sh(yard.home, `git log -1 --format=%cn ${held}`)).toBe("WeatherVane\n");
      expect(yard.sh(yard.home, "git symbolic-ref HEAD; git rev-parse main wvo/T-1")).toBe(
        `refs/heads/main\n${onto}\n${done}\n`,
      );
    },
  );

  yardTest("of what stands on the tip already changes nothing", async ({ expect, yard }) => {
    const ours = "T-1: The task\n\nWvo-Task: T-1";
    const done = work(yard, commit("echo a > a", ours));
    const onto = await yard.repository.tipOf("main");
    const rebased = await yard.merges.rebase({ ...REQUEST, commit: done });
    expect(rebased).toEqual({ kind: "rebased", commit: done, onto });
  });

  yardTest("of what this very run has landed before is that commit", async ({ expect, yard }) => {
    const ours = (run: string): string => `T-1: The task\n\nWvo-Task: T-1\nWvo-Run: ${run}`;
    const done = work(yard, commit("echo a > a", "work"));
    const landed = onMain(yard, "echo a > a");
    yard.sh(yard.home, `git commit -q --amend -m '${ours("T-1.1")}'`);
    const tip = onMain(yard, "echo user > user");
    const asked = (run: string) => {
      const trailers = `Wvo-Task: T-1\nWvo-Run: ${run}\n`;
      const message = { ...MESSAGE, trailers };
      return yard.merges.rebase({ ...REQUEST, message, commit: done });
    };
    const [again, other] = [await asked("T-1.1"), await asked("T-1")];
    const first = yard.sh(yard.home, "git rev-parse main~1").trim();
    expect(first).not.toBe(landed);
    expect(again).toEqual({ kind: "rebased", commit: first, onto: tip });
    expect(await yard.merges.land({ target: "main", commit: first, onto: tip })).toEqual({
      kind: "landed",
    });
    expect(await yard.repository.tipOf("main")).toBe(tip);
    expect(other.kind).toBe("empty");
  });

  yardTest("in conflict names files and lines, and leaves no trace", async ({ expect, yard }) => {
    const long = "seq -f a%.0f 5000 > long";
    const done = work(yard, commit(`sed -i s/two/agent/ text; ${long}; rm src/file`));
    onMain(yard, "sed -i s/two/user/ text; seq -f u%.0f 5000 > long; echo user > src/file");
    const conflict = await yard.merges.rebase({ ...REQUEST, commit: done });
    expect(conflict.kind).toBe("conflict");
    const texts = conflict.kind === "conflict" ? conflict.findings.map(({ text }) => text) : [];
    expect(texts.join("\n").length).toBeLessThan(4_500);
    expect(texts).toEqual([
      expect.stringMatching(/^long conflicts with main:\n@@@[^]*\(cut here\)$/),
      "src/file conflicts with main",
      expect.stringMatching(/^text conflicts with main/),
    ]);
    const refinery = join(yard.root, "agents", "refinery");
    expect(yard.sh(refinery, "git status --porcelain; git status")).toMatch(
      /^HEAD detached (?:at|from) [0-9a-f]+\nnothing to commit, working tree clean\n$/,
    );
    expect(yard.sh(yard.home, "git for-each-ref refs/wvo/merging")).toBe("");
  });

  yardTest("shows the lines in conflict", async ({ expect, yard }) => {
    const done = work(yard, commit("sed -i s/two/agent/ text"));
    onMain(yard, "sed -i s/two/user/ text");
    const conflict = await yard.merges.rebase({ ...REQUEST, commit: done });
    expect(conflict).toMatchObject({ kind: "conflict", findings: [{ source: "merge" }] });
    expect(conflict).toHaveProperty(
      "findings.0.text",
      expect.stringContaining("++<<<<<<< HEAD\n +user\n++=======\n+ agent\n"),
    );
  });

  yardTest("of what the target has already is empty", async ({ expect, yard }) => {
    const change = commit("echo a > a");
    const done = work(yard, change);
    onMain(yard, "echo a > a; echo more > more");
    const empty = await yard.merges.rebase({ ...REQUEST, commit: done });
    expect(empty).toMatchObject({ kind: "empty", findings: [{ source: "merge" }] });
    const tip = await yard.repository.tipOf("main");
    expect(await yard.merges.rebase({ ...REQUEST, commit: tip })).toMatchObject({ kind: "empty" });
  });

  yardTest("begins anew from whatever a crash left", async ({ expect, yard }) => {
    const done = work(yard, `${commit("echo a > a")}; ${commit("sed -i s/two/agent/ text")}`);
    const good = work(yard, commit("echo good > good"), "wvo/T-2");
    onMain(yard, "sed -i s/two/user/ text");
    await yard.merges.rebase({ ...REQUEST, commit: done });
    const refinery = join(yard.root, "agents", "refinery");
    yard.sh(refinery, `git checkout -q --detach ${done}; git rebase -q main || true`);
    yard.sh(refinery, 'echo dirt > good; touch "$(git rev-parse --git-dir)/index.lock"');
    expect(readdirSync(join(yard.home, ".git/worktrees/refinery"))).toContain("rebase-merge");
    const rebased = await yard.merges.rebase({ ...REQUEST, taskId: "T-2", commit: good });
    expect(rebased).toMatchObject({ kind: "rebased" });
    expect(log(yard, "main..refs/wvo/merging/T-2")).toBe("T-1: The task Agent\n");
  });

  yardTest("keeps what an agent solved when it merged the target", async ({ expect, yard }) => {
    onMain(yard, "sed -i s/two/user/ text");
    const solve = "git merge -q main || true; printf 'both\\n' > text; git commit -qam merged";
    const done = work(yard, `${commit("sed -i s/two/agent/ text", "own work")}; ${solve}`);
    onMain(yard, "echo later > later");
    const rebased = await yard.merges.rebase({ ...REQUEST, commit: done });
    expect(rebased).toMatchObject({ kind: "rebased" });
    expect(yard.sh(yard.home, "git show refs/wvo/merging/T-1:text")).toBe("both\n");
    expect(log(yard, "main..refs/wvo/merging/T-1")).toBe("T-1: The task Agent\n");
  });

  yardTest("moves no other branch, whatever the user has set", async ({ expect, yard }) => {
    yard.sh(yard.home, "git config rebase.updateRefs true; git config rebase.autoSquash true");
    const done = work(yard, `${commit("echo a > a")}; git branch mine; ${commit("echo b > b")}`);
    onMain(yard, "echo user > user");
    const mine = await yard.repository.tipOf("mine");
    await yard.merges.rebase({ ...REQUEST, commit: done });
    expect(await yard.repository.tipOf("mine")).toBe(mine);
  });

  yardTest("takes its turn when asked for twice at once", async ({ expect, yard }) => {
    const one = work(yard, commit("echo a > a"));
    const two = work(yard, commit("echo b > b"), "wvo/T-2");
    onMain(yard, "echo user > user");
    const both = await Promise.all([
      yard.merges.rebase({ ...REQUEST, commit: one }),
      yard.merges.rebase({ ...REQUEST, taskId: "T-2", commit: two }),
    ]);
    expect(both.map(({ kind }) => kind)).toEqual(["rebased", "rebased"]);
  });

  yardTest("of an unknown commit is a fault", async ({ expect, yard }) => {
    const rebased = yard.merges.rebase({ ...REQUEST, commit: "f".repeat(40) });
    await expect(rebased).rejects.toMatchObject({ code: "git.failed" });
  });
});

describe.concurrent("a merged task", () => {
  yardTest("is retired, and its own history is kept", async ({ expect, yard }) => {
    const done = work(yard, commit("echo a > a; echo only > only"));
    onMain(yard, "echo user > user");
    const rebased = await yard.merges.rebase({ ...REQUEST, commit: done });
    if (rebased.kind !== "rebased") throw new Error("it was not rebased");
    const landed = await yard.merges.land({ target: "main", ...rebased });
    expect(landed).toEqual({ kind: "landed" });
    expect(await yard.merges.observe(rebased.commit, "main")).toEqual({ contains: true });
    expect(await yard.merges.observe(done, "main")).toEqual({ contains: false });
    expect(await yard.merges.observe("f".repeat(40), "main")).toEqual({ contains: false });
    const retired = { taskId: "T-1", branch: "wvo/T-1", target: "main" };
    expect(await yard.merges.retire(retired)).toEqual({ keptFor: null });
    expect(await yard.merges.retire(retired)).toEqual({ keptFor: null });
    expect(yard.sh(yard.home, "git for-each-ref --format='%(refname) %(objectname)'")).toBe(
      `refs/heads/main ${rebased.commit}\nrefs/wvo/rescue/T-1/1 ${done}\n`,
    );
  });

  yardTest("that landed as it was leaves no rescue ref", async ({ expect, yard }) => {
    const done = work(yard, commit("echo a > a", "T-1: The task\n\nWvo-Task: T-1"));
    const onto = await yard.repository.tipOf("main");
    await yard.merges.rebase({ ...REQUEST, commit: done });
    await yard.merges.land({ target: "main", commit: done, onto });
    await yard.merges.retire({ taskId: "T-1", branch: "wvo/T-1", target: "main" });
    expect(yard.rescued()).toEqual([]);
  });

  yardTest("loses its branch though an agent's worktree is on it", async ({ expect, yard }) => {
    const start = { name: "agent-1", taskId: "T-1", branch: "wvo/T-1", target: "main" } as const;
    await yard.worktrees.prepare({ ...start, startFrom: "target", commit: null, left: null });
    expect(await yard.merges.retire(start)).toEqual({ keptFor: null });
    expect(yard.sh(yard.home, "git for-each-ref --format='%(refname)'")).toBe("refs/heads/main\n");
  });

  yardTest("keeps its branch while the user looks at it", async ({ expect, yard }) => {
    yard.sh(yard.home, "git worktree add -q -b wvo/T-1 ../mine");
    const mine = join(yard.root, "mine");
    const retired = yard.merges.retire({ taskId: "T-1", branch: "wvo/T-1", target: "main" });
    expect(await retired).toEqual({ keptFor: mine });
    expect(yard.sh(mine, "git status --porcelain --branch")).toBe("## wvo/T-1\n");
  });
});

describe.concurrent("a checkout for checks", () => {
  yardTest("holds one commit and nothing else", async ({ expect, yard }) => {
    const first = await yard.repository.tipOf("main");
    const second = onMain(yard, "echo new > new");
    const path = await yard.checkouts.checkoutCommit("gate", second);
    yard.sh(path, "mkdir ignored; echo x > ignored/x; echo y > y; git rm -q text; mkdir n");
    yard.sh(join(path, "n"), "git init -q; echo z > z; chmod 0 .");
    expect(await yard.checkouts.checkoutCommit("gate", first)).toBe(path);
    expect(readdirSync(path).toSorted()).toEqual([".git", ".gitignore", "src", "text"]);
    expect(yard.sh(path, "git rev-parse HEAD; git status --porcelain --ignored")).toBe(
      `${first}\n`,
    );
    await yard.checkouts.dropCheckout("gate");
    await yard.checkouts.dropCheckout("gate");
    expect(existsSync(path)).toBe(false);
    expect(yard.sh(yard.home, "git worktree list")).not.toContain("gate");
  });

  yardTest("is mended when a check spoilt it", async ({ expect, yard }) => {
    const commit = await yard.repository.tipOf("main");
    const path = await yard.checkouts.checkoutCommit("gate", commit);
    yard.sh(path, "rm .git; git init -q; git add --all; git commit -qm own");
    await yard.checkouts.checkoutCommit("gate", commit);
    expect(yard.sh(path, "git rev-parse HEAD; git status --porcelain")).toBe(`${commit}\n`);
    yard.sh(yard.root, `rm -rf ${path}`);
    await yard.checkouts.checkoutCommit("gate", commit);
    expect(readdirSync(path)).toContain("text");
  });
});
