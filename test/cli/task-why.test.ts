/** `wvo task why` of a task that waits for a person: what was found, and where more is told. */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { makeWorkspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 2 * 60_000;
const WRITER = ["/bin/sh", "-c", 'mkdir -p work && echo done > "work/$WVO_TASK_ID"'];

test(
  "the check that failed first is named, though the last attempts changed nothing",
  async () => {
    const checks = [{ name: "picky", run: "echo the reason; exit 1" }];
    const tasks = [{ id: "T1", title: "One" }];
    const yard = makeWorkspace({
      roadmap: { version: 1, tasks },
      agent: WRITER,
      config: { checks },
    });
    expect((await yard.wvo("run", "--until", "done")).code).toBe(1);
    const { stdout } = await yard.wvo("task", "why", "T1", "--json");
    const { status, because } = JSON.parse(stdout) as { status: string; because: string[] };
    expect(status).toBe("blocked");
    expect(because.join("\n")).toMatch(/found: check picky/);
    const place = because.find((line) => line.startsWith("what its checks printed"));
    expect(existsSync(place?.slice(place.indexOf("/")) ?? "")).toBe(true);
  },
  TEST_LIMIT_MS,
);
