/** Errands that take long, are cut off, or outlive their run: what the client is told, and what is left. */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ErrandContext } from "../../machines/errand.ts";
import { ERRANDS_WAITING_MAX, visitWorktree } from "../../src/app/sandbox.ts";
import { identityOf, signalProcess } from "../../src/processes/identity.ts";
import type { ProcessIdentity } from "../../src/processes/identity.ts";
import { execCommand } from "../../src/mcp/tools/exec-command.ts";
import type { ToolCall } from "../../src/mcp/tool.ts";
import { eventually } from "../support/live-run.ts";
import { openMcpYard } from "../support/mcp-yard.ts";
import type { McpClient, McpYard, Told } from "../support/mcp-yard.ts";

const TASKS = [
  { id: "T1", title: "First" },
  { id: "T2", title: "Second" },
];
const SCOPE = { role: "worker", agentId: "ann", sandbox: true } as const;

interface Ann extends McpClient {
  readonly yard: McpYard;
  readonly inWorktree: (path: string) => string;
}

async function annAtWork(): Promise<Ann> {
  const yard = await openMcpYard(TASKS, { config: { sandbox: { programs: ["sh"] } } });
  const ann = await yard.connect(SCOPE);
  await ann.ask("task_claim", { task_id: "T1" });
  const worktree = join(String(yard.env["WVO_WORKTREE_ROOT"]), visitWorktree("ann"));
  return { ...ann, yard, inWorktree: (path) => join(worktree, path) };
}

/** Says that it was begun, and goes on when it is let. */
const PATIENT = "echo $$ > begun; until test -e go; do sleep 0.05; done; echo over";
const patient = { task_id: "T1", program: "sh", args: ["-c", PATIENT], timeout_s: 300 };

const begun = ({ inWorktree }: Ann): Promise<string> =>
  eventually(() =>
    existsSync(inWorktree("begun"))
      ? readFileSync(inWorktree("begun"), "utf8").trim() || null
      : null,
  );
const isAlive = (pid: string): boolean => identityOf(Number(pid)) !== null;
const codeOf = ({ isError, found }: Told): unknown =>
  isError ? (found["error"] as { code?: unknown } | undefined)?.code : "accepted";

test("one that goes on after the answer is asked for again by the key that was told", async () => {
  const ann = await annAtWork();
  const { app } = ann.yard;
  const scope = { ...SCOPE, taskId: null, sessionId: "test" };
  // The client waits no longer.
  const signal = AbortSignal.abort();
  const cause = "mcp:exec_command:1";
  const call: ToolCall = { app, scope, key: null, cause, signal };
  const run = execCommand.run as (args: object, call: ToolCall) => Promise<Told["found"]>;
  const first = await run(patient, call);
  expect(first).toMatchObject({ how: "running", exit_code: null, state: "doing" });
  await begun(ann);
  const key = `mcp:ann:${String(first["idempotency_key"])}`;
  expect(await run(patient, { ...call, key })).toMatchObject({ how: "running" });
  writeFileSync(ann.inWorktree("go"), "");
  const patience = new AbortController().signal;
  const last = await run(patient, { ...call, key, signal: patience });
  expect(last).toMatchObject({ how: "exited", stdout: "over\n", state: "done" });
});

test("one whose runner is killed is not begun again, and nothing of it lives on", async () => {
  const ann = await annAtWork();
  const keyed = { ...patient, idempotency_key: "k1" };
  const answer = ann.ask("exec_command", keyed);
  const pid = await begun(ann);
  const [claim = ""] = globSync("state/runs/errand@*/claim", { cwd: ann.yard.repo });
  signalProcess(JSON.parse(ann.yard.file(claim)) as ProcessIdentity, "SIGKILL");
  expect(codeOf(await answer)).toBe("interrupted");
  expect(isAlive(pid)).toBe(false);
  expect(codeOf(await ann.ask("exec_command", keyed))).toBe("interrupted");
  expect(readFileSync(ann.inWorktree("begun"), "utf8").trim()).toBe(pid);
});

test("one that outlives its run is ended when the next run begins", async () => {
  const ann = await annAtWork();
  const answer = ann.ask("exec_command", patient);
  const pid = await begun(ann);
  await ann.ask("task_release", { task_id: "T1", reason: "no time" });
  expect(isAlive(pid)).toBe(true);
  await ann.ask("task_claim", { task_id: "T2" });
  expect((await ann.ask("file_read", { path: "begun" })).isError).toBe(true);
  expect((await answer).found).toMatchObject({ how: "stopped", exit_code: null });
  expect(isAlive(pid)).toBe(false);
  const next = { task_id: "T2", program: "sh", args: ["-c", "echo $WVO_TASK_ID"] };
  expect((await ann.ask("exec_command", next)).found).toMatchObject({ stdout: "T2\n" });
});

test("only so many wait for one worktree, and the others are told so", async () => {
  const ann = await annAtWork();
  const first = ann.ask("exec_command", patient);
  await begun(ann);
  const write = (number: number) =>
    ann.ask("file_write", { task_id: "T1", path: `${number}`, text: "x" });
  const waiting = Array.from({ length: ERRANDS_WAITING_MAX + 2 }, (_, number) => write(number));
  const refused = await Promise.race(waiting);
  expect(codeOf(refused)).toBe("errand.too-many");
  writeFileSync(ann.inWorktree("go"), "");
  const codes = (await Promise.all(waiting)).map(codeOf);
  expect(codes.filter((code) => code === "accepted")).toHaveLength(ERRANDS_WAITING_MAX - 1);
  expect((await first).found).toMatchObject({ how: "exited" });
});

test("what was done before a crash is not done again after it (S3)", async () => {
  const ann = await annAtWork();
  const { app, git } = ann.yard;
  const count = { task_id: "T1", program: "sh", args: ["-c", "echo once | tee -a count"] };
  const calls = [
    ["exec_command", { ...count, idempotency_key: "k1" }],
    ["file_write", { task_id: "T1", path: "a.txt", text: "a", idempotency_key: "k2" }],
    ["git_commit", { task_id: "T1", message: "m", idempotency_key: "k3" }],
  ] as const;
  for (const [name, args] of calls) await ann.ask(name, args);
  const commits = git("rev-list", "--all", "--reflog", "--count");
  const errands = (await app.store.actors("errand:", calls.length)).map(
    ({ snapshot }) => (JSON.parse(snapshot) as { context: ErrandContext }).context,
  );
  expect(errands).toHaveLength(calls.length);
  for (const { result, fault: _fault, ...errand } of errands) {
    const scope = { key: "e", actor: "errand:e", signal: new AbortController().signal };
    expect(await app.sandbox.run(errand, { ...scope, attempt: 2 })).toEqual(result);
  }
  expect(readFileSync(ann.inWorktree("count"), "utf8")).toBe("once\n");
  expect(git("rev-list", "--all", "--reflog", "--count")).toBe(commits);
});
