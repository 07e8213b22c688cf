/**
 * Visitors without hands of their own work off a task: in a worktree that they are given, by tools
 * that are confined to it. What they should not do is refused, and nothing has changed.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { visitWorktree } from "../../src/app/sandbox.ts";
import { identityOf } from "../../src/processes/identity.ts";
import { openMcpYard } from "../support/mcp-yard.ts";
import type { McpClient, McpYard, Told } from "../support/mcp-yard.ts";

const TASKS = [
  { id: "T1", title: "First" },
  { id: "T2", title: "Second" },
];
const PROGRAMS = ["sh", "node", "git", "sleep", "touch", "no-such-program"];
const config = { sandbox: { programs: PROGRAMS } };
const files = { "README.md": "first line\n" };

interface Ann extends McpClient {
  readonly yard: McpYard;
  readonly worktree: string;
}

type Era = "legacy" | "modern";
const worktreeOf = (yard: McpYard, name: string): string =>
  join(String(yard.env["WVO_WORKTREE_ROOT"]), visitWorktree(name));

async function annAtWork(era: Era = "modern"): Promise<Ann> {
  const yard = await openMcpYard(TASKS, { config, files });
  const ann = await yard.connect({ role: "worker", agentId: "ann", sandbox: true }, era);
  await ann.ask("task_claim", { task_id: "T1" });
  return { ...ann, yard, worktree: worktreeOf(yard, "ann") };
}

const write = (path: string, text = "text\n") => ({ task_id: "T1", path, text });
const exec = (program: string, ...args: readonly string[]) => ({ task_id: "T1", program, args });
const codeOf = ({ isError, found }: Told): unknown =>
  isError ? (found["error"] as { code?: unknown } | undefined)?.code : "accepted";

describe.each<Era>(["legacy", "modern"])("with a client of the %s era", (era) => {
  test("a task is done from claim to hand-in with nothing but tools", async () => {
    const { ask, yard } = await annAtWork(era);
    expect((await ask("file_read", { path: "README.md" })).found).toEqual({
      text: "first line\n",
      truncated: false,
      chars: 11,
    });
    const written = await ask("file_write", write("work/new/T1", "done\n"));
    expect(written.found).toEqual({ bytes: 5, state: "done", rev: 2, next_events: [] });
    const ran = await ask("exec_command", exec("sh", "-c", "cat work/new/T1; echo oh >&2; exit 3"));
    expect(ran.found).toMatchObject({
      how: "exited",
      exit_code: 3,
      stdout: "done\n",
      stderr: "oh\n",
      truncated: false,
      state: "done",
    });
    const status = await ask("git_status", { task_id: "T1" });
    expect(status.found["text"]).toContain("?? work/new/T1");
    const committed = await ask("git_commit", { task_id: "T1", message: "Does it\n\nAll of it" });
    const { sha } = committed.found as { sha: string };
    expect(yard.git("show", "--no-patch", "--format=%an %s", sha)).toBe("WeatherVane Does it");
    expect(yard.git("show", `${sha}:work/new/T1`)).toBe("done");
    expect(yard.git("branch", "--contains", sha, "--format=%(refname:short)")).toBe("");
    const log = await ask("git_status", { task_id: "T1", what: "log" });
    expect(log.found["text"]).toContain("WeatherVane");
    const handed = await ask("task_complete", { task_id: "T1", commit: sha, summary: "it works" });
    expect(handed.found).toMatchObject({ status: "needs_review" });
    expect(yard.git("rev-parse", "wvo/T1")).toBe(sha);
    const late = await ask("file_write", write("work/late"));
    expect(codeOf(late)).toBe("mcp.foreign-task");
  });
});

test("what a visitor left is under a rescue ref before its next run begins, and stays out of it", async () => {
  const { ask, yard, worktree } = await annAtWork();
  await ask("file_write", write("kept.txt", "committed\n"));
  const { sha } = (await ask("git_commit", { task_id: "T1", message: "m" })).found;
  await ask("file_write", write("left.txt", "not committed\n"));
  await ask("task_release", { task_id: "T1", reason: "no time" });
  expect(codeOf(await ask("file_read", { path: "left.txt" }))).toBe("mcp.foreign-task");
  await ask("task_claim", { task_id: "T2" });
  const gone = await ask("file_read", { path: "left.txt" });
  expect(JSON.stringify(gone.found)).toContain("no such file");
  expect(existsSync(join(worktree, "kept.txt"))).toBe(false);
  const rescued = yard.git("for-each-ref", "--format=%(refname)", "refs/wvo/rescue/T1");
  expect(yard.git("show", `${rescued}:left.txt`)).toBe("not committed");
  expect(yard.git("merge-base", String(sha), rescued)).toBe(sha);
});

test("a visitor has a worktree of its own, and one run finds what it wrote before", async () => {
  const { ask, yard, worktree } = await annAtWork();
  const bob = await yard.connect({ role: "worker", agentId: "bob", sandbox: true });
  await bob.ask("task_claim", { task_id: "T2" });
  await ask("file_write", write("a.txt", "ann"));
  await bob.ask("file_write", { task_id: "T2", path: "a.txt", text: "bob" });
  expect((await ask("file_read", { path: "a.txt" })).found["text"]).toBe("ann");
  expect(readFileSync(join(worktreeOf(yard, "bob"), "a.txt"), "utf8")).toBe("bob");
  expect(readFileSync(join(worktree, "a.txt"), "utf8")).toBe("ann");
  for (const [name, args] of CALLS) {
    const refused = await bob.ask(name, { ...args, task_id: "T1" });
    expect([name, codeOf(refused)]).toEqual([name, "mcp.foreign-task"]);
  }
});

const CALLS = [
  ["file_write", { path: "a.txt", text: "bob" }],
  ["exec_command", { program: "touch", args: ["bob"] }],
  ["git_status", {}],
  ["git_commit", { message: "m" }],
] as const;

test("a lease that has ended is a run that has ended", async () => {
  const { ask, yard, worktree } = await annAtWork();
  await ask("file_write", write("a.txt"));
  yard.clock.advance(600_000);
  await yard.app.host.quiet();
  for (const [name, args] of CALLS) {
    const refused = await ask(name, { ...args, task_id: "T1" });
    expect([name, codeOf(refused)]).toEqual([name, "mcp.foreign-task"]);
  }
  expect(readdirSync(worktree)).not.toContain("bob");
});

test("work that is wanting is gone on with from the commit that was handed in", async () => {
  const { ask, yard } = await annAtWork();
  await ask("file_write", write("wrong.txt"));
  const { sha } = (await ask("git_commit", { task_id: "T1", message: "m" })).found;
  await ask("task_complete", { task_id: "T1", commit: sha, summary: "s" });
  await yard.app.host.quiet();
  const claim = await ask("task_claim", { task_id: "T1" });
  expect(claim.found).toMatchObject({ run_id: "T1.2", start_from: "branch", commit: sha });
  expect((await ask("file_read", { path: "wrong.txt" })).found["text"]).toBe("text\n");
  const log = await ask("git_status", { task_id: "T1", what: "log" });
  expect(log.found["text"]).toContain(String(sha).slice(0, 7));
});

test("no path leads out of the worktree or into .git, and what is refused changes nothing", async () => {
  const { ask, yard, worktree } = await annAtWork();
  await ask("file_write", write("inner/a"));
  const outside = join(yard.notes, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "secret"), "secret");
  symlinkSync(join(outside, "secret"), join(worktree, "link"));
  symlinkSync(outside, join(worktree, "out"));
  symlinkSync("inner", join(worktree, "inside"));
  const before = (await ask("git_status", { task_id: "T1" })).found;
  for (const path of PATHS) {
    expect([path, codeOf(await ask("file_write", write(path)))]).toEqual([path, "git.write-file"]);
    const { isError } = await ask("file_read", { path });
    expect([path, isError]).toEqual([path, path !== ".git"]);
  }
  expect((await ask("git_status", { task_id: "T1" })).found).toEqual(before);
  expect(readdirSync(outside)).toEqual(["secret"]);
  expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
});

const PATHS = [
  "../escaped",
  "inner/../../escaped",
  "/tmp/escaped",
  "link",
  "out/escaped",
  "inside/escaped",
  ".git",
  ".GIT/config",
  "inner/.git/hooks/pre-commit",
  "inner",
  "inner/",
  ".",
  "a\0b",
  "README.md/escaped",
  "x".repeat(300),
];

describe("a program", () => {
  test.each<[string, string, string]>([
    ["that is not on the list", "ls", "errand.program"],
    ["that is not installed", "no-such-program", "errand.not-started"],
  ])("%s is not run", async (_title, program, code) => {
    const { ask } = await annAtWork();
    expect(codeOf(await ask("exec_command", exec(program)))).toBe(code);
  });

  test("is called by its name alone", async () => {
    const { ask } = await annAtWork();
    for (const program of ["/bin/sh", "./sh", "../sh", "sh -c", "sh;ls", "$(sh)", "", "-sh"]) {
      const refused = await ask("exec_command", exec(program));
      const word = expect.stringContaining("program") as unknown;
      expect([refused.isError, JSON.stringify(refused.found)]).toEqual([true, word]);
    }
  });

  test("gets its arguments as they are: no shell reads them", async () => {
    const { ask, worktree } = await annAtWork();
    const args = [
      "$(touch a)",
      "; touch b",
      "`touch c`",
      "*",
      "~",
      "| touch d",
      'x" "y',
      "&&",
      "é",
    ];
    const script = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
    const ran = await ask("exec_command", exec("node", "-e", script, "--", ...args));
    expect(JSON.parse(String(ran.found["stdout"]))).toEqual(args);
    expect(readdirSync(worktree).toSorted()).toEqual(
      [".git", "README.md", "state", "weathervane.yaml"].toSorted(),
    );
    const zero = await ask("exec_command", exec("node", "-e", "a\0b"));
    expect(codeOf(zero)).toBe("errand.not-started");
  });

  test("that never ends is ended at its limit, with all that it has started", async () => {
    const { ask, worktree } = await annAtWork();
    const script = "sleep 1000 & echo $! > pid; echo begun; trap '' TERM; wait; sleep 1000";
    const ran = await ask("exec_command", { ...exec("sh", "-c", script), timeout_s: 1 });
    expect(ran.found).toMatchObject({ how: "timeout", exit_code: null, stdout: "begun\n" });
    const pid = readFileSync(join(worktree, "pid"), "utf8").trim();
    expect(identityOf(Number(pid))).toBeNull();
  });

  test("that floods its output is told by the beginning and the end", async () => {
    const { ask } = await annAtWork();
    const script = "yes first | head -c 3000000; echo the end";
    const { found } = await ask("exec_command", exec("sh", "-c", script));
    expect(found).toMatchObject({ how: "exited", exit_code: 0, truncated: true });
    const stdout = String(found["stdout"]);
    expect(stdout.length).toBeLessThan(9_000);
    expect([stdout.slice(0, 6), stdout.slice(-8)]).toEqual(["first\n", "the end\n"]);
  });
});

test("a call that comes again is answered from the record, and does nothing twice", async () => {
  const { ask, worktree } = await annAtWork();
  const key = (idempotency_key: string) => ({ idempotency_key });
  const call = { ...exec("sh", "-c", "echo once >> count"), ...key("k1") };
  const [first, second] = await Promise.all([ask("exec_command", call), ask("exec_command", call)]);
  expect(second).toEqual(first);
  expect((await ask("exec_command", call)).found).toEqual(first.found);
  expect(first.found["idempotency_key"]).toBe("k1");
  expect(readFileSync(join(worktree, "count"), "utf8")).toBe("once\n");
  const commit = { task_id: "T1", message: "m", ...key("k2") };
  const { sha } = (await ask("git_commit", commit)).found;
  expect((await ask("git_commit", commit)).found["sha"]).toBe(sha);
  expect(codeOf(await ask("git_commit", { task_id: "T1", message: "m" }))).toBe("git.nothing-new");
  const file = { ...write("a.txt", "one"), ...key("k3") };
  await ask("file_write", file);
  await ask("file_write", write("a.txt", "two"));
  await ask("file_write", file);
  expect(readFileSync(join(worktree, "a.txt"), "utf8")).toBe("two");
  const other = await ask("file_write", { ...file, text: "three" });
  expect(codeOf(other)).toBe("mcp.key-reused");
});

test("errands in one worktree take turns", async () => {
  const { ask, worktree } = await annAtWork();
  const script =
    "test ! -e busy || echo two >> met; touch busy; sleep 0.2; rm busy; echo x >> done";
  await Promise.all(Array.from({ length: 4 }, () => ask("exec_command", exec("sh", "-c", script))));
  expect(existsSync(join(worktree, "met"))).toBe(false);
  expect(readFileSync(join(worktree, "done"), "utf8")).toBe("x\n".repeat(4));
});

test("a long file is read in parts, and one that is no text is not", async () => {
  const { ask } = await annAtWork();
  await ask("file_write", write("long.txt", `${"a".repeat(10)}${"é".repeat(20)}`));
  const part = await ask("file_read", { path: "long.txt", offset: 8, limit: 4 });
  expect(part.found).toEqual({ text: "aaéé", truncated: true, chars: 30 });
  const rest = await ask("file_read", { path: "long.txt", offset: 28, limit: 4 });
  expect(rest.found).toMatchObject({ text: "éé", truncated: false });
  await ask("exec_command", exec("sh", "-c", String.raw`printf '\377\000' > bytes`));
  expect(codeOf(await ask("file_read", { path: "bytes" }))).toBe("mcp.no-text");
  const huge = await ask("file_write", write("huge", "x".repeat(1024 * 1024)));
  expect([huge.isError, JSON.stringify(huge.found)]).toEqual([
    true,
    expect.stringContaining("at most 1048576"),
  ]);
});

test("without the sandbox its tools are not there", async () => {
  const yard = await openMcpYard(TASKS, { config });
  const { client } = await yard.connect({ role: "operator", agentId: "ann" });
  for (const name of ["file_read", "file_write", "exec_command", "git_status", "git_commit"]) {
    await expect(client.callTool({ name, arguments: {} })).rejects.toThrow(/not found|unknown/i);
  }
});
