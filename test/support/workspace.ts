/** A real repository with a roadmap and agents, and the real command line to work on it. */
import { execFile, execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { emptyFolder } from "./workbench.ts";

const LAUNCHER = new URL("../../src/wvo.js", import.meta.url).pathname;
const AGENTS = new URL("../fixtures/agents/", import.meta.url).pathname;

export const agentPath = (name: string): string => join(AGENTS, name);

export interface WorkspacePlan {
  /** Written to state/roadmap.yaml as YAML. */
  readonly roadmap: object;
  /** Laid over the usual configuration; one that names the folder of the notes is made with it. */
  readonly config?: object | ((notes: string) => object);
  /** A fixture agent, or a program with its arguments. */
  readonly agent: string | readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workspace {
  readonly repo: string;
  /** A folder outside the repository where agents may leave notes: NOTES in their environment. */
  readonly notes: string;
  readonly env: Record<string, string>;
  readonly git: (...args: string[]) => string;
  readonly wvo: (...args: string[]) => Promise<Ran>;
  readonly start: (...args: string[]) => ChildProcess;
  readonly file: (path: string) => string;
}

const IDENTITY = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];

export function makeWorkspace(plan: WorkspacePlan): Workspace {
  const folder = emptyFolder();
  const [repo, notes, worktrees] = ["repo", "notes", "worktrees"].map((name) => join(folder, name));
  if (repo === undefined || notes === undefined) throw new Error("no folders");
  mkdirSync(join(repo, "state"), { recursive: true });
  mkdirSync(notes);
  const git = (...args: string[]): string =>
    execFileSync("git", [...IDENTITY, ...args], { cwd: repo, encoding: "utf8" }).trim();
  git("init", "--quiet", "--initial-branch=main");
  const files = {
    "state/.gitignore": "*\n!.gitignore\n!roadmap.yaml\n",
    "state/roadmap.yaml": stringify(plan.roadmap),
    "weathervane.yaml": stringify(configOf(plan, notes)),
    ...plan.files,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(repo, path, ".."), { recursive: true });
    writeFileSync(join(repo, path), text);
  }
  git("add", "--all");
  git("commit", "--quiet", "--message=first");
  const env = { ...inherited(), WVO_WORKTREE_ROOT: worktrees ?? "", ...plan.env };
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [LAUNCHER, ...args], { cwd: repo, env, stdio: "pipe" });
  return {
    repo,
    notes,
    env,
    git,
    start,
    wvo: (...args) => run(args, { repo, env }),
    file: (path) => readFileSync(join(repo, path), "utf8"),
  };
}

function configOf({ agent, config = {} }: WorkspacePlan, notes: string): object {
  const program = typeof agent === "string" ? [agentPath(agent)] : agent;
  return {
    version: 1,
    target: "main",
    providers: { command: { kind: "command", program, env: { NOTES: notes } } },
    checks: [{ name: "exists", run: 'test -e "work/$WVO_TASK_ID"' }],
    ...(typeof config === "function" ? config(notes) : config),
  };
}

/** The tests' own environment without what would reach into a workspace. */
const inherited = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || /^(WVO_|npm_|INIT_CWD$|ROOT$|GIT_)/.test(name) ? [] : [[name, value]],
    ),
  );

async function run(args: readonly string[], at: { repo: string; env: Record<string, string> }) {
  const options = { cwd: at.repo, env: at.env, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [LAUNCHER, ...args],
      options,
    );
    return { code: 0, stdout, stderr };
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
    if (typeof code !== "number") throw thrown;
    return { code, stdout, stderr };
  }
}
