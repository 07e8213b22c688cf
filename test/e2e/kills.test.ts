/**
 * The orchestrator is killed at random moments, a hundred times and more, over a real roadmap in a
 * real repository with real agent programs; then everything must be as if nothing had happened.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pause } from "../../src/clock.ts";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { longRoadmap } from "../support/roadmaps.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const KILLS = 100;
const TASKS = 60;
/** From a process that has hardly begun to one that has been at work for a while. */
const LIFE_MAX_MS = 1_600;
const RUNS_MAX = 400;
const TEST_LIMIT_MS = 20 * 60_000;

/** A small generator of numbers in [0, 1): the same seed gives the same moments. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Lets the orchestrator live for some time; true where it was killed before its end. */
async function liveFor(child: ChildProcess, lifeMs: number): Promise<boolean> {
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  await Promise.race([ended, pause(lifeMs)]);
  child.kill("SIGKILL");
  const [, signal] = await ended;
  return signal === "SIGKILL";
}

const agent = [process.execPath, agentPath("worker.mjs")];

function makeYard(): Workspace {
  const config = {
    agents: 4,
    wip_limit: 4,
    routes: [{ name: "all", when: {}, use: { providers: ["*"], tier: "low" } }],
  };
  const files = { "shared.txt": "" };
  return makeWorkspace({ roadmap: longRoadmap(TASKS), agent, config, files });
}

test(
  `${KILLS} kills at random moments: every task is merged exactly once, nothing runs twice`,
  async () => {
    const yard = makeYard();
    const random = mulberry(Number(process.env["WVO_TEST_SEED"] ?? 20_261_121));
    let kills = 0;
    for (let run = 0; run < RUNS_MAX && kills < KILLS; run += 1) {
      const child = yard.start("run", "--until", "done");
      if (await liveFor(child, random() * LIFE_MAX_MS)) kills += 1;
    }
    expect(kills).toBe(KILLS);
    const last = await yard.wvo("run", "--until", "done");
    expect(last.code, last.stdout).toBe(0);
    const tasks = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
    expect(tasks).toHaveLength(TASKS);
    proveMergedOnce(yard, tasks);
    proveStartedOnce(yard);
    await proveWhole(yard);
    await proveNoOrphans(yard);
  },
  TEST_LIMIT_MS,
);

/** The agents' own notes: no run began twice, and no two runs of a task were alive at once. */
function proveStartedOnce({ notes }: Workspace): void {
  const path = join(notes, "runs.log");
  const lines = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  expect(lines.filter((line) => line.startsWith("TWICE"))).toEqual([]);
  const starts = lines.filter((line) => line.startsWith("start"));
  expect(new Set(starts).size).toBe(starts.length);
}
