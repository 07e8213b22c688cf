/** `wvo backup`: with nobody at work, beside a `wvo run`, and in the worker of a supervisor. */
import { once } from "node:events";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backupFile, BACKUPS_MAX, hashOf } from "../../src/store/backup-files.ts";
import { eventually } from "../support/live-run.ts";
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
