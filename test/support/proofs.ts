/** What must hold at the end of every real run, whatever happened on the way. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { catalog } from "../../src/catalog/catalog.ts";
import { unansweredLetters } from "../../src/app/unanswered.ts";
import { Charts } from "../../src/host/charts.ts";
import { findDrift } from "../../src/host/parity.ts";
import { replayAll } from "../../src/host/replay.ts";
import { openReader } from "../../src/store/sqlite/store.ts";
import type { Workspace } from "./workspace.ts";

type Proven = Pick<Workspace, "repo" | "git">;

/** Every task of the target's history is there once, and is the commit that its task names. */
export function proveMergedOnce({ git }: Proven, tasks: readonly MergedTask[]): void {
  const log = git(
    "log",
    "--format=%H%x00%(trailers:key=Wvo-Task,valueonly,separator=%x2C)",
    "main",
  );
  const commits = log.split("\n").map((line) => line.split("\0"));
  const merged = commits.flatMap(([, task = ""]) => (task === "" ? [] : [task]));
  expect(merged.toSorted()).toEqual(tasks.map(({ id }) => id).toSorted());
  for (const { id, merged_commit } of tasks) {
    expect(commits.find(([, task]) => task === id)?.[0]).toBe(merged_commit);
  }
}

interface MergedTask {
  readonly id: string;
  readonly merged_commit: string | null;
}

/** Database and repository are whole, the journal replays, and the tables follow from it. */
export async function proveWhole({ repo, git }: Proven): Promise<void> {
  const store = openReader(join(repo, "state/orchestrator.db"));
  expect(await store.check()).toEqual([]);
  const charts = new Charts(catalog);
  expect((await replayAll(store, charts)).discrepancies).toEqual([]);
  expect(await findDrift(store, charts)).toEqual([]);
  expect(await unansweredLetters(store, 10)).toEqual([]);
  await store.close();
  expect(git("fsck", "--strict", "--no-dangling")).toBe("");
}

/** A runner writes the exit record and then ends itself: what is there after this stays for ever. */
const LAST_STEPS_MS = 60_000;

/** No process goes on bearing the mark of a run of this workspace. */
export async function proveNoOrphans(yard: Proven): Promise<void> {
  await expect.poll(() => bearersOf(yard), { timeout: LAST_STEPS_MS }).toEqual([]);
}

const bearersOf = ({ repo }: Proven): readonly string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => /WVO_(RUN_ID|RUNNER_OF)=/.test(environOf(pid)))
    .filter((pid) => environOf(pid).includes(join(repo, "..")));

function environOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return ""; // it ended meanwhile
  }
}
