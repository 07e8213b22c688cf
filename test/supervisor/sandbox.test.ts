/**
 * The sandbox over real processes: who is given it, and what becomes of a program whose worker is
 * killed in its midst, or that is under way when a person ends everything.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { visitWorktree } from "../../src/app/sandbox.ts";
import { identityOf } from "../../src/processes/identity.ts";
import { eventually } from "../support/live-run.ts";
import { clientOf, signal, SLOW_MS, supervised } from "../support/supervised.ts";
import type { Supervised } from "../support/supervised.ts";

const sandbox = { programs: ["sh"] };
const yardOf = (config: object = { sandbox }): Supervised => supervised({ config });
const inWorktree = ({ env }: Supervised, path: string): string =>
  join(String(env["WVO_WORKTREE_ROOT"]), visitWorktree("ann"), path);

async function ask(client: Client, name: string, args: object) {
  const { structuredContent } = await client.callTool({ name, arguments: { ...args } });
  return structuredContent as Readonly<Record<string, unknown>>;
}

const namesOf = async (client: Client): Promise<readonly string[]> =>
  (await client.listTools()).tools.map(({ name }) => name);

async function annAtWork(yard: Supervised, era: "legacy" | "modern" = "modern"): Promise<Client> {
  const client = await clientOf(yard, era, "--agent", "ann", "--sandbox");
  await ask(client, "task_claim", { task_id: "T1" });
  return client;
}

/** Says that it was begun, and goes on when it is let. */
const PATIENT =
  'echo $$ >> begun; until test -e go; do sleep 0.1; done; echo ended; echo "$0" >> ended';
const patient = { task_id: "T1", program: "sh", args: ["-c", PATIENT, "done"], timeout_s: 300 };

test.each(["legacy", "modern"] as const)(
  "a program whose worker is killed goes on, is not begun twice, and its end is told (%s era)",
  { timeout: SLOW_MS },
  async (era) => {
    const yard = yardOf();
    await yard.up("--hold");
    const client = await annAtWork(yard, era);
    const answer = ask(client, "exec_command", patient);
    await eventually(() => (existsSync(inWorktree(yard, "begun")) ? true : null));
    const worker = await yard.workerPid();
    signal(worker, "SIGKILL");
    await yard.workerPid(worker);
    writeFileSync(inWorktree(yard, "go"), "");
    expect(await answer).toMatchObject({ how: "exited", exit_code: 0, stdout: "ended\n" });
    const linesIn = (path: string) => readFileSync(inWorktree(yard, path), "utf8").split("\n");
    expect([linesIn("begun").length, linesIn("ended").length]).toEqual([2, 2]);
    const written = { task_id: "T1", path: "after", text: "a" };
    expect(await ask(client, "file_write", written)).toMatchObject({ state: "done" });
  },
);

test("wvo down ends a program that is under way", { timeout: SLOW_MS }, async () => {
  const yard = yardOf();
  await yard.up("--hold");
  const client = await annAtWork(yard);
  const answer = ask(client, "exec_command", patient).catch(() => null);
  const begun = await eventually(() => {
    const path = inWorktree(yard, "begun");
    return existsSync(path) ? readFileSync(path, "utf8").trim() || null : null;
  });
  expect((await yard.wvo("down", "--limit", "20s")).code).toBe(0);
  expect(identityOf(Number(begun))).toBeNull();
  await client.close();
  await answer;
});

test(
  "the sandbox is there for who asks, where the owner has one",
  { timeout: SLOW_MS },
  async () => {
    const yard = yardOf();
    await yard.up("--hold", "--http", "0");
    expect(await namesOf(await clientOf(yard, "modern", "--sandbox"))).toContain("exec_command");
    expect(await namesOf(await clientOf(yard))).not.toContain("exec_command");
    expect(await namesOf(await overHttp(yard))).not.toContain("exec_command");
    const WVO_WORKSPACE_ROOT = yard.repo;
    const run = { WVO_WORKSPACE_ROOT, WVO_RUN_ID: "T1.1", WVO_TASK_ID: "T1", WVO_AGENT_ID: "a" };
    const inRun = { ...yard, env: { ...yard.env, ...run } };
    expect(await namesOf(await clientOf(inRun, "modern", "--sandbox"))).not.toContain(
      "exec_command",
    );
  },
);

test("over HTTP it is there where the owner says so", { timeout: SLOW_MS }, async () => {
  const yard = yardOf({ sandbox: { ...sandbox, http: true } });
  await yard.up("--hold", "--http", "0");
  expect(await namesOf(await overHttp(yard))).toContain("exec_command");
});

test("without one in the configuration it is refused", { timeout: SLOW_MS }, async () => {
  const { code, stderr } = await yardOf({}).wvo("mcp", "--sandbox");
  expect([code, stderr]).toEqual([2, expect.stringContaining("no sandbox in weathervane.yaml")]);
});

async function overHttp(yard: Supervised): Promise<Client> {
  const { http } = await yard.status();
  const token = yard.file("state/supervisor/http-worker.token").trim();
  const client = new Client(
    { name: "test", version: "1" },
    { versionNegotiation: { mode: { pin: "2026-07-28" } } },
  );
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(http ?? ""), { requestInit }));
  onTestFinished(() => client.close());
  return client;
}
