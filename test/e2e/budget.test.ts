/**
 * Money on a real repository with real programs: a day's budget stops new runs and no running one,
 * work goes on once it is raised, and what is told of costs is what the agents said, also after the
 * orchestrator was killed.
 */
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pause } from "../../src/clock.ts";
import { eventually, startLive } from "../support/live-run.ts";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 5 * 60_000;
const tasks = ["T1", "T2", "T3", "T4"].map((id) => ({ id, title: `Task ${id}` }));
const LOW = { name: "all", when: {}, use: { providers: ["*"], tier: "low" } };

/** Every run is expected to cost 0.30 USD, and says that it cost 0.40. */
function makeYard(budget: object): Workspace {
  const config = { agents: 2, wip_limit: 2, routes: [LOW], budget, estimates: { low: ESTIMATE } };
  const agent = [process.execPath, agentPath("spender.mjs")];
  return makeWorkspace({ roadmap: { version: 1, tasks }, agent, config });
}
const ESTIMATE = { input_tokens: 2_000, output_tokens: 200, usd: 0.3 };

const readJson = async (yard: Workspace, ...args: readonly string[]) => {
  const { code, stdout, stderr } = await yard.wvo(...args, "--json");
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};

interface Said {
  readonly run: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number;
}
const saidIn = ({ notes }: Workspace): readonly Said[] =>
  readFileSync(join(notes, "spent.log"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Said);

const sum = (all: readonly number[]): number => all.reduce((total, each) => total + each, 0);
/** To the millionth of a dollar, as it is counted. */
const usd = (amount: number): number => Math.round(amount * 1_000_000) / 1_000_000;

/** A run that the orchestrator was killed before is expected, and has used nothing. */
async function proveTold(yard: Workspace): Promise<void> {
  const said = saidIn(yard);
  const shown = await Promise.all(tasks.map(({ id }) => readJson(yard, "task", "show", id)));
  const runs = sum(shown.map((task: { readonly runs: number }) => task.runs));
  for (const by of ["task", "provider", "tier", "day"]) {
    const { total, in_flight } = await readJson(yard, "cost", "--by", by);
    expect(total).toMatchObject({
      runs,
      actual: {
        tokens: sum(said.map(({ input_tokens, output_tokens }) => input_tokens + output_tokens)),
        usd: usd(sum(said.map(({ cost_usd }) => cost_usd))),
      },
      estimated: { tokens: 2_200 * runs, usd: usd(0.3 * runs) },
      runs_without_cost: 0,
    });
    expect(in_flight).toEqual([]);
  }
}

test(
  "a day's budget stops new runs, lets the running one end, and work goes on once it is raised",
  async () => {
    const yard = makeYard({ day: { usd: 0.9 } });
    const gate = join(yard.notes, "wait-T2");
    writeFileSync(gate, "");
    const run = startLive(yard, "run", "--until", "idle");
    await run.says("T1          done");
    // T1 came to 0.40 and 0.30 are held back for T2: nothing of 0.30 more fits into 0.90.
    const { in_flight, budget } = await readJson(yard, "cost");
    expect(in_flight).toMatchObject([{ run: "T2.1", estimated: { tokens: 2_200, usd: 0.3 } }]);
    expect(budget.day).toMatchObject({ used: { usd: 0.4 }, reserved: { usd: 0.3 } });
    rmSync(gate);
    const { code, stderr, stdout } = await run.ended;
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/T2 +done/);
    expect(stderr).toMatch(/no money +T3 waits: the day's budget has no room for it: 0\.80 USD/);
    expect(stderr.match(/no money/g)).toHaveLength(1);
    await proveTold(yard);
    expect(saidIn(yard).map((each) => each.run)).toEqual(["T1.1", "T2.1"]);
    expect(await readJson(yard, "status")).toMatchObject({
      budget: { day: { cap: { usd: 0.9 }, left: { usd: 0.1, tokens: null } } },
    });
    const why = await readJson(yard, "task", "why", "T3");
    expect(why.because[0]).toMatch(/0\.80 USD of 0\.90 USD are used.*0\.30 USD; it begins anew/);

    writeFileSync(
      join(yard.repo, "weathervane.yaml"),
      yard.file("weathervane.yaml").replace("0.9", "5"),
    );
    yard.git("commit", "--quiet", "--all", "--message=More money");
    const last = await yard.wvo("run", "--until", "done");
    expect(last.code, last.stderr).toBe(0);
    await proveTold(yard);
    expect(saidIn(yard)).toHaveLength(4);
    await proveWhole(yard);
    await proveNoOrphans(yard);
  },
  TEST_LIMIT_MS,
);

test(
  "what a task may cost in all, and what everything may, waits for a person",
  async () => {
    const yard = makeYard({ roadmap: { tokens: 3_000 } });
    const { code, stderr } = await yard.wvo("run", "--until", "done");
    expect(code).toBe(1);
    expect(stderr).toMatch(/the whole roadmap's budget .*; raise budget\.roadmap\.tokens/);
    expect(saidIn(yard)).toHaveLength(1);
    await proveTold(yard);
  },
  TEST_LIMIT_MS,
);

const LIVES_MS = [900, 1_300, 1_700, 2_100, 1_100];

test(
  "what is told of costs is what the agents said, though the orchestrator is killed again and again",
  async () => {
    const yard = makeYard({ day: { usd: 100 }, task: { tokens: 50_000 } });
    writeFileSync(join(yard.notes, "wait-T1"), "");
    let kills = 0;
    for (const lifeMs of LIVES_MS) {
      const child = yard.start("run", "--until", "done");
      const ended = once(child, "exit");
      await Promise.race([ended, pause(lifeMs)]);
      child.kill("SIGKILL");
      const [, signal] = (await ended) as [number | null, string | null];
      kills += signal === "SIGKILL" ? 1 : 0;
    }
    expect(kills).toBe(LIVES_MS.length);
    rmSync(join(yard.notes, "wait-T1"));
    const { code, stderr } = await yard.wvo("run", "--until", "done");
    expect(code, stderr).toBe(0);
    await eventually(() => (saidIn(yard).length >= tasks.length ? true : null));
    await proveTold(yard);
    proveMergedOnce(yard, await readJson(yard, "task", "list"));
    await proveWhole(yard);
  },
  TEST_LIMIT_MS,
);
