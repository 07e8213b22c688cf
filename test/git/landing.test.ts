/** Moving the target: where nobody has it checked out, and where a user's files move with it. */
import { join } from "node:path";
import { describe } from "vitest";
import { openMerges } from "../../src/git/merge.ts";
import { openRepository } from "../../src/git/repository.ts";
import { openWorktrees } from "../../src/git/worktree.ts";
import { read, yardTest } from "./yard.ts";
import type { Yard } from "./yard.ts";

/** A commit that stands on the target's tip, as it comes from the gate. */
async function ready(yard: Yard, change = "echo agent > agent; sed -i s/two/TWO/ text") {
  const onto = await yard.repository.tipOf("main");
  yard.sh(
    yard.home,
    `git worktree add -q --detach ../work main; cd ../work; ${change}; git add --all --force
     git commit -qm work; git update-ref refs/wvo/merging/T-1 HEAD
     cd ../home; git worktree remove --force ../work`,
  );
  const commit = yard.sh(yard.home, "git rev-parse refs/wvo/merging/T-1").trim();
  return { target: "main", commit, onto };
}

/** Everything that can be seen of the user's files. */
const FILES = "git status --porcelain --ignored; grep -r --exclude-dir=.git . .";
const LANDED = { kind: "landed" } as const;
const held = (reason: string) => ({ kind: "held", reason });
const branch = (yard: Yard): string => yard.sh(yard.home, "git branch --show-current").trim();

describe.concurrent("a target that nobody has checked out", () => {
  yardTest("is moved, and seen to be moved already", async ({ expect, yard }) => {
    const request = await ready(yard);
    yard.sh(yard.home, "git checkout -q -b elsewhere; echo dirt > text");
    expect(await yard.merges.land(request)).toEqual(LANDED);
    expect(await yard.repository.tipOf("main")).toBe(request.commit);
    expect(await yard.merges.land(request)).toEqual(LANDED);
    expect(yard.sh(yard.home, "git status --porcelain")).toBe(" M text\n");
  });

  yardTest("is not moved where it has moved", async ({ expect, yard }) => {
    const request = await ready(yard);
    yard.sh(yard.home, "git commit -q --allow-empty -m user; git checkout -q --detach");
    expect(await yard.merges.land(request)).toEqual({ kind: "moved" });
  });

  yardTest("counts as landed where it has moved on from there", async ({ expect, yard }) => {
    const request = await ready(yard);
    yard.sh(yard.home, `git merge -q --ff-only ${request.commit}`);
    yard.sh(yard.home, "git commit -q --allow-empty -m user");
    expect(await yard.merges.land(request)).toEqual(LANDED);
  });

  yardTest("is never moved but forward", async ({ expect, yard }) => {
    const { onto, ...request } = await ready(yard);
    yard.sh(yard.home, "git commit -q --allow-empty -m user");
    const tip = await yard.repository.tipOf("main");
    const landed = yard.merges.land({ ...request, onto: tip });
    await expect(landed).rejects.toMatchObject({ code: "git.notForward" });
    expect(await yard.repository.tipOf("main")).not.toBe(onto);
  });

  yardTest("waits for a lock that somebody holds", async ({ expect, yard }) => {
    const request = await ready(yard);
    yard.sh(yard.home, "git checkout -q --detach; touch .git/refs/heads/main.lock");
    expect(await yard.merges.land(request)).toMatchObject({ kind: "held" });
    yard.sh(yard.home, "rm .git/refs/heads/main.lock");
    expect(await yard.merges.land(request)).toEqual(LANDED);
  });
});

describe.concurrent("a target that the user has checked out", () => {
  yardTest("moves with the user's files where these are clean", async ({ expect, yard }) => {
    const request = await ready(yard);
    yard.sh(yard.home, "echo untracked > untracked; mkdir -p ignored; echo i > ignored/i");
    expect(await yard.merges.land(request)).toEqual(LANDED);
    expect(yard.sh(yard.home, "git rev-parse HEAD; git status --porcelain")).toBe(
      `${request.commit}\n?? untracked\n`,
    );
    expect(read(yard.home, "agent")).toBe("agent\n");
    expect(branch(yard)).toBe("main");
  });

  yardTest("is not moved where the user committed meanwhile", async ({ expect, yard }) => {
    const request = await ready(yard);
    yard.sh(yard.home, "git commit -q --allow-empty -m user; echo dirt > text");
    expect(await yard.merges.land(request)).toEqual({ kind: "moved" });
  });

  yardTest("moves in a repository that is a submodule", async ({ expect, yard }) => {
    yard.sh(
      yard.root,
      `git init -q super; cd super
       git -c protocol.file.allow=always submodule --quiet add -b main ../home sub`,
    );
    const home = join(yard.root, "super", "sub");
    const repository = await openRepository(home);
    const onto = await repository.tipOf("main");
    const worktrees = openWorktrees(repository, join(yard.root, "sub-agents"));
    const seat = { name: "a", taskId: "T-1", branch: "wvo/T-1" };
    const start = {
      ...seat,
      target: "main",
      startFrom: "target",
      commit: null,
      left: null,
    } as const;
    const { path } = await worktrees.prepare(start);
    yard.sh(path, "echo agent > agent");
    const { commit } = await worktrees.collect({ ...seat, keep: true, message: "work" });
    const merges = openMerges(repository, join(yard.root, "sub-agents"));
    expect(await merges.land({ target: "main", commit: commit ?? "", onto })).toEqual(LANDED);
    expect(yard.sh(home, "git status --porcelain --branch; cat agent")).toContain("\nagent\n");
  });

  /** What the user did, and why the merge is held; the files must be as they were. */
  const HOLDS: Readonly<Record<string, readonly [user: string, why: string, change?: string]>> = {
    "a changed file": ["echo user > text", "where text changed"],
    "a changed file that the merge does not touch": ["rm src/file", "where src/file changed"],
    "a staged file": ["echo user > staged; git add staged", "where staged changed"],
    "many changes": [
      "for i in 1 2 3 4 5 6 7; do echo $i > f$i; done; git add .",
      "where f1, f2, f3, f4, f5 and 2 more changed",
    ],
    "an untracked file in the way": ["echo user > agent", "where agent would be overwritten"],
    "an ignored file in the way": [
      "echo mine > key.secret",
      "where key.secret would be overwritten",
      "echo theirs > key.secret",
    ],
    "an untracked file where a folder is to be": [
      "echo user > dir",
      "where dir would be overwritten",
      "mkdir dir; echo agent > dir/agent",
    ],
    "an untracked folder where a file is to be": [
      "mkdir agent; echo user > agent/user",
      "where agent/user would be overwritten",
    ],
  };

  for (const [title, [user, why, change]] of Object.entries(HOLDS))
    yardTest(`is held by ${title}`, async ({ expect, yard }) => {
      const request = await ready(yard, change);
      yard.sh(yard.home, user);
      const before = yard.sh(yard.home, FILES);
      const reason = `main is checked out in ${yard.home}, ${why}`;
      expect(await yard.merges.land(request)).toEqual(held(reason));
      expect(await yard.repository.tipOf("main")).toBe(request.onto);
      expect(yard.sh(yard.home, FILES)).toBe(before);
    });

  yardTest("is not held by what looks in the way and is not", async ({ expect, yard }) => {
    yard.sh(yard.home, "mkdir was; echo f > was/file; git add was; git commit -qm dir");
    const request = await ready(yard, "rm -r was; echo file > was; mkdir empty; echo e > empty/e");
    yard.sh(yard.home, "mkdir empty; echo other > empty/other");
    expect(await yard.merges.land(request)).toEqual(LANDED);
    expect(read(yard.home, "was")).toBe("file\n");
    expect(read(yard.home, "empty", "other")).toBe("other\n");
  });

  yardTest("is held by operations that are not ended", async ({ expect, yard }) => {
    yard.sh(
      yard.home,
      `git checkout -q -b side; echo side > text; git commit -qam side; git checkout -q main
       echo main > text; git commit -qam main`,
    );
    const request = await ready(yard);
    const during = async (begin: string, end: string, operation: string) => {
      yard.sh(yard.home, `${begin} > /dev/null || true`);
      const reason = `a ${operation} on main is unfinished in ${yard.home}`;
      expect(await yard.merges.land(request)).toEqual(held(reason));
      yard.sh(yard.home, end);
    };
    await during("git merge -q side", "git merge --abort", "merge");
    await during("git cherry-pick side", "git cherry-pick --abort", "cherry-pick");
    await during("git rebase -q side", "git rebase --abort", "rebase");
    await during("git rebase -q --apply side", "git rebase --abort", "rebase");
    await during(
      "git bisect start; git bisect bad; git bisect good HEAD~1",
      "git bisect reset 2> /dev/null",
      "bisect",
    );
    // A rebase of another branch, which will take this one along.
    await during(
      "git checkout -q -b late; git commit -q --allow-empty -m late; git rebase -q --update-refs side",
      "git rebase --abort; git checkout -q main",
      "rebase",
    );
    expect(await yard.merges.land(request)).toEqual(LANDED);
  });

  yardTest("moves in the worktree that has it", async ({ expect, yard }) => {
    const request = await ready(yard);
    yard.sh(yard.home, "git checkout -q -b mine; git worktree add -q ../other main");
    const other = join(yard.root, "other");
    yard.sh(other, "echo user > text");
    const reason = `main is checked out in ${other}, where text changed`;
    expect(await yard.merges.land(request)).toEqual(held(reason));
    yard.sh(other, "git checkout -q text");
    expect(await yard.merges.land(request)).toEqual(LANDED);
    expect(yard.sh(other, "git status --porcelain --branch; cat agent")).toBe("## main\nagent\n");
    expect(branch(yard)).toBe("mine");
  });

  yardTest("is held where that worktree is gone, or there are two", async ({ expect, yard }) => {
    const request = await ready(yard);
    yard.sh(yard.home, "git worktree add -q --force ../other main");
    const other = join(yard.root, "other");
    const reason = `main is checked out more than once: ${yard.home}, ${other}`;
    expect(await yard.merges.land(request)).toEqual(held(reason));
    yard.sh(yard.home, "git checkout -q -b mine; rm -rf ../other");
    expect(await yard.merges.land(request)).toMatchObject({
      kind: "held",
      reason: expect.stringContaining("which is gone: git worktree prune") as string,
    });
    yard.sh(yard.home, "git worktree prune");
    expect(await yard.merges.land(request)).toEqual(LANDED);
  });

  yardTest("is held while another git works there", async ({ expect, yard }) => {
    const request = await ready(yard);
    yard.sh(yard.home, "touch .git/index.lock");
    expect(await yard.merges.land(request)).toMatchObject({
      kind: "held",
      reason: expect.stringContaining("index.lock") as string,
    });
    expect(yard.sh(yard.home, "ls .git/index.lock; git rev-parse main")).toBe(
      `.git/index.lock\n${request.onto}\n`,
    );
  });

  yardTest("runs none of the user's hooks", async ({ expect, yard }) => {
    const request = await ready(yard);
    yard.sh(
      yard.home,
      `mkdir -p .git/hooks; for h in post-merge post-checkout reference-transaction pre-rebase; do
       printf '#!/bin/sh\\necho ran >> hooked\\n' > .git/hooks/$h; chmod +x .git/hooks/$h; done`,
    );
    expect(await yard.merges.land(request)).toEqual(LANDED);
    expect(read(yard.home, "hooked")).toBe(null);
  });
});
