/**
 * A repository to try things in, with worktrees beside it: real git, in a temporary folder. Tests
 * act in it as an agent or a user would, with plain git in a shell.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { openCheckouts } from "../../src/git/checkout.ts";
import type { Checkouts } from "../../src/git/checkout.ts";
import { openMerges } from "../../src/git/merge.ts";
import type { Merges } from "../../src/git/merge.ts";
import { openRepository } from "../../src/git/repository.ts";
import type { Repository } from "../../src/git/repository.ts";
import { openWorktrees } from "../../src/git/worktree.ts";
import type { Worktrees } from "../../src/git/worktree.ts";

export interface Yard {
  readonly root: string;
  /** The user's repository, with `main` checked out. */
  readonly home: string;
  readonly repository: Repository;
  readonly worktrees: Worktrees;
  readonly merges: Merges;
  readonly checkouts: Checkouts;
  /** Runs a script in a folder, as somebody with a name of their own; gives back its output. */
  readonly sh: (folder: string, script: string) => string;
  /** Those contents of files that are neither on a branch nor under a rescue ref. */
  readonly lost: (contents: readonly string[]) => readonly string[];
  readonly rescued: () => readonly string[];
  readonly close: () => void;
}

/** The files that every yard begins with. */
const FIRST = `
  git init --quiet --initial-branch=main
  git config user.name User && git config user.email user@localhost
  printf 'one\\ntwo\\nthree\\nfour\\nfive\\n' > text
  printf 'ignored/\\n*.secret\\n' > .gitignore
  mkdir src && echo source > src/file
  git add --all && git commit --quiet --message=first
`;

const OWN = {
  GIT_AUTHOR_NAME: "Agent",
  GIT_AUTHOR_EMAIL: "agent@localhost",
  GIT_COMMITTER_NAME: "Agent",
  GIT_COMMITTER_EMAIL: "agent@localhost",
  GIT_EDITOR: "true",
};

/** A test that is given a yard of its own, and may run beside others. */
export const yardTest = test.extend<{ readonly yard: Yard }>({
  yard: async ({ task: _task }, use) => {
    const yard = await openYard();
    await use(yard);
    yard.close();
  },
});

let template: string | null = null;
afterAll(() => {
  if (template !== null) rmSync(template, { recursive: true, force: true });
});

export async function openYard(): Promise<Yard> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "wvo-yard-")));
  const home = join(root, "home");
  cpSync(templateOf(), home, { recursive: true });
  const repository = await openRepository(home);
  const agents = join(root, "agents");
  const lines = (script: string): readonly string[] =>
    sh(home, script)
      .split("\n")
      .filter((line) => line !== "");
  return {
    root,
    home,
    repository,
    worktrees: openWorktrees(repository, agents),
    merges: openMerges(repository, agents),
    checkouts: openCheckouts(repository, join(root, "checkouts")),
    sh,
    lost: (contents) => {
      const objects = sh(home, "git rev-list --objects --branches --glob=refs/wvo/rescue");
      return contents.filter((content) => !objects.includes(blobOf(content)));
    },
    rescued: () => lines("git for-each-ref --format='%(refname)' refs/wvo/rescue"),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The name that git gives to a file of this content. */
function blobOf(content: string): string {
  const bytes = Buffer.from(content);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function sh(folder: string, script: string): string {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  const env = { ...Object.fromEntries(own), ...OWN };
  return execFileSync("bash", ["-euc", script], {
    cwd: folder,
    env,
    encoding: "utf8",
    stdio: QUIET,
  });
}
const QUIET: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];

function templateOf(): string {
  if (template !== null) return template;
  template = realpathSync(mkdtempSync(join(tmpdir(), "wvo-template-")));
  sh(template, FIRST);
  return template;
}

/** The text of a file, or null where there is none. */
export function read(...path: readonly string[]): string | null {
  try {
    return readFileSync(join(...path), "utf8");
  } catch {
    return null;
  }
}
