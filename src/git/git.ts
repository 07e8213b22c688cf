/**
 * The one way to call git: no shell, no hooks, no questions, no colours, and little of the user's
 * settings, so that every call means the same everywhere. What is asked of git stands elsewhere.
 *
 * P1 A call ends: within its time and output limits, or it is killed with all that it started.
 */
import { execa } from "execa";
import { systemClock } from "../clock.ts";
import { FaultError } from "../fault.ts";

export interface GitCall {
  /** Where git runs. */
  readonly cwd: string;
  /** The repository, named outright: then no other one can be found by accident. */
  readonly gitDir?: string;
  readonly workTree?: string;
  /** Another index than the worktree's own. */
  readonly index?: string;
  readonly signal?: AbortSignal;
  readonly input?: string | Uint8Array;
  /** Whose work a commit is; ours where nobody is named. */
  readonly author?: { readonly name: string; readonly email: string };
  /** Latin-1 gives every byte of a file name as one character. */
  readonly encoding?: "utf8" | "latin1";
}

export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Checking out a big repository on a slow disk takes minutes; nothing takes longer. */
const GIT_LIMIT_MS = 10 * 60_000;
const TERM_GRACE_MS = 2_000;
const OUTPUT_CHARS_MAX = 256 * 1024 * 1024;
const STDERR_EXCERPT_CHARS = 2_000;

/** What the user may have set otherwise, and what would change results or touch other branches. */
const SETTINGS = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.fsync=committed", // a commit that was handed in survives a power failure
  "core.quotePath=false",
  "core.safecrlf=false",
  "commit.gpgsign=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "advice.detachedHead=false",
  "advice.addEmbeddedRepo=false",
  "color.ui=false",
  "merge.autoStash=false",
  "merge.conflictStyle=merge",
  "merge.ff=true",
  "merge.verifySignatures=false",
  "rebase.autoSquash=false",
  "rebase.autoStash=false",
  "rebase.backend=merge",
  "rebase.rebaseMerges=false",
  "rebase.updateRefs=false",
  "rerere.enabled=false",
  "status.relativePaths=false",
  "submodule.recurse=false",
  "worktree.useRelativePaths=false",
].flatMap((setting) => ["-c", setting]);

const NAME = "WeatherVane";
const EMAIL = "weathervane@localhost";

/** Runs git and gives back what it wrote; a fault where it failed. */
export async function git(args: readonly string[], call: GitCall): Promise<string> {
  const output = await tryGit(args, call);
  if (output.exitCode !== 0) throw failure(args, call, output);
  return output.stdout;
}

/** The same for a single line of output. */
export async function gitLine(args: readonly string[], call: GitCall): Promise<string> {
  return (await git(args, call)).trimEnd();
}

/** The same for a list of names, each ended by a zero byte (`-z`). */
export async function gitNames(args: readonly string[], call: GitCall): Promise<string[]> {
  return (await git(args, call)).split("\0").filter((name) => name !== "");
}

/** Runs git where a refusal is an answer: any exit code is given back. */
export async function tryGit(args: readonly string[], call: GitCall): Promise<GitOutput> {
  const { cwd, gitDir, workTree, signal, input, encoding = "utf8" } = call;
  const place = [
    ...(gitDir === undefined ? [] : [`--git-dir=${gitDir}`]),
    ...(workTree === undefined ? [] : [`--work-tree=${workTree}`]),
  ];
  const running = execa("git", [...SETTINGS, ...place, ...args], {
    cwd,
    env: environment(call),
    extendEnv: false,
    encoding,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: OUTPUT_CHARS_MAX,
    // A group of its own: Ctrl-C in a terminal must not hit a git that is moving a branch.
    detached: true,
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
  });
  const limit = guard(running.pid, signal);
  const { exitCode, stdout, stderr, isMaxBuffer, originalMessage } = await running;
  const stopped = limit.lift();
  if (exitCode !== undefined && stopped === null && !isMaxBuffer)
    return { exitCode, stdout, stderr };
  signalGroup(running.pid, "SIGKILL");
  signal?.throwIfAborted();
  const tooLong = isMaxBuffer ? `git wrote more than ${OUTPUT_CHARS_MAX} characters` : null;
  const why = stopped ?? tooLong ?? originalMessage ?? "git was killed";
  throw failure(args, call, { exitCode: exitCode ?? -1, stdout, stderr: why });
}

/** Stops git, and all that it started and that holds its output, at the limit or on a signal. */
function guard(pid: number | undefined, signal: AbortSignal | undefined) {
  let stopped: string | null = null;
  const stop = (why: string): void => {
    stopped = why;
    signalGroup(pid, "SIGTERM"); // git then removes its lock files
    timers.push(systemClock.schedule(TERM_GRACE_MS, () => signalGroup(pid, "SIGKILL")));
  };
  const onAbort = (): void => stop("git was stopped");
  const onLimit = (): void => stop(`git did not end within ${GIT_LIMIT_MS / 60_000} minutes`);
  const timers = [systemClock.schedule(GIT_LIMIT_MS, onLimit)];
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort);
  const lift = (): string | null => {
    for (const takeBack of timers) takeBack();
    signal?.removeEventListener("abort", onAbort);
    return stopped;
  };
  return { lift };
}

/** Usually nothing is left, and the group is gone. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // ended already
  }
}

function environment({ author, index }: GitCall): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_EDITOR: "true",
    GIT_AUTHOR_NAME: author?.name ?? NAME,
    GIT_AUTHOR_EMAIL: author?.email ?? EMAIL,
    GIT_COMMITTER_NAME: NAME,
    GIT_COMMITTER_EMAIL: EMAIL,
  };
}

/** The fault for an answer of `tryGit` that the caller can't use. */
export function failure(args: readonly string[], call: GitCall, output: GitOutput): FaultError {
  const said = output.stderr.trim() || output.stdout.trim() || "no message";
  return new FaultError({
    code: "git.failed",
    where: `git ${args.join(" ").slice(0, 200)} (in ${call.workTree ?? call.cwd})`,
    found: `exit code ${output.exitCode}: ${said.slice(-STDERR_EXCERPT_CHARS)}`,
    expected: "exit code 0",
    next: "run the same command by hand; the disk or another git process may be in the way",
    retriable: true,
  });
}
