/** `wvo backup`: with nobody at work, beside a `wvo run`, and in the worker of a supervisor. */
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { backupFile, BACKUPS_MAX, hashOf } from "../../src/store/backup-files.ts";
import { eventually, startLive } from "../support/live-run.ts";
import { SLOW_MS, supervised } from "../support/supervised.ts";
import type { Workspace } from "../support/workspace.ts";

interface Made {
  readonly id: string;
  readonly sha256: string;
  readonly file: string;
}

async function create(yard: Workspace, label: string): Promise<Made> {
  const { code, stdout, stderr } = await yard.wvo("backup", "create", "--label", label, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Made;
}

const listed = async (yard: Workspace): Promise<readonly object[]> =>
  JSON.parse((await yard.wvo("backup", "list", "--json")).stdout) as object[];

test(
  "they are made with nobody at work, beside a run, and by a supervisor",
  { timeout: SLOW_MS },
  async () => {
    const wait = 'while test -e "$NOTES/wait"; do sleep 0.05; done';
    const write = 'mkdir -p work && echo "$WVO_TASK_ID" > "work/$WVO_TASK_ID"';
    const yard = supervised({ agent: ["/bin/sh", "-c", `${wait}; ${write}`] });
    writeFileSync(join(yard.notes, "wait"), "");
    expect((await yard.wvo("roadmap", "import")).code).toBe(0);
    expect((await yard.wvo("backup", "list")).stdout).toContain("there is no backup");
    const made = [await create(yard, "alone")];
    const run = yard.start("run", "--until", "done");
    const ended = once(run, "exit");
    await eventually(async () => ((await yard.wvo("agents")).stdout.includes("T1") ? true : null));
    made.push(await create(yard, "beside a run"));
    rmSync(join(yard.notes, "wait"));
    expect(await ended).toEqual([0, null]);
    await yard.up("--hold");
    made.push(await create(yard, "by the worker"));
    for (const { file, sha256 } of made) expect(await hashOf(file)).toBe(sha256);
    expect(await listed(yard)).toMatchObject(
      made.toReversed().map(({ id, sha256 }) => ({ id, sha256, file: "whole" })),
    );
    const { stdout } = await yard.wvo("backup", "list");
    expect(stdout).toContain("beside a run");
  },
);

test("a label that is none and a full shelf are refused, and nothing is left of it", async () => {
  const yard = supervised();
  for (const label of ["", "x".repeat(201)]) {
    expect((await yard.wvo("backup", "create", "--label", label)).code).toBe(2);
  }
  const { file, id } = await create(yard, "first");
  const folder = join(file, "..");
  for (let number = 1; number < BACKUPS_MAX; number += 1) {
    const other = id.replace(/.{6}$/, number.toString(16).padStart(6, "0"));
    writeFileSync(backupFile(join(folder, ".."), other), "");
  }
  const before = readdirSync(folder);
  const { code, stderr } = await yard.wvo("backup", "create");
  expect([code, stderr]).toEqual([4, expect.stringContaining("40 backups")]);
  expect(readdirSync(folder)).toEqual(before);
});

const tasksOf = async (yard: Workspace): Promise<readonly string[]> => {
  const { stdout } = await yard.wvo("task", "list", "--json");
  return (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id);
};

test(
  "one is restored where nobody is at work, and what was there is put aside",
  { timeout: SLOW_MS },
  async () => {
    const yard = supervised();
    await yard.wvo("roadmap", "import");
    const { id } = await create(yard, "before");
    await yard.wvo("task", "add", "Third", "--id", "T3");
    const foretold = await yard.wvo("backup", "restore", id);
    expect([foretold.code, foretold.stdout]).toEqual([
      0,
      expect.stringMatching(/lost would be .*T3/),
    ]);
    expect((await yard.wvo("backup", "restore", id, "--confirm", "yes")).code).toBe(5);
    expect((await yard.wvo("backup", "restore", "none", "--confirm", "none")).code).toBe(3);
    expect(await tasksOf(yard)).toEqual(["T1", "T2", "T3"]);
    const restored = await yard.wvo("backup", "restore", id, "--confirm", id, "--json");
    expect([restored.code, restored.stderr]).toEqual([0, ""]);
    const { safety } = JSON.parse(restored.stdout) as { readonly safety: string };
    expect(await tasksOf(yard)).toEqual(["T1", "T2"]);
    expect(await listed(yard)).toMatchObject([{ id: safety, is_safety: true }, { id }]);
    expect((await yard.wvo("backup", "restore", safety, "--confirm", safety)).code).toBe(0);
    expect(await tasksOf(yard)).toEqual(["T1", "T2", "T3"]);
    const again = await yard.wvo("backup", "restore", id, "--confirm", id);
    expect(again.stdout).toMatch(/as they were then: .*T3.*; wvo task cancel .*\n.*wvo up --hold/);
    expect((await yard.wvo("doctor")).code).not.toBe(1);
  },
);

describe("a database that cannot be read", { timeout: SLOW_MS }, () => {
  const PAGE_BYTES = 4_096;
  test.each<[string, (database: Buffer) => Buffer]>([
    [
      "no database at all",
      () => Buffer.from("not a database, and long enough to be one".repeat(9)),
    ],
    ["damaged in its midst", (whole) => whole.fill(0x5a, 2 * PAGE_BYTES)],
    ["cut off", (whole) => whole.subarray(0, 3 * PAGE_BYTES)],
  ])("%s: a backup takes its place, and it is put aside as it is", async (_title, damage) => {
    const yard = supervised();
    await yard.wvo("roadmap", "import");
    const { id } = await create(yard, "before");
    const path = join(yard.repo, "state/orchestrator.db");
    const damaged = damage(readFileSync(path));
    writeFileSync(path, damaged);
    const foretold = await yard.wvo("backup", "restore", id);
    expect(foretold.code).toBe(0);
    const { code, stdout, stderr } = await yard.wvo(
      "backup",
      "restore",
      id,
      "--confirm",
      id,
      "--json",
    );
    expect([code, stderr]).toEqual([0, ""]);
    const { files } = JSON.parse(stdout) as { readonly files: string };
    expect(readFileSync(files).equals(damaged)).toBe(true);
    expect(await tasksOf(yard)).toEqual(["T1", "T2"]);
  });
});

test("beside a run it is refused, with the way out", { timeout: SLOW_MS }, async () => {
  const wait = 'while test -e "$NOTES/wait"; do sleep 0.05; done';
  const yard = supervised({ agent: ["/bin/sh", "-c", wait] });
  writeFileSync(join(yard.notes, "wait"), "");
  const run = startLive(yard, "run");
  await eventually(async () => ((await yard.wvo("agents")).stdout.includes("T1") ? true : null));
  const { id } = await create(yard, "beside a run");
  const { code, stderr } = await yard.wvo("backup", "restore", id, "--confirm", id);
  expect([code, stderr]).toEqual([4, expect.stringContaining("end wvo run")]);
  rmSync(join(yard.notes, "wait"));
  run.signal("SIGINT");
  await run.ended;
  expect((await yard.wvo("backup", "restore", id, "--confirm", id)).code).toBe(0);
});
