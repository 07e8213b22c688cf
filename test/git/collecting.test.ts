/** What agents do to their worktrees, and what is collected in spite of it. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { yardTest } from "./yard.ts";
import type { Yard } from "./yard.ts";

const programs = fileURLToPath(new URL("../fixtures/programs/", import.meta.url));
const SEAT = { name: "agent-1", taskId: "T-1", branch: "wvo/T-1" } as const;
const START = { ...SEAT, startFrom: "target", target: "main", commit: null, left: null } as const;
const END = { ...SEAT, keep: true, message: "T-1: work" } as const;

/** What an agent does, what is said of it, and the contents that must be kept. */
interface Behaviour {
  readonly script: string;
  readonly changed: boolean;
  readonly findings?: readonly RegExp[];
  readonly kept?: readonly string[];
  /** Tried also in a run that does not count; the storm tries them all. */
  readonly isDiscardedToo?: boolean;
}

const LEFT = [/^left its branch wvo\/T-1; what it did there is saved as refs\/wvo\/rescue\/T-1\/1/];

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "changes files": {
    script: "echo new > new; echo more >> text; rm src/file",
    changed: true,
    kept: ["new\n"],
  },
  "commits by itself": {
    script: "echo new > new; git add new; git commit -qm own",
    changed: true,
    kept: ["new\n"],
  },
  "commits a part": {
    script: "echo new > new; git add new; git commit -qm own; echo rest > rest",
    isDiscardedToo: true,
    changed: true,
    kept: ["new\n", "rest\n"],
  },
  "does nothing": { script: "true", changed: false },
  "takes its changes back": {
    script: "echo new > new; git add new; git commit -qm own; git rm -q new; git commit -qm back",
    changed: false,
  },
  "makes an empty commit": { script: "git commit -q --allow-empty -m empty", changed: false },
  "amends and resets": {
    script: `echo first > new; git add new; git commit -qm own
      echo second > new; git commit -qa --amend -m own; git reset -q --hard HEAD~1`,
    isDiscardedToo: true,
    changed: false,
    kept: ["first\n", "second\n"],
  },
  "commits on another branch": {
    script: "git checkout -q -b other; echo new > new; git add new; git commit -qm own",
    isDiscardedToo: true,
    changed: false,
    findings: [/^left its branch wvo\/T-1$/],
    kept: ["new\n"],
  },
  "leaves changes on another branch": {
    script: "git checkout -q -b other; echo new > new; echo staged > staged; git add staged",
    changed: false,
    findings: LEFT,
    kept: ["new\n", "staged\n"],
  },
  "commits on a detached HEAD": {
    script: `git checkout -q --detach; echo new > new; git add new; git commit -qm own
      echo loose > loose`,
    isDiscardedToo: true,
    changed: false,
    findings: LEFT,
    kept: ["new\n", "loose\n"],
  },
  "commits aside and comes back": {
    script: `git checkout -q --detach; echo aside > new; git add new; git commit -qm aside
      git checkout -q wvo/T-1; echo good > good`,
    changed: true,
    kept: ["aside\n", "good\n"],
  },
  "deletes its branch": {
    script: `echo new > new; git add new; git commit -qm own
      git update-ref -d refs/heads/wvo/T-1; echo loose > loose`,
    isDiscardedToo: true,
    changed: false,
    findings: LEFT,
    kept: ["new\n", "loose\n"],
  },
  "renames its branch": {
    script: "echo new > new; git add new; git commit -qm own; git branch -m mine",
    changed: false,
    findings: [/^left its branch/],
    kept: ["new\n"],
  },
  "deletes the .git file": {
    script: "echo new > new; rm .git",
    changed: true,
    findings: [/^deleted the \.git file$/],
    kept: ["new\n"],
  },
  "changes the .git file": {
    script: "echo new > new; echo 'gitdir: /tmp' > .git",
    changed: true,
    findings: [/^changed the \.git file$/],
    kept: ["new\n"],
  },
  "makes a repository of its worktree": {
    script: "echo new > new; rm .git; git init -q; git add --all; git commit -qm own",
    changed: true,
    findings: [/^made a repository of its worktree, whose history is kept in .*agent-1\.kept/],
    kept: ["new\n"],
  },
  "deletes its worktree after a commit": {
    script: 'echo new > new; git add new; git commit -qm own; cd ..; rm -rf "$OLDPWD"',
    changed: true,
    findings: [/^deleted its worktree/],
    kept: ["new\n"],
  },
  "deletes its worktree with what it had staged": {
    script: 'echo new > new; git add new; cd ..; rm -rf "$OLDPWD"; git -C ../home worktree prune',
    isDiscardedToo: true,
    changed: true,
    findings: [/^deleted its worktree/],
    kept: ["new\n"],
  },
  "puts a link to the user's files in place of its worktree": {
    script: 'cd ..; rm -rf "$OLDPWD"; ln -s ../home agent-1',
    isDiscardedToo: true,
    changed: false,
    findings: [/^deleted its worktree/],
  },
  "leaves a repository": {
    script: `mkdir -p a/nested; cd a/nested; git init -q; echo new > new
      git add new; git commit -qm own`,
    changed: true,
    findings: [/^left a git repository in a\/nested: .* kept in .*agent-1\.kept\/repository-\w+$/],
    kept: ["new\n"],
  },
  "leaves a repository without a commit": {
    script: "mkdir nested; cd nested; git init -q; echo new > new",
    changed: true,
    findings: [/^left a git repository in nested/],
    kept: ["new\n"],
  },
  "leaves repositories in a repository": {
    script: `mkdir -p out/in; cd out/in; git init -q; echo deep > deep
      git add deep; git commit -qm in; cd ..; git init -q; echo new > new; git add new in
      git commit -qm out`,
    isDiscardedToo: true,
    changed: true,
    findings: [/^left a git repository in out:/, /^left a git repository in out\/in:/],
    kept: ["new\n", "deep\n"],
  },
  "commits a repository as a pointer": {
    script: `mkdir nested; cd nested; git init -q; echo new > new; git add new; git commit -qm own
      cd ..; git add nested 2> /dev/null; git commit -qm pointer; rm -rf nested/.git`,
    changed: true,
    findings: [/^left a git repository in nested/],
    kept: ["new\n"],
  },
  "makes a repository around tracked files": {
    script: "cd src; git init -q; echo new > new",
    changed: true,
    kept: ["new\n"],
  },
  "adds a real submodule": {
    script: `git -c protocol.file.allow=always submodule --quiet add ../../home sub`,
    changed: true,
  },
  "leaves locks": {
    script: `echo new > new; d=$(git rev-parse --git-dir); touch $d/index.lock $d/HEAD.lock
      touch ../../home/.git/refs/heads/wvo/T-1.lock; git worktree unlock .`,
    changed: true,
    kept: ["new\n"],
  },
  "spoils the index": {
    script: `echo new > new; echo spoilt > $(git rev-parse --git-dir)/index`,
    changed: true,
    kept: ["new\n"],
  },
  "leaves a merge with conflicts": {
    script: `git checkout -q -b side; echo theirs > text; git commit -qam theirs
      git checkout -q wvo/T-1; echo ours > text; git commit -qam ours; git merge -q side || true`,
    isDiscardedToo: true,
    changed: false,
    findings: [/^left a merge unfinished$/, /^conflict markers left in text$/],
    kept: ["ours\n", "theirs\n"],
  },
  "leaves a merge that it has solved": {
    script: `git checkout -q -b side; echo theirs > text; git commit -qam theirs
      git checkout -q wvo/T-1; echo ours > text; git commit -qam ours; git merge -q side || true
      echo solved > text`,
    changed: true,
    findings: [/^left a merge unfinished$/],
    kept: ["solved\n"],
  },
  "leaves a rebase half-way": {
    script: `git checkout -q -b side; echo theirs > text; git commit -qam theirs
      git checkout -q wvo/T-1; echo ours > text; git commit -qam ours; echo own > own
      git add own; git commit -qm own; git rebase -q side || true; echo half > half`,
    isDiscardedToo: true,
    changed: false,
    findings: [/^left a rebase unfinished$/, /^left its branch/],
    kept: ["ours\n", "own\n", "half\n"],
  },
  "uses odd names": {
    script: `echo space > 'a b'; echo line > $'a\\nb'; echo dash > --all; echo star > '*'
      echo latin > $'\\xe9'; echo unicode > ü; ln -s /etc/passwd outside; ln -s nowhere dangling
      mkdir $'\\xe8'; cd $'\\xe8'; git init -q; echo nested > nested`,
    changed: true,
    findings: [/^left a git repository in/],
    kept: ["space\n", "line\n", "dash\n", "star\n", "latin\n", "unicode\n", "nested\n"],
  },
  "closes files to everybody": {
    script: `mkdir -p closed/deep; echo new > closed/deep/new; echo file > file
      chmod 0 file closed/deep/new closed/deep closed`,
    changed: true,
    kept: ["new\n", "file\n"],
  },
};

const STATE = "git status --porcelain; git symbolic-ref HEAD";

describe.concurrent("what is collected from an agent that", () => {
  for (const [title, { script, changed, findings = [], kept = [] }] of Object.entries(BEHAVIOURS))
    yardTest(title, async ({ expect, yard }) => {
      const { path, base } = await yard.worktrees.prepare(START);
      yard.sh(path, script);
      const work = await yard.worktrees.collect(END);
      expect(work.findings.map(({ text }) => text)).toEqual(
        findings.map((finding) => expect.stringMatching(finding) as string),
      );
      expect(work.changed).toBe(changed);
      const tip = await yard.repository.tipOf(SEAT.branch);
      expect(work.commit).toBe(changed ? tip : null);
      if (changed) expect(tip).not.toBe(base);
      expect(await yard.worktrees.collect(END), "asked again").toEqual(work);
      expect(yard.lost(kept)).toEqual([]);
      expect(yard.sh(yard.home, STATE), "the user notices nothing").toBe("refs/heads/main\n");
    });
});

describe.concurrent("what is saved of a run that does not count, by an agent that", () => {
  const some = Object.entries(BEHAVIOURS).filter(([, { isDiscardedToo }]) => isDiscardedToo);
  for (const [title, { script, kept = [] }] of some)
    yardTest(title, async ({ expect, yard }) => {
      const { path, base } = await yard.worktrees.prepare(START);
      yard.sh(path, script);
      const work = await yard.worktrees.collect({ ...END, keep: false });
      expect(work).toMatchObject({ commit: null, changed: false });
      expect(await yard.repository.tipOf(SEAT.branch)).toBe(base);
      expect(yard.lost(kept)).toEqual([]);
      await useForAnother(yard);
      expect(yard.lost(kept)).toEqual([]);
    });
});

/** The same worktree for the next task: clean, and nothing of the last one is saved twice. */
async function useForAnother(yard: Yard): Promise<void> {
  const count = yard.rescued().length;
  const { path } = await yard.worktrees.prepare({ ...START, taskId: "T-2", branch: "wvo/T-2" });
  expect(yard.rescued().length).toBe(count);
  expect(readdirSync(path).toSorted()).toEqual([".git", ".gitignore", "src", "text"]);
  expect(yard.sh(path, STATE)).toBe("refs/heads/wvo/T-2\n");
  expect(yard.sh(yard.home, STATE)).toBe("refs/heads/main\n");
}

describe.runIf(process.getuid?.() === 0)("an agent that is not root", () => {
  yardTest("closes its files to everybody", async ({ expect, yard }) => {
    const nobody = 65_534;
    const script = `mkdir -p new/deep; echo new > new/deep/file; echo new > new-file; mkdir new/empty
      chmod 0 new-file new/deep/file new/empty new/deep new`;
    execFileSync("chown", ["-R", `${nobody}:${nobody}`, yard.root]);
    const args = [join(programs, "collector.ts"), yard.home, join(yard.root, "agents"), script];
    const options = { cwd: yard.root, uid: nobody, gid: nobody, encoding: "utf8" } as const;
    const env = { PATH: process.env["PATH"], HOME: yard.root };
    const output = execFileSync(process.execPath, args, { ...options, env });
    expect(JSON.parse(output)).toMatchObject({ changed: true, findings: [] });
    execFileSync("chown", ["-R", "0:0", yard.root]);
    expect(yard.lost(["new\n", "later\n"])).toEqual([]);
  });
});
