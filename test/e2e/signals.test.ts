/**
 * Agent, runner and orchestrator get a signal, each alone and together, while the agent is at work:
 * nothing of it is left, no second program begins while the first one lives, and the work is done.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually, startLive } from "../support/live-run.ts";
import type { LiveRun } from "../support/live-run.ts";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 5 * 60_000;
const roadmap = { version: 1, tasks: [{ id: "T1", title: "The only task" }] };
const patient = [process.execPath, agentPath("patient.mjs")];

type Who = "agent" | "runner" | "orchestrator";

interface Row {
  readonly signal: "SIGTERM" | "SIGKILL";
  readonly to: readonly Who[];
  /** How the first run of the task ends, where the order of two signals decides in one of these ways. */
  readonly first: readonly string[];
  /** Failed attempts of the task, in the same order. */
  readonly attempts: readonly number[];
}

const ended = "by itself; ended by SIGTERM";
const killed = "by itself; ended by SIGKILL";
const stopped = "the run was stopped";
const lost = "no record";

const ROWS: readonly Row[] = [
  { signal: "SIGTERM", to: ["agent"], first: [ended], attempts: [1] },
  { signal: "SIGTERM", to: ["runner"], first: [stopped], attempts: [0] },
  { signal: "SIGTERM", to: ["orchestrator"], first: [stopped], attempts: [0] },
  // The program's own end and our asking for it meet: either may be seen first.
  { signal: "SIGTERM", to: ["agent", "runner"], first: [ended, stopped], attempts: [1, 0] },
  { signal: "SIGTERM", to: ["agent", "orchestrator"], first: [ended, stopped], attempts: [1, 0] },
  { signal: "SIGTERM", to: ["runner", "orchestrator"], first: [stopped], attempts: [0] },
  {
    signal: "SIGTERM",
    to: ["agent", "runner", "orchestrator"],
    first: [ended, stopped],
    attempts: [1, 0],
  },
  { signal: "SIGKILL", to: ["agent"], first: [killed], attempts: [1] },
  { signal: "SIGKILL", to: ["runner"], first: [lost], attempts: [1] },
  // The program goes on, is found again, and finishes.
  { signal: "SIGKILL", to: ["orchestrator"], first: ["by itself; exit code 0"], attempts: [0] },
  { signal: "SIGKILL", to: ["agent", "runner"], first: [lost, killed], attempts: [1, 1] },
  { signal: "SIGKILL", to: ["agent", "orchestrator"], first: [killed], attempts: [1] },
  { signal: "SIGKILL", to: ["runner", "orchestrator"], first: [lost], attempts: [1] },
  {
    signal: "SIGKILL",
    to: ["agent", "runner", "orchestrator"],
    first: [lost, killed],
    attempts: [1, 1],
  },
];

test.each(ROWS)(
  "$signal to $to",
  async ({ signal, to, first, attempts }) => {
    const yard = makeWorkspace({ roadmap, agent: patient, config: { agents: 2 } });
    const run = startLive(yard, "run", "--until", "done");
    await eventually(() => (existsSync(join(yard.notes, "began-T1.1")) ? true : null));
    await eventually(() => (existsSync(join(runDir(yard), "process.json")) ? true : null));
    const pids = pidsOf(yard, run);
    for (const who of to) process.kill(pids[who], signal);
    if (to.includes("orchestrator")) await run.ended;
    writeFileSync(join(yard.notes, "go"), "");
    const { code, stderr } = await finish(yard, run, to.includes("orchestrator"));
    expect(code, stderr).toBe(0);
    const [task] = await provenTasks(yard);
    const found = first.findIndex((words) => howItEnded(yard).includes(words));
    expect(first[found], howItEnded(yard)).toBeDefined();
    expect(task).toMatchObject({ status: "done", attempts: attempts[found] });
  },
  TEST_LIMIT_MS,
);

const runDir = ({ repo }: Workspace): string => join(repo, "state/runs/T1.1");

function pidsOf(yard: Workspace, run: LiveRun): Readonly<Record<Who, number>> {
  const claim = JSON.parse(readFileSync(join(runDir(yard), "claim"), "utf8")) as { pid: number };
  const agent = Number(readFileSync(join(yard.notes, "began-T1.1"), "utf8"));
  return { agent, runner: claim.pid, orchestrator: run.pid };
}

/** The same `wvo run` goes on where it can, else the next one does. */
async function finish(yard: Workspace, run: LiveRun, isOver: boolean) {
  return isOver ? yard.wvo("run", "--until", "done") : run.ended;
}

function howItEnded(yard: Workspace): string {
  const path = join(runDir(yard), "exit.json");
  if (!existsSync(path)) return lost;
  return (JSON.parse(readFileSync(path, "utf8")) as { detail: string }).detail;
}

async function provenTasks(yard: Workspace) {
  expect(readdirSync(yard.notes).filter((name) => name.startsWith("twice-"))).toEqual([]);
  const tasks = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
  proveMergedOnce(yard, tasks);
  await proveWhole(yard);
  await proveNoOrphans(yard);
  return tasks;
}
