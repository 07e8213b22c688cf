/** Agents that do what they must not: nothing is lost, nothing is left, nobody is confused. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const roadmap = { version: 1, tasks: [{ id: "T1", title: "The only task" }] };

function yardFor(trick: string, provider: object = {}): Workspace {
  const program = [process.execPath, agentPath("hostile.mjs")];
  const yard = makeWorkspace({ roadmap, agent: program, env: { TRICK: trick } });
  const command = {
    kind: "command",
    program,
    env: { TRICK: trick, NOTES: yard.notes },
    ...provider,
  };
  return makeWorkspace({ roadmap, agent: program, config: { providers: { command } } });
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly merged_commit: string | null;
}

async function workOff(yard: Workspace) {
  const ran = await yard.wvo("run", "--until", "done");
  const tasks = JSON.parse((await yard.wvo("task", "list", "--json")).stdout) as Row[];
  return { ran, tasks, task: tasks[0] };
}

test.each([
  ["prints a lot", { output_limit: "2MB" }, 0],
  ["prints binary", {}, 0],
  ["never ends", { idle_limit: "300ms" }, 1],
  ["forks away", {}, 0],
  ["changes branch", {}, 1],
  ["deletes .git", {}, 0],
  ["leaves nothing", {}, 1],
  ["is limited", {}, 0],
])(
  "an agent that %s is dealt with, at %j and %i failed attempts",
  async (trick, limits, attempts) => {
    const yard = yardFor(trick, limits);
    const { ran, tasks, task } = await workOff(yard);
    expect(ran.code, ran.stderr).toBe(0);
    expect(task).toMatchObject({ status: "done", attempts });
    proveMergedOnce(yard, tasks);
    await proveWhole(yard);
    await proveNoOrphans(yard);
  },
);

test("what a chatty agent prints is kept up to the limit", async () => {
  const yard = yardFor("prints a lot", { output_limit: "2MB" });
  await workOff(yard);
  const { size } = statSync(join(yard.repo, "state/runs/T1.1/stdout.log"));
  expect(size).toBeLessThanOrEqual(2_000_100); // with the line that tells what was dropped
  expect(size).toBeGreaterThan(1_000_000);
});

test("work that was done on another branch is still there", async () => {
  const yard = yardFor("changes branch");
  await workOff(yard);
  expect(yard.git("log", "--all", "--format=%s").split("\n")).toContain("mine");
});

test("an agent that is out of luck three times is not tried a fourth time", async () => {
  const yard = makeWorkspace({ roadmap, agent: ["/bin/false"] });
  const { ran, task } = await workOff(yard);
  expect(ran.code).toBe(1);
  expect(task).toMatchObject({ status: "blocked", attempts: 3 });
  expect(readdirSync(join(yard.repo, "state/runs")).filter((run) => run.startsWith("T1"))).toEqual([
    "T1.1",
    "T1.2",
    "T1.3",
  ]);
  const why = await yard.wvo("task", "why", "T1");
  expect(why.stdout).toContain("3 attempts failed");
});

test.each([
  ["missing", ["/nowhere/agent"], "no program /nowhere/agent"],
  ["not executable", ["state/roadmap.yaml"], "not executable"],
])(
  "a program that is %s costs no attempt: the provider is unavailable",
  async (_title, agent, words) => {
    const yard = makeWorkspace({ roadmap, agent });
    const ran = await yard.wvo("run", "--until", "idle");
    expect(ran.code).toBe(0);
    const tasks = JSON.parse((await yard.wvo("task", "list", "--json")).stdout) as Row[];
    expect(tasks[0]).toMatchObject({ status: "pending", attempts: 0 });
    const status = JSON.parse((await yard.wvo("status", "--json")).stdout);
    expect(status.providers[0]).toMatchObject({ status: "unavailable" });
    expect(status.providers[0].reason).toContain(words);
    expect((await yard.wvo("doctor")).code).toBe(7);
  },
);
