/** A backup is restored under a supervisor: clients stay connected, and what was accepted is kept. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import { backupFile, shelf } from "../../src/store/backup-files.ts";
import { openReader } from "../../src/store/sqlite/store.ts";
import { eventually } from "../support/live-run.ts";
import { clientOf, signal, SLOW_MS, supervised } from "../support/supervised.ts";
import type { Supervised } from "../support/supervised.ts";

const ENDS: Readonly<Record<string, unknown>> = { timeout: SLOW_MS };
type Found = Readonly<Record<string, unknown>>;

async function ask(client: Client, name: string, args: Found = {}): Promise<Found> {
  const result = await client.callTool({ name, arguments: { ...args } });
  const [first] = result.content as readonly { readonly text?: string }[];
  return { isError: result.isError === true, ...(JSON.parse(first?.text ?? "{}") as Found) };
}

const newTask = (id: string) => ({ tasks: [{ id, title: `Task ${id}` }] });
const stateRoot = (yard: Supervised): string => join(yard.repo, "state");
const statusOf = async (client: Client, id: string): Promise<unknown> => {
  const { task } = await ask(client, "task_get", { task_id: id });
  return (task as { status?: string } | undefined)?.status ?? null;
};

test("what was accepted is restored or put aside, whatever is called meanwhile", ENDS, async () => {
  const yard = supervised();
  await yard.up("--hold");
  const client = await clientOf(yard);
  const worker = await yard.workerPid();
  const { backup_id: id } = await ask(client, "backup_create", { label: "before" });
  await ask(client, "task_create", newTask("N1"));
  const foretold = await ask(client, "backup_restore", { backup_id: id });
  expect(foretold).toMatchObject({ restored: false, changed_tasks: ["N1"] });
  expect(foretold["lost_events"]).toBeGreaterThan(0);
  const wrong = await ask(client, "backup_restore", { backup_id: id, confirm: "yes" });
  expect(wrong).toMatchObject({ isError: true, error: { code: "backup.confirm" } });
  expect(await statusOf(client, "N1")).toBe("pending");

  const ids = Array.from({ length: 40 }, (_, index) => `C${index}`);
  const restoring = ask(client, "backup_restore", { backup_id: id, confirm: id });
  const created = ids.map((each) => ask(client, "task_create", newTask(each)));
  const answer = await restoring;
  expect(answer).toMatchObject({ isError: false, restored: true });
  for (const each of await Promise.all(created)) expect(each).toMatchObject({ isError: false });
  expect(await yard.workerPid(worker)).not.toBe(worker);
  const safety = openReader(backupFile(stateRoot(yard), String(answer["safety_backup_id"])));
  const kept = ids.filter((each) => safety.views.task(each) !== null);
  expect(safety.views.task("N1")).not.toBeNull();
  await safety.close();
  const later = ids.filter((each) => !kept.includes(each));
  for (const each of later) {
    expect(await statusOf(client, each)).toBe("pending");
  }
  expect(await statusOf(client, "N1")).toBeNull();
  expect((await ask(client, "backup_list"))["backups"]).toMatchObject([
    { backup_id: answer["safety_backup_id"], is_safety: true, file: "whole" },
    { backup_id: id, label: "before", file: "whole" },
  ]);
  const log = readFileSync(join(stateRoot(yard), "supervisor/output.log"), "utf8");
  expect(log).not.toContain("another one is started");
});

test("a call that is repeated after the restore is answered from its record", ENDS, async () => {
  const yard = supervised();
  await yard.up("--hold");
  const client = await clientOf(yard);
  const { backup_id: id } = await ask(client, "backup_create");
  const keyed = { backup_id: id, confirm: id, idempotency_key: "once" };
  const first = await ask(client, "backup_restore", keyed);
  expect(first).toMatchObject({ restored: true });
  await ask(client, "task_create", newTask("N1"));
  expect(await ask(client, "backup_restore", keyed)).toEqual(first);
  expect(await statusOf(client, "N1")).toBe("pending");
  // What a restore has put aside may be restored as well.
  const aside = first["safety_backup_id"];
  const back = await ask(client, "backup_restore", { backup_id: aside, confirm: aside });
  expect(back).toMatchObject({ isError: false, restored: true });
  expect(await statusOf(client, "N1")).toBeNull();
});

const WAIT = 'while test -e "$NOTES/wait"; do sleep 0.05; done';
const WRITE = 'mkdir -p work && echo "$WVO_TASK_ID" > "work/$WVO_TASK_ID"';

test("a backup of a busy moment: its task goes on, and nothing is merged twice", ENDS, async () => {
  const yard = supervised({
    roadmap: { version: 1, tasks: [{ id: "T1", title: "First" }] },
    agent: ["/bin/sh", "-c", `touch "$NOTES/begun"; ${WAIT}; ${WRITE}`],
  });
  writeFileSync(join(yard.notes, "wait"), "");
  await yard.up();
  const client = await clientOf(yard);
  await eventually(() => (existsSync(join(yard.notes, "begun")) ? true : null));
  const { backup_id: id } = await ask(client, "backup_create");
  const busy = await ask(client, "backup_restore", { backup_id: id, confirm: id });
  expect(busy).toMatchObject({ isError: true, error: { code: "backup.busy" } });
  rmSync(join(yard.notes, "wait"));
  const areDone = () =>
    eventually(async () => ((await statusOf(client, "T1")) === "done" ? true : null));
  await areDone();
  const merged = yard.git("log", "--format=%H %s", "main");
  await ask(client, "autopilot_control", { action: "stop" });
  const restored = await eventually(async () => {
    const answer = await ask(client, "backup_restore", { backup_id: id, confirm: id });
    return answer["isError"] === true ? null : answer;
  });
  expect(restored).toMatchObject({ restored: true });
  expect(await ask(client, "autopilot_status")).toMatchObject({ state: "stopped" });
  await ask(client, "autopilot_control", { action: "start" });
  await areDone();
  expect(yard.git("log", "--format=%H %s", "main")).toBe(merged);
  expect(yard.git("status", "--porcelain")).toBe("");
});

test("a worker that is killed in a restore is followed by one that ends it", ENDS, async () => {
  const yard = supervised();
  await yard.up("--hold");
  const client = await clientOf(yard);
  const { backup_id: id } = await ask(client, "backup_create");
  await ask(client, "task_create", newTask("N1"));
  const worker = await yard.workerPid();
  let isAnswered = false;
  const restoring = ask(client, "backup_restore", { backup_id: id, confirm: id }).finally(() => {
    isAnswered = true;
  });
  // Somewhere between the safety copy and the answer.
  const isBegun = (): boolean => isAnswered || shelf(stateRoot(yard)).length > 1;
  await eventually(() => (isBegun() ? true : null));
  signal(worker, "SIGKILL");
  expect(await restoring).toMatchObject({ isError: false, restored: true });
  expect(await statusOf(client, "N1")).toBeNull();
});
