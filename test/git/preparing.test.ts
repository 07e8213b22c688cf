/** Making a worktree ready: where a run starts, and that nothing which was there before is lost. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe } from "vitest";
import { pause } from "../../src/clock.ts";
import { openRepository } from "../../src/git/repository.ts";
import { openWorktrees } from "../../src/git/worktree.ts";
import { read, yardTest } from "./yard.ts";
import type { Yard } from "./yard.ts";

const SEAT = { name: "agent-1", taskId: "T-1", branch: "wvo/T-1" } as const;
const START = { ...SEAT, startFrom: "target", target: "main", commit: null, left: null } as const;
const END = { ...SEAT, keep: true, message: "T-1: work" } as const;

/** The task hands in a commit; then the target moves on. */
async function handedIn(yard: Yard, work: string, meanwhile: string) {
  const { path } = await yard.worktrees.prepare(START);
  yard.sh(path, work);
  const { commit } = await yard.worktrees.collect(END);
  if (commit === null) throw new Error("nothing was handed in");
  yard.sh(yard.home, `${meanwhile}; git add --all; git commit -qm meanwhile`);
  return { path, commit, tip: await yard.repository.tipOf("main") };
}

describe.concurrent("where a run starts", () => {
  yardTest("from the target: its tip, on the task's branch", async ({ expect, yard }) => {
    const tip = await yard.repository.tipOf("main");
    const prepared = await yard.worktrees.prepare(START);
    expect(prepared).toEqual({ path: yard.worktrees.pathOf("agent-1"), base: tip, conflicts: [] });
    expect(yard.sh(prepared.path, "git symbolic-ref HEAD; git rev-parse HEAD; cat text")).toBe(
      `refs/heads/wvo/T-1\n${tip}\none\ntwo\nthree\nfour\nfive\n`,
    );
    expect(await yard.worktrees.prepare(START)).toEqual(prepared);
    expect(yard.rescued()).toEqual([]);
  });

  yardTest(
    "from the target again: the earlier work is saved first, once",
    async ({ expect, yard }) => {
      const { tip } = await handedIn(yard, "echo new > new", "echo other > other");
      expect(await yard.worktrees.prepare(START)).toMatchObject({ base: tip });
      await yard.worktrees.prepare(START);
      expect(yard.rescued()).toEqual(["refs/wvo/rescue/T-1/1"]);
      expect(yard.lost(["new\n"])).toEqual([]);
    },
  );

  yardTest("from the branch: the commit that was handed in", async ({ expect, yard }) => {
    const { path, commit } = await handedIn(yard, "echo new > new", "echo other > other");
    yard.sh(yard.home, "git branch -f wvo/T-1 main");
    const prepared = await yard.worktrees.prepare({ ...START, startFrom: "branch", commit });
    expect(prepared.base).toBe(commit);
    expect(read(path, "new")).toBe("new\n");
    expect(existsSync(join(path, "other"))).toBe(false);
    const work = await yard.worktrees.collect(END);
    expect(work, "no change means nothing was done").toMatchObject({ changed: false });
  });

  yardTest("from a branch that is not there: a fault", async ({ expect, yard }) => {
    const prepared = yard.worktrees.prepare({ ...START, startFrom: "branch" });
    await expect(prepared).rejects.toMatchObject({ code: "git.noCommit" });
    await expect(yard.worktrees.prepare({ ...START, target: "nope" })).rejects.toThrow(
      "no branch nope; there are main",
    );
  });

  yardTest("from an overlay: the earlier change as ordinary ones", async ({ expect, yard }) => {
    const work = "echo new > new; sed -i s/one/ONE/ text; git rm -q src/file";
    const { path, commit, tip } = await handedIn(yard, work, "sed -i s/five/FIVE/ text");
    const prepared = await yard.worktrees.prepare({ ...START, startFrom: "overlay", commit });
    expect(prepared).toMatchObject({ base: tip, conflicts: [] });
    expect(yard.sh(path, "git status --porcelain")).toBe(" D src/file\n M text\n?? new\n");
    expect(read(path, "text")).toBe("ONE\ntwo\nthree\nfour\nFIVE\n");
    const again = await yard.worktrees.collect(END);
    expect(again, "laid over without conflicts it may be right as it is").toMatchObject({
      changed: true,
      findings: [],
    });
  });

  yardTest(
    "from an overlay in conflict: markers in files, and no merge",
    async ({ expect, yard }) => {
      const work = "sed -i s/two/agent/ text; echo agent > src/file; echo agent > both";
      const rest = "sed -i s/two/user/ text; git rm -q src/file; echo user > both";
      const { path, commit, tip } = await handedIn(yard, work, rest);
      const prepared = await yard.worktrees.prepare({ ...START, startFrom: "overlay", commit });
      expect(prepared).toMatchObject({ base: tip, conflicts: ["both", "src/file", "text"] });
      expect(yard.sh(path, "git status --porcelain")).toBe(" M both\n M text\n?? src/\n");
      expect(yard.sh(path, "git ls-files --unmerged")).toBe("");
      expect(read(path, "text")).toContain("<<<<<<< HEAD\nuser\n=======\nagent\n>>>>>>> ");
      const left = await yard.worktrees.collect(END);
      expect(left).toMatchObject({ commit: null, changed: false });
      expect(left.findings.map(({ text }) => text)).toEqual([
        "conflict markers left in both",
        "conflict markers left in text",
      ]);
    },
  );

  yardTest("from an overlay of a history of its own", async ({ expect, yard }) => {
    const { path } = await yard.worktrees.prepare(START);
    yard.sh(
      path,
      `git checkout -q --orphan lone; echo lone > text; git add --all; git commit -qm lone
       git branch -qf wvo/T-1; git checkout -q wvo/T-1; git branch -qD lone`,
    );
    const { commit } = await yard.worktrees.collect(END);
    const rebased = await yard.merges.rebase({
      taskId: "T-1",
      commit: commit ?? "",
      target: "main",
      message: { subject: "T-1: The task", trailers: "Wvo-Task: T-1\n" },
    });
    expect(rebased.kind).toBe("conflict");
    const prepared = await yard.worktrees.prepare({ ...START, startFrom: "overlay", commit });
    expect(prepared.conflicts).toEqual(["text"]);
  });

  yardTest("from an overlay whose conflicts the agent solves", async ({ expect, yard }) => {
    const { path, commit } = await handedIn(yard, "echo agent > text", "echo user > text");
    await yard.worktrees.prepare({ ...START, startFrom: "overlay", commit });
    yard.sh(path, "echo both > text");
    expect(await yard.worktrees.collect(END)).toMatchObject({ changed: true, findings: [] });
    expect(yard.sh(yard.home, "git show wvo/T-1:text")).toBe("both\n");
  });
});

describe.concurrent("what was left in a worktree", () => {
  yardTest("is saved and cleaned away, but for what git ignores", async ({ expect, yard }) => {
    const { path } = await yard.worktrees.prepare(START);
    yard.sh(
      path,
      `echo staged > staged; git add staged; echo loose > loose; mkdir ignored empty
       echo keep > ignored/keep; echo twice > twice; git add twice; echo changed > twice`,
    );
    await yard.worktrees.prepare({ ...START, taskId: "T-2", branch: "wvo/T-2" });
    expect(yard.rescued()).toEqual(["refs/wvo/rescue/agent-1/1"]);
    expect(yard.lost(["staged\n", "loose\n", "twice\n", "changed\n"])).toEqual([]);
    expect(readdirSync(path).toSorted()).toEqual([".git", ".gitignore", "ignored", "src", "text"]);
    expect(read(path, "ignored", "keep")).toBe("keep\n");
  });

  yardTest("is saved also where git forgot the worktree", async ({ expect, yard }) => {
    const { path } = await yard.worktrees.prepare(START);
    yard.sh(path, "echo loose > loose; rm -rf $(git rev-parse --git-dir)");
    expect(await yard.worktrees.prepare(START)).toMatchObject({ path });
    expect(yard.lost(["loose\n"])).toEqual([]);
    expect(yard.sh(path, "git status --porcelain")).toBe("");
    expect(readdirSync(join(path, ".."))).toEqual(["agent-1"]);
  });

  yardTest("is saved also where the repository was cloned anew", async ({ expect, yard }) => {
    const { path } = await yard.worktrees.prepare(START);
    yard.sh(path, "echo loose > loose");
    yard.sh(yard.root, "git clone -q home clone; rm -rf home; mv clone home");
    const repository = await openRepository(yard.home);
    await openWorktrees(repository, join(yard.root, "agents")).prepare(START);
    expect(yard.lost(["loose\n"])).toEqual([]);
  });

  yardTest("is a half-made worktree after a crash", async ({ expect, yard }) => {
    const path = yard.worktrees.pathOf("agent-1");
    yard.sh(yard.home, `git worktree add -q --detach --no-checkout ${path}`);
    await yard.worktrees.prepare(START);
    expect(yard.sh(path, "git status --porcelain; git symbolic-ref HEAD")).toBe(
      "refs/heads/wvo/T-1\n",
    );
    yard.sh(yard.home, `git worktree add -q --detach --no-checkout ${path}.draft`);
    rmSync(join(yard.home, ".git", "worktrees", "agent-1"), { recursive: true });
    await yard.worktrees.prepare(START);
    expect(yard.sh(path, "git status --porcelain")).toBe("");
  });

  yardTest("is the stash of a rebase that was not ended", async ({ expect, yard }) => {
    const { path } = await yard.worktrees.prepare(START);
    yard.sh(
      path,
      `git checkout -q -b side; echo theirs > text; git commit -qam theirs; git checkout -q wvo/T-1
       echo ours > text; git commit -qam ours; echo stashed > src/file
       git rebase -q --autostash side || true`,
    );
    await yard.worktrees.prepare(START);
    expect(yard.lost(["ours\n", "theirs\n", "stashed\n"])).toEqual([]);
    expect(yard.sh(path, "git status")).not.toContain("rebase");
  });
});

describe.concurrent("a branch and a folder that others use", () => {
  yardTest("another agent's worktree lets go of the branch", async ({ expect, yard }) => {
    const { path } = await yard.worktrees.prepare(START);
    yard.sh(path, "echo loose > loose");
    const second = await yard.worktrees.prepare({ ...START, name: "agent-2" });
    expect(yard.sh(second.path, "git symbolic-ref HEAD")).toBe("refs/heads/wvo/T-1\n");
    expect(read(path, "loose")).toBe("loose\n");
  });

  yardTest("a user's worktree keeps the branch", async ({ expect, yard }) => {
    yard.sh(yard.home, "git worktree add -q -b wvo/T-1 ../mine");
    await expect(yard.worktrees.prepare(START)).rejects.toMatchObject({ code: "git.branchTaken" });
    expect(yard.sh(join(yard.root, "mine"), "git symbolic-ref HEAD")).toBe("refs/heads/wvo/T-1\n");
  });

  yardTest("a user's worktree of the same name is another one", async ({ expect, yard }) => {
    yard.sh(yard.home, "git worktree add -q -b mine ../agent-1; echo mine > ../agent-1/mine");
    const { path } = await yard.worktrees.prepare(START);
    yard.sh(path, "echo new > new");
    expect(await yard.worktrees.collect(END)).toMatchObject({ changed: true });
    expect(yard.sh(join(yard.root, "agent-1"), "git status --porcelain")).toBe("?? mine\n");
  });

  yardTest("a lock whose owner lives is waited for", async ({ expect, yard, onTestFinished }) => {
    const { path } = await yard.worktrees.prepare(START);
    const lock = yard.sh(path, "git rev-parse --git-path index.lock").trim();
    const owner = spawn("bash", ["-c", `exec 9> ${lock}; echo held; exec sleep 300`]);
    onTestFinished(() => void owner.kill("SIGKILL"));
    await once(owner.stdout, "data");
    const prepared = yard.worktrees.prepare(START);
    await pause(400);
    expect(existsSync(lock)).toBe(true);
    owner.kill("SIGKILL");
    expect(await prepared).toMatchObject({ path });
  });

  yardTest(
    "names that lead elsewhere, or to folders of our own, are refused",
    async ({ expect, yard }) => {
      const ours = ["refinery", "Refinery", "checks", "CHECKS", "x.lock", "x.Kept", "x.draft"];
      for (const name of ["../out", "a/b", "", ".hidden", "a b", ...ours])
        expect(() => yard.worktrees.pathOf(name)).toThrow("the name of a worktree");
    },
  );
});

describe.concurrent("a worktree is removed", () => {
  yardTest("when all that it holds is kept elsewhere", async ({ expect, yard }) => {
    const { path } = await yard.worktrees.prepare(START);
    yard.sh(path, "echo new > new");
    await expect(yard.worktrees.remove("agent-1")).rejects.toThrow("uncommitted changes: ?? new");
    await yard.worktrees.collect(END);
    await yard.worktrees.remove("agent-1");
    await yard.worktrees.remove("agent-1");
    expect(existsSync(path)).toBe(false);
    expect(yard.sh(yard.home, "git worktree list")).not.toContain("agent-1");
  });

  yardTest("but not with commits that no branch holds", async ({ expect, yard }) => {
    const { path } = await yard.worktrees.prepare(START);
    yard.sh(path, "git checkout -q --detach; echo a > a; git add a; git commit -qm aside");
    await expect(yard.worktrees.remove("agent-1")).rejects.toThrow("which is on no branch");
    yard.sh(path, "git checkout -q wvo/T-1");
    await expect(yard.worktrees.remove("agent-1")).rejects.toThrow("which is on no branch");
    renameSync(path, `${path}-gone`);
    await expect(yard.worktrees.remove("agent-1")).rejects.toThrow("which is on no branch");
    await yard.worktrees.prepare(START);
    await yard.worktrees.remove("agent-1");
    expect(yard.lost(["a\n"])).toEqual([]);
  });

  yardTest(
    "and not with files that git does not know, or histories set aside",
    async ({ expect, yard }) => {
      const { path } = await yard.worktrees.prepare(START);
      yard.sh(path, "mkdir nested; cd nested; git init -q; echo new > new");
      await yard.worktrees.collect(END);
      await expect(yard.worktrees.remove("agent-1")).rejects.toThrow(
        "repositories that agents made",
      );
      rmSync(`${path}.kept`, { recursive: true });
      yard.sh(path, "rm -rf $(git rev-parse --git-dir)");
      await expect(yard.worktrees.remove("agent-1")).rejects.toThrow("git does not know");
    },
  );
});

describe.concurrent("a root that two repositories use", () => {
  yardTest(
    "the second one is refused, and nothing of the first is taken",
    async ({ expect, yard }) => {
      const { path } = await yard.worktrees.prepare(START);
      yard.sh(path, "echo WORK > work");
      const other = join(yard.root, "other");
      yard.sh(yard.root, `cp -r ${yard.home} other; rm -rf other/.git/worktrees`);
      const theirs = openWorktrees(await openRepository(other), dirname(path));
      await expect(theirs.prepare(START)).rejects.toMatchObject({ code: "git.foreignWorktree" });
      expect(yard.sh(path, "cat work; git status --porcelain")).toBe("WORK\n?? work\n");
    },
  );
});
