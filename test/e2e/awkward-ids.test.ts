/** Task ids that look like names of our own, or like each other: their runs do not get mixed up. */
import { expect, test } from "vitest";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 2 * 60_000;

test(
  "tasks called like gates, folders and runs of others are all merged",
  async () => {
    const first = ["gate-T1", "checks", "refinery", "worker-01", "T1.1"];
    const tasks = [
      // Their folders are there before T1 has any of its own.
      ...first.map((id) => ({ id, title: id })),
      { id: "T1", title: "The one they are named after", depends_on: first },
    ];
    const yard = makeWorkspace({
      roadmap: { version: 1, tasks },
      agent: [process.execPath, agentPath("worker.mjs")],
      config: { agents: 3 },
      files: { "shared.txt": "" },
    });
    const ran = await yard.wvo("run", "--until", "done");
    expect(ran.code, ran.stderr).toBe(0);
    const list = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
    expect(list.map(({ attempts }: { readonly attempts: number }) => attempts)).toEqual(
      tasks.map(() => 0),
    );
    proveMergedOnce(yard, list);
    await proveWhole(yard);
    await proveNoOrphans(yard);
  },
  TEST_LIMIT_MS,
);
