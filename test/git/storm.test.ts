/** Anything that an agent can do with git, in any order: what it wrote is still there afterwards. */
import { array, assert, asyncProperty, boolean, constantFrom } from "fast-check";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openYard } from "./yard.ts";
import type { Yard } from "./yard.ts";

const SEAT = { name: "agent-1", taskId: "T-1", branch: "wvo/T-1" } as const;
const START = { ...SEAT, startFrom: "target", target: "main", commit: null, left: null } as const;

/** One thing that an agent does; NEW stands for a text that is used nowhere else. */
const DEEDS = [
  "echo NEW > file",
  "echo NEW > text",
  "mkdir -p dir; echo NEW > dir/other",
  "rm -f text",
  "git add --all",
  "git commit -qm commit",
  "git add --all; git commit -qm commit",
  "git commit -q --amend --allow-empty -m amended",
  "git checkout -q -B side",
  "git checkout -q --detach",
  "git checkout -q wvo/T-1",
  "git checkout -q --orphan orphan-NEW",
  "git reset -q --hard HEAD~1",
  "git reset -q --soft HEAD~1",
  "git merge -q --no-edit side",
  "git rebase -q side",
  "git cherry-pick side",
  "git revert --no-edit HEAD",
  "git branch -qD side",
  "git update-ref -d refs/heads/wvo/T-1",
  "git branch -m wvo/T-1 renamed-NEW",
  "git worktree prune; git gc -q --prune=now",
  "rm .git",
  "mkdir -p nested; cd nested; git init -q; echo NEW > inner; git add .; git commit -qm inner",
  "touch $(git rev-parse --git-path index.lock)",
];

/** The contents of all files in a folder. */
function contents(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === ".git") return [];
    return entry.isDirectory() ? contents(path) : [readFileSync(path, "utf8")];
  });
}

/** Does it all, and notes each file that comes to be in a commit, as a line of `../committed`. */
function perform(yard: Yard, path: string, deeds: readonly string[]): void {
  const note = "git ls-tree -r HEAD | grep -o 'blob [0-9a-f]*' | cut -c6- >> ../committed";
  const script = deeds.map((deed, place) => {
    const unique = deed.replaceAll("NEW", `new-${place}`);
    return `(${unique}; cd ${path}; ${note}) || true`;
  });
  yard.sh(path, ["touch ../committed", ...script].join("\n"));
}

/** Committed files that nothing leads to any more. */
function forgotten(yard: Yard): string {
  const kept = "git rev-list --objects --branches --glob=refs/wvo/rescue | cut -c1-40 | sort -u";
  return yard.sh(yard.home, `comm -23 <(sort -u ../agents/committed) <(${kept})`);
}

async function storm(deeds: readonly string[], keeps: readonly boolean[]): Promise<void> {
  const yard = await openYard();
  try {
    const { path } = await yard.worktrees.prepare(START);
    perform(yard, path, deeds);
    const left = contents(path);
    for (const keep of keeps) await yard.worktrees.collect({ ...SEAT, keep, message: "work" });
    expect(yard.lost(left)).toEqual([]);
    await yard.worktrees.prepare({ ...START, taskId: "T-2", branch: "wvo/T-2" });
    rmSync(`${path}.kept`, { recursive: true, force: true });
    await yard.worktrees.remove("agent-1");
    yard.sh(yard.home, "git gc -q --prune=now");
    expect(yard.lost(left)).toEqual([]);
    expect(forgotten(yard)).toBe("");
  } finally {
    yard.close();
  }
}

test("what an agent committed or left in its files is kept, whatever it does", async () => {
  const deeds = array(constantFrom(...DEEDS), { minLength: 1, maxLength: 12 });
  const keeps = array(boolean(), { minLength: 1, maxLength: 2 });
  const property = asyncProperty(deeds, keeps, storm);
  await assert(property, { numRuns: Number(process.env["WVO_STORMS"] ?? 5) });
});
