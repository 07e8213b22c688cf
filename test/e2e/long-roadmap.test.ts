/** Two hundred tasks and five agents, with crashes, failures, failed gates and conflicts in them. */
import { expect, test } from "vitest";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { longRoadmap } from "../support/roadmaps.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";

const TASKS = 200;
const TEST_LIMIT_MS = 30 * 60_000;

test(
  `a roadmap of ${TASKS} tasks is worked off by 5 agents to the last task`,
  async () => {
    const yard = makeWorkspace({
      roadmap: longRoadmap(TASKS),
      agent: [process.execPath, agentPath("worker.mjs")],
      config: { agents: 5, wip_limit: 5 },
      files: { "shared.txt": "" },
    });
    const ran = await yard.wvo("run", "--until", "done");
    expect(ran.code, ran.stdout).toBe(0);
    const tasks = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
    expect(tasks).toHaveLength(TASKS);
    proveMergedOnce(yard, tasks);
    expect(yard.file("shared.txt").trim().split("\n").toSorted()).toEqual(
      Array.from({ length: TASKS }, (_, index) => `T${index + 1}`)
        .filter((_, index) => (index + 1) % 3 === 0)
        .toSorted(),
    );
    await proveWhole(yard);
    await proveNoOrphans(yard);
    const journal = (await yard.wvo("log", "--limit", "1000000")).stdout;
    expect(journal.match(/mergeConflicted/g)?.length ?? 0).toBeGreaterThan(0);
    expect(journal.match(/gateFailed/g)?.length ?? 0).toBeGreaterThan(0);
    expect(journal.match(/runFailed/g)?.length ?? 0).toBeGreaterThan(0);
  },
  TEST_LIMIT_MS,
);
