/** `critics_run`: the real checks over real work that is not handed in, and no task is moved by it. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eventually } from "../support/live-run.ts";
import { openMcpYard } from "../support/mcp-yard.ts";
import type { McpClient, McpYard } from "../support/mcp-yard.ts";

type Ask = McpClient["ask"];

/** Ann holds T1; the one configured check wants the file `work/T1`. */
async function annAtWork(): Promise<{ readonly yard: McpYard; readonly ask: Ask }> {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "worker", agentId: "ann" });
  await ask("task_claim", { task_id: "T1" });
  return { yard, ask };
}

function commitWork({ repo, git }: McpYard): string {
  git("checkout", "--quiet", "-b", "ann");
  mkdirSync(join(repo, "work"), { recursive: true });
  writeFileSync(join(repo, "work/T1"), "done");
  git("add", "--all");
  git("commit", "--quiet", "--message=work");
  git("checkout", "--quiet", "main");
  return git("rev-parse", "ann");
}

describe("a trial", () => {
  test("says what the gate would say, and moves no task", async () => {
    const { yard, ask } = await annAtWork();
    const red = await ask("critics_run", { task_id: "T1", commit: "main" });
    expect(red.found).toMatchObject({
      run_id: "trial@T1@1",
      state: "failed",
      results: [{ name: "exists", passed: false, mandatory: true }],
    });
    const commit = commitWork(yard);
    const keyed = { task_id: "T1", commit: "ann", critics: ["exists"], idempotency_key: "k" };
    const green = await ask("critics_run", keyed);
    expect(green.found).toMatchObject({
      run_id: "trial@T1@2",
      commit,
      state: "passed",
      results: [{ name: "exists", passed: true }],
    });
    expect((await ask("critics_run", keyed)).found).toEqual(green.found);
    const asked = await ask("critics_run", { task_id: "T1", run_id: "trial@T1@1" });
    expect(asked.found).toEqual(red.found);
    expect(yard.app.store.views.task("T1")).toMatchObject({ substate: "active.working" });
    expect(yard.app.store.views.gatesOf("T1")).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["of a commit that is none", { commit: "nowhere" }, "critics.refused"],
    ["without a worktree here or a commit", {}, "critics.refused"],
    ["by a check that is none", { commit: "main", critics: ["beauty"] }, "critics.refused"],
    ["of another task's", { run_id: "trial@T3@1" }, "critics.refused"],
    ["that was never begun", { run_id: "trial@T1@7" }, "critics.refused"],
    ["that is the gate itself", { run_id: "T1.1" }, "critics.refused"],
    ["of a task that is not its own", { task_id: "T3", commit: "main" }, "mcp.foreign-task"],
  ])("%s is refused", async (_title, args, code) => {
    const { ask } = await annAtWork();
    const refused = await ask("critics_run", { task_id: "T1", ...args });
    expect(refused).toMatchObject({ isError: true, found: { error: { code } } });
  });

  test("is of its own task, though the names of tasks begin alike", async () => {
    const yard = await openMcpYard([
      { id: "T1", title: "First" },
      { id: "T1.1", title: "Its part" },
    ]);
    const ann = await yard.connect({ role: "worker", agentId: "ann" });
    const bob = await yard.connect({ role: "worker", agentId: "bob" });
    await ann.ask("task_claim", { task_id: "T1.1" });
    await bob.ask("task_claim", { task_id: "T1" });
    const hers = await ann.ask("critics_run", { task_id: "T1.1", commit: "main" });
    expect(hers.found).toMatchObject({ run_id: "trial@T1.1@1" });
    const his = { task_id: "T1", run_id: hers.found["run_id"] };
    expect((await bob.ask("critics_run", his)).isError).toBe(true);
    const own = await bob.ask("critics_run", { task_id: "T1", commit: "main" });
    expect(own.found).toMatchObject({ run_id: "trial@T1@1" });
  });

  test("there is one of a task at a time", async () => {
    const { ask } = await annAtWork();
    const first = ask("critics_run", { task_id: "T1", commit: "main", wait_s: 0 });
    const second = ask("critics_run", { task_id: "T1", commit: "main", wait_s: 0 });
    const both = await Promise.all([first, second]);
    const refused = both.find(({ isError }) => isError);
    expect(JSON.stringify(refused?.found)).toContain("under way");
    const { found } = await ask("critics_run", { task_id: "T1", run_id: "trial@T1@1" });
    expect(found).toMatchObject({ state: "failed" });
  });
});

const TEST_LIMIT_MS = 3 * 60_000;
const AT_WORK =
  'mkdir -p work; echo done > "work/$WVO_TASK_ID"; while [ ! -e "$NOTES/go" ]; do sleep 0.05; done';

test(
  "a run of ours is tried as its worktree stands, nothing being committed",
  async () => {
    const config = (notes: string) => {
      const program = ["/bin/sh", "-c", AT_WORK];
      return { providers: { command: { kind: "command", program, env: { NOTES: notes } } } };
    };
    const yard = await openMcpYard([{ id: "T1", title: "First" }], { config });
    await yard.app.begin();
    const work = join(yard.app.config.worktree_root, "worker-01", "work", "T1");
    await eventually(() => (existsSync(work) ? true : null));
    const { ask } = await yard.connect({ role: "worker", agentId: "worker-01", taskId: "T1" });
    const { found } = await ask("critics_run", { task_id: "T1" });
    expect(found).toMatchObject({ state: "passed", results: [{ name: "exists", passed: true }] });
    writeFileSync(join(yard.notes, "go"), "");
    await yard.app.drain();
  },
  TEST_LIMIT_MS,
);
