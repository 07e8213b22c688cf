/**
 * One agent is at work for ten minutes, while the orchestrator is killed and started again twenty
 * times: it is the same program all along, and its work is merged once.
 *
 * The minutes are those of the orchestrator's clock, by which it keeps its leases and timers: each
 * life begins with a clock that is ahead by one step more, as if it had been away for so long. The
 * agent, its runner and its beats are real, and so are all kills.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openReader } from "../../src/store/sqlite/store.ts";
import type { JournalRow } from "../../src/store/port.ts";
import { eventually, startLive } from "../support/live-run.ts";
import type { LiveRun } from "../support/live-run.ts";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const RESTARTS = 20;
const AT_WORK_MS = 10 * 60_000;
const STEP_MS = AT_WORK_MS / RESTARTS;
/** Beats come every ten real seconds. One is waited for well before a lease can end (5 minutes). */
const LIVES_PER_BEAT = 4;
const TEST_LIMIT_MS = 15 * 60_000;

const MOVED_CLOCK = fileURLToPath(new URL("../fixtures/programs/moved-clock.mjs", import.meta.url));
const roadmap = { version: 1, tasks: [{ id: "T1", title: "Takes its time" }] };
const agent = [process.execPath, agentPath("patient.mjs")];

function begin(yard: Workspace, restarts: number): LiveRun {
  yard.env["NODE_OPTIONS"] = `--import=${MOVED_CLOCK}`;
  yard.env["WVO_TEST_CLOCK_AHEAD_MS"] = String(restarts * STEP_MS);
  return startLive(yard, "run", "--until", "done");
}

async function journalOf(yard: Workspace, actor: string): Promise<readonly JournalRow[]> {
  const store = openReader(join(yard.repo, "state/orchestrator.db"));
  try {
    return await store.journal({ actor, limit: 10_000 });
  } finally {
    await store.close();
  }
}

const isOf = (type: string) => (row: JournalRow) => row.happening.includes(`"type":"${type}"`);

/** Told once in each life, when what was under way has been taken up. */
const RECHECK = ["provider:command", "recheck"] as const;
const BEAT = ["agent:worker-01", "beat"] as const;

const countOf = async (yard: Workspace, [actor, type]: readonly [string, string]) =>
  (await journalOf(yard, actor)).filter(isOf(type)).length;

/** Resolves when there is one more such event than there were. */
const oneMore = (yard: Workspace, event: readonly [string, string], before: number) =>
  eventually(async () => ((await countOf(yard, event)) > before ? true : null));

test(
  `${AT_WORK_MS / 60_000} minutes at work and ${RESTARTS} restarts: started once, merged once`,
  async () => {
    const yard = makeWorkspace({ roadmap, agent, config: { agents: 1 } });
    let run = begin(yard, 0);
    await eventually(() => (existsSync(join(yard.notes, "began-T1.1")) ? true : null));
    const program = readFileSync(join(yard.notes, "began-T1.1"), "utf8");
    for (let restarts = 1; restarts <= RESTARTS; restarts += 1) {
      const rechecks = await countOf(yard, RECHECK);
      run.signal("SIGKILL");
      await run.ended;
      run = begin(yard, restarts);
      await oneMore(yard, RECHECK, rechecks);
      const beats = await countOf(yard, BEAT);
      if (restarts % LIVES_PER_BEAT === 0) await oneMore(yard, BEAT, beats);
    }
    expect(readFileSync(join(yard.notes, "began-T1.1"), "utf8"), "the same program").toBe(program);
    writeFileSync(join(yard.notes, "go"), "");
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(0);
    await proveOnce(yard);
  },
  TEST_LIMIT_MS,
);

async function proveOnce(yard: Workspace): Promise<void> {
  const starts = readdirSync(yard.notes).filter((name) => name.startsWith("began-"));
  expect(starts).toEqual(["began-T1.1"]);
  const tasks = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
  expect(tasks).toMatchObject([{ id: "T1", status: "done", attempts: 0 }]);
  const life = await journalOf(yard, "task:T1");
  const timeOf = (type: string): readonly number[] =>
    life.filter(isOf(type)).map(({ atMs }) => atMs);
  const [started = 0, ...others] = timeOf("runStarted");
  expect(others, "started once").toEqual([]);
  expect((timeOf("workFinished")[0] ?? 0) - started).toBeGreaterThanOrEqual(AT_WORK_MS);
  proveMergedOnce(yard, tasks);
  await proveWhole(yard);
  await proveNoOrphans(yard);
}
