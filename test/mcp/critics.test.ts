/** `critics_run`: the real checks over real work that is not handed in, and no task is moved by it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
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
      run_id: "trial@T1.1",
      state: "failed",
      results: [{ name: "exists", passed: false, mandatory: true }],
    });
    const commit = commitWork(yard);
    const keyed = { task_id: "T1", commit: "ann", critics: ["exists"], idempotency_key: "k" };
    const green = await ask("critics_run", keyed);
    expect(green.found).toMatchObject({
      run_id: "trial@T1.2",
      commit,
      state: "passed",
      results: [{ name: "exists", passed: true }],
    });
    expect((await ask("critics_run", keyed)).found).toEqual(green.found);
    const asked = await ask("critics_run", { task_id: "T1", run_id: "trial@T1.1" });
    expect(asked.found).toEqual(red.found);
    expect(yard.app.store.views.task("T1")).toMatchObject({ substate: "active.working" });
    expect(yard.app.store.views.gatesOf("T1")).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["of a commit that is none", { commit: "nowhere" }, "critics.refused"],
    ["without a worktree here or a commit", {}, "critics.refused"],
    ["by a check that is none", { commit: "main", critics: ["beauty"] }, "critics.refused"],
    ["of another task's", { run_id: "trial@T3.1" }, "critics.refused"],
    ["that was never begun", { run_id: "trial@T1.7" }, "critics.refused"],
    ["that is the gate itself", { run_id: "T1.1" }, "critics.refused"],
    ["of a task that is not its own", { task_id: "T3", commit: "main" }, "mcp.foreign-task"],
  ])("%s is refused", async (_title, args, code) => {
    const { ask } = await annAtWork();
    const refused = await ask("critics_run", { task_id: "T1", ...args });
    expect(refused).toMatchObject({ isError: true, found: { error: { code } } });
  });

  test("there is one of a task at a time", async () => {
    const { ask } = await annAtWork();
    const first = ask("critics_run", { task_id: "T1", commit: "main", wait_s: 0 });
    const second = ask("critics_run", { task_id: "T1", commit: "main", wait_s: 0 });
    const both = await Promise.all([first, second]);
    const refused = both.find(({ isError }) => isError);
    expect(JSON.stringify(refused?.found)).toContain("under way");
    const { found } = await ask("critics_run", { task_id: "T1", run_id: "trial@T1.1" });
    expect(found).toMatchObject({ state: "failed" });
  });
});
