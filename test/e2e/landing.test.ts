/**
 * Merging while a person works in the same repository: their files are never changed under their
 * feet, and what is held back says why and lands by itself.
 */
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eventually, startLive } from "../support/live-run.ts";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 5 * 60_000;
const roadmap = { version: 1, tasks: [{ id: "T1", title: "The only task" }] };
const node = process.execPath;

const makeYard = (config: object = {}): Workspace =>
  makeWorkspace({
    roadmap,
    agent: [node, agentPath("patient.mjs")],
    config,
    files: { "text.txt": "first\n", "other.txt": "first\n" },
  });

/** A yard whose agent does not wait. */
function makeQuickYard(): Workspace {
  const yard = makeYard();
  writeFileSync(join(yard.notes, "go"), "");
  return yard;
}

/** Every file of a worktree but the state of WeatherVane, byte for byte, and what git says of it. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names
    .filter((name) => !/^(\.git|state)(\/|$)/.test(name) && lstatSync(join(folder, name)).isFile())
    .map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
  const index = git("ls-files", "--stage");
  return {
    ...Object.fromEntries(files),
    index,
    head: git("rev-parse", "--symbolic-full-name", "HEAD"),
  };
}

interface Status {
  readonly merges: readonly { readonly status: string; readonly reason: string | null }[];
}

const held = (yard: Workspace): Promise<string> =>
  eventually(async () => {
    const ran = await yard.wvo("status", "--json");
    if (ran.code !== 0) return null; // no database yet
    const merge = (JSON.parse(ran.stdout) as Status).merges.find(({ status }) => status === "held");
    return merge?.reason ?? null;
  });

/** A command says it at last: between two looks at the tree the merge is `moving`. */
const tells = (yard: Workspace, args: readonly string[], words: RegExp): Promise<string> =>
  eventually(async () => {
    const { stdout } = await yard.wvo(...args);
    return words.test(stdout) ? stdout : null;
  });

/** At the end all is as after any run. */
async function proveMerged(yard: Workspace): Promise<void> {
  const tasks = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
  expect(tasks).toMatchObject([{ id: "T1", status: "done", attempts: 0 }]);
  proveMergedOnce(yard, tasks);
  await proveWhole(yard);
  await proveNoOrphans(yard);
  expect(yard.git("show", "main:work/T1")).toBe("T1");
}

describe("the target is checked out and the tree is not clean", () => {
  test(
    "the merge waits and says why everywhere, and lands by itself once the tree is clean",
    async () => {
      const yard = makeQuickYard();
      const before = yard.git("rev-parse", "main");
      writeFileSync(join(yard.repo, "text.txt"), "the person's\n");
      writeFileSync(join(yard.repo, "mine.txt"), "untracked\n");
      const files = filesOf(yard.repo);
      const run = startLive(yard, "run", "--until", "done");
      const reason = await held(yard);
      expect(reason).toBe(`main is checked out in ${yard.repo}, where text.txt changed`);
      await run.says(reason);
      await tells(yard, ["status"], /^T1 +held +main is checked out in .* text\.txt changed$/m);
      const why = await tells(yard, ["task", "why", "T1"], /its merge is held: main is/);
      expect(why).toMatch(/timer holdRecheck of merge-request:T1\.1 is due at 20/);
      expect(filesOf(yard.repo)).toEqual(files);
      expect(yard.git("rev-parse", "main")).toBe(before);

      yard.git("checkout", "--", "text.txt");
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(0);
      await proveMerged(yard);
      expect(yard.git("status", "--porcelain")).toBe("?? mine.txt");
      expect(yard.file("mine.txt")).toBe("untracked\n");
      expect(yard.file("work/T1")).toBe("T1\n");
    },
    TEST_LIMIT_MS,
  );

  test(
    "a run until idle does not wait for the person; the next run lands it",
    async () => {
      const yard = makeQuickYard();
      writeFileSync(join(yard.repo, "staged.txt"), "staged\n");
      yard.git("add", "staged.txt");
      const files = filesOf(yard.repo);
      const first = await yard.wvo("run", "--until", "idle", "--json");
      expect(first.code, first.stderr).toBe(0);
      expect(JSON.parse(first.stdout)).toMatchObject({
        standing: "waiting",
        tasks: { needs_review: 1 },
      });
      const why = (await yard.wvo("task", "why", "T1")).stdout;
      for (const text of ["where staged.txt changed", "wvo run is not running"])
        expect(why).toContain(text);
      expect(filesOf(yard.repo)).toEqual(files);
      yard.git("commit", "--quiet", "--message=the person's");
      const second = await yard.wvo("run", "--until", "done");
      expect(second.code, second.stderr).toBe(0);
      await proveMerged(yard);
      expect(yard.file("staged.txt")).toBe("staged\n");
      expect(yard.git("status", "--porcelain")).toBe("");
    },
    TEST_LIMIT_MS,
  );

  test(
    "an untracked file in the way is not overwritten",
    async () => {
      const yard = makeQuickYard();
      writeFileSync(join(yard.repo, "work"), "the person's\n");
      const files = filesOf(yard.repo);
      const ran = await yard.wvo("run", "--until", "idle");
      expect(ran.code, ran.stderr).toBe(0);
      expect(await held(yard)).toBe(
        `main is checked out in ${yard.repo}, where work would be overwritten`,
      );
      expect(filesOf(yard.repo)).toEqual(files);
    },
    TEST_LIMIT_MS,
  );
});

describe("the target is checked out in another worktree", () => {
  function makeOther(yard: Workspace): string {
    const other = join(yard.repo, "../other");
    yard.git("checkout", "--quiet", "-b", "mine");
    yard.git("worktree", "add", "--quiet", other, "main");
    return other;
  }

  test(
    "it is moved there with its files, and nothing else is",
    async () => {
      const yard = makeQuickYard();
      const other = makeOther(yard);
      writeFileSync(join(yard.repo, "text.txt"), "the person's\n");
      const files = filesOf(yard.repo);
      const ran = await yard.wvo("run", "--until", "done");
      expect(ran.code, ran.stderr).toBe(0);
      await proveMerged(yard);
      expect(filesOf(yard.repo)).toEqual(files);
      expect(filesOf(other)).toMatchObject({ "work/T1": "T1\n", head: "refs/heads/main\n" });
      expect(execFileSync("git", ["status", "--porcelain"], { cwd: other }).toString()).toBe("");
    },
    TEST_LIMIT_MS,
  );

  test(
    "it waits while that one is not clean",
    async () => {
      const yard = makeQuickYard();
      const other = makeOther(yard);
      writeFileSync(join(other, "text.txt"), "the person's\n");
      const [files, others] = [filesOf(yard.repo), filesOf(other)];
      const run = startLive(yard, "run", "--until", "done");
      expect(await held(yard)).toContain("other, where text.txt changed");
      expect(filesOf(other)).toEqual(others);
      execFileSync("git", ["stash", "--quiet"], { cwd: other });
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(0);
      await proveMerged(yard);
      expect(filesOf(yard.repo)).toEqual(files);
      const stash = execFileSync("git", ["stash", "show", "-p"], { cwd: other }).toString();
      expect(stash).toContain("+the person's");
    },
    TEST_LIMIT_MS,
  );
});

describe("the target is checked out nowhere", () => {
  test.each([
    ["a detached head", ["checkout", "--quiet", "--detach"]],
    ["another branch", ["checkout", "--quiet", "-b", "mine"]],
  ])(
    "with %s the branch is moved, and every file stays, changed ones too",
    async (_title, checkout) => {
      const yard = makeQuickYard();
      yard.git(...checkout);
      writeFileSync(join(yard.repo, "text.txt"), "the person's\n");
      writeFileSync(join(yard.repo, "work"), "in nobody's way\n");
      const files = filesOf(yard.repo);
      const ran = await yard.wvo("run", "--until", "done");
      expect(ran.code, ran.stderr).toBe(0);
      await proveMerged(yard);
      expect(filesOf(yard.repo)).toEqual(files);
    },
    TEST_LIMIT_MS,
  );
});

describe("the person commits to the target", () => {
  function commit(yard: Workspace, file: string): string {
    writeFileSync(join(yard.repo, file), "the person's\n");
    yard.git("add", file);
    yard.git("commit", "--quiet", "--message=the person's");
    return yard.git("rev-parse", "HEAD");
  }

  /** The person's commit is where it was, and the task's is on top of it. */
  function proveOnTop(yard: Workspace, theirs: string): void {
    expect(yard.git("rev-parse", "main~1")).toBe(theirs);
    expect(yard.git("status", "--porcelain")).toBe("");
  }

  test(
    "while the agent works: the task is put on top",
    async () => {
      const yard = makeYard();
      const run = startLive(yard, "run", "--until", "done");
      await eventually(() => (existsSync(join(yard.notes, "began-T1.1")) ? true : null));
      const theirs = commit(yard, "text.txt");
      writeFileSync(join(yard.notes, "go"), "");
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(0);
      await proveMerged(yard);
      proveOnTop(yard, theirs);
      expect(yard.file("text.txt")).toBe("the person's\n");
    },
    TEST_LIMIT_MS,
  );

  test(
    "while the merge is checked: it is rebased and checked once more",
    async () => {
      // The checks of the first round of the merge wait for a word of the test.
      const script = `case "$WVO_GATE" in *merge-request*.1)
        touch ../../../notes/checking
        while ! test -e ../../../notes/checked; do sleep 0.05; done;; esac
        test -e "work/$WVO_TASK_ID"`;
      const yard = makeYard({ checks: [{ name: "exists", run: script }] });
      writeFileSync(join(yard.notes, "go"), "");
      const run = startLive(yard, "run", "--until", "done");
      await eventually(() => (existsSync(join(yard.notes, "checking")) ? true : null));
      const theirs = commit(yard, "text.txt");
      writeFileSync(join(yard.notes, "checked"), "");
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(0);
      await proveMerged(yard);
      proveOnTop(yard, theirs);
      const { merges } = JSON.parse((await yard.wvo("task", "show", "T1", "--json")).stdout);
      expect(merges).toMatchObject([{ status: "merged", rounds: 2 }]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "while the merge is held: what the person has committed is kept, and lands first",
    async () => {
      const yard = makeQuickYard();
      writeFileSync(join(yard.repo, "text.txt"), "the person's\n");
      const run = startLive(yard, "run", "--until", "done");
      await held(yard);
      const theirs = commit(yard, "text.txt");
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(0);
      await proveMerged(yard);
      proveOnTop(yard, theirs);
    },
    TEST_LIMIT_MS,
  );
});
