/** Backups over MCP: made while work goes on, told by their folder, and for operators alone. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backupFile, hashOf } from "../../src/store/backup-files.ts";
import { openReader } from "../../src/store/sqlite/store.ts";
import { openMcpYard } from "../support/mcp-yard.ts";

const ID = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;

test("a backup is whole, and holds what was there", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  const { isError, found } = await ask("backup_create", { label: "before" });
  expect(isError).toBe(false);
  expect(found).toMatchObject({ state: "kept", rev: 2, next_events: [] });
  const id = String(found["backup_id"]);
  expect(id).toMatch(ID);
  const file = backupFile(yard.app.config.state_root, id);
  expect(found["sha256"]).toBe(await hashOf(file));
  const copy = openReader(file);
  expect(copy.views.task("T3")).toMatchObject({ title: "Third" });
  expect(await copy.check()).toEqual([]);
  await copy.close();
  const { found: listed } = await ask("backup_list", {});
  const { bytes, sha256 } = found;
  const known = { backup_id: id, label: "before", bytes, sha256, is_safety: false, file: "whole" };
  expect(listed["backups"]).toMatchObject([known]);
});

test("the newest are told first, as many as were asked for, also those the database forgot", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  const ids: string[] = [];
  for (const label of ["one", "two", "three"]) {
    ids.push(String((await ask("backup_create", { label })).found["backup_id"]));
    yard.clock.advance(1);
  }
  const told = async (limit: number): Promise<readonly unknown[]> => {
    const { backups } = (await ask("backup_list", { limit })).found;
    return (backups as { backup_id: string }[]).map(({ backup_id }) => backup_id);
  };
  expect(await told(200)).toEqual(ids.toReversed());
  expect(await told(1)).toEqual(ids.slice(-1));
  rmSync(backupFile(yard.app.config.state_root, ids[0] ?? ""));
  const { backups } = (await ask("backup_list", {})).found;
  expect(backups).toContainEqual(expect.objectContaining({ backup_id: ids[0], file: "missing" }));
});

test("a call that is repeated makes no second one", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  const keyed = { label: "once", idempotency_key: "k1" };
  const [first, second] = await Promise.all([
    ask("backup_create", keyed),
    ask("backup_create", keyed),
  ]);
  expect(second.found).toEqual(first.found);
  expect(await ask("backup_create", keyed)).toEqual(first);
  expect(readdirSync(join(yard.app.config.state_root, "backups"))).toHaveLength(2);
});

test.each(["worker", "coordinator"] as const)("a %s makes and sees none", async (role) => {
  const { client } = await (await openMcpYard()).connect({ role, agentId: "ann" });
  const names = (await client.listTools()).tools.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith("backup"))).toEqual([]);
});

test("what cannot be restored from is refused, and nothing is changed", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  const codeOf = async (backup_id: string, confirm?: string): Promise<unknown> => {
    const { isError, found } = await ask("backup_restore", { backup_id, confirm });
    expect(isError).toBe(true);
    return (found["error"] as { code?: string } | undefined)?.code;
  };
  const id = String((await ask("backup_create", {})).found["backup_id"]);
  expect(await codeOf("20261121T213000Z-0c0ffe")).toBe("backup.unknown");
  expect(await codeOf("../orchestrator")).toBe("backup.unknown");
  expect(await codeOf(id, "yes")).toBe("backup.confirm");
  // Nobody would open what was put back: `wvo run` is alone.
  expect(await codeOf(id, id)).toBe("backup.no-supervisor");
  const file = backupFile(yard.app.config.state_root, id);
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000);
  writeFileSync(file, bytes);
  expect(await codeOf(id)).toBe("backup.damaged");
  expect(await codeOf(id, id)).toBe("backup.damaged");
  writeFileSync(file, bytes.subarray(1));
  expect(await codeOf(id, id)).toBe("backup.damaged");
  rmSync(file.replace(/db$/, "json"));
  expect(await codeOf(id, id)).toBe("backup.damaged");
  expect((await ask("task_get", { task_id: "T1" })).isError).toBe(false);
});

test("without confirm it says what would be lost", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect();
  const id = String((await ask("backup_create", {})).found["backup_id"]);
  await ask("task_edit", { task_id: "T2", title: "Another" });
  const { found } = await ask("backup_restore", { backup_id: id });
  // The edit, and that the copy was kept.
  const loss = { restored: false, lost_events: 2, changed_tasks: ["T2"] };
  expect(found).toMatchObject({ backup_id: id, safety_backup_id: null, ...loss });
});
