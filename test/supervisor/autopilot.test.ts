/** Whether work is handed out is for people to say, whatever dies meanwhile. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually } from "../support/live-run.ts";
import { clientOf, signal, SLOW_MS, supervised } from "../support/supervised.ts";
import type { Supervised } from "../support/supervised.ts";

const ENDS: Readonly<Record<string, unknown>> = { timeout: SLOW_MS };

async function standing(yard: Supervised) {
  const { coordinator, tasks } = JSON.parse((await yard.wvo("status", "--json")).stdout);
  return {
    state: (coordinator as { state: string }).state,
    done: (tasks as { done: number }).done,
  };
}
const doneAre = (yard: Supervised, count: number) =>
  eventually(async () => ((await standing(yard)).done === count ? true : null));

test("a stop outlives the worker, and wvo run starts again", ENDS, async () => {
  const yard = supervised();
  await yard.up();
  await doneAre(yard, 2);
  const client = await clientOf(yard);
  const stop = { name: "autopilot_control", arguments: { action: "stop" } };
  expect((await client.callTool(stop)).isError).toBeFalsy();
  expect((await standing(yard)).state).toBe("stopped");
  const worker = await yard.workerPid();
  signal(worker, "SIGKILL");
  await yard.workerPid(worker);
  expect((await yard.wvo("task", "add", "Third")).code).toBe(0);
  expect(await standing(yard)).toEqual({ state: "stopped", done: 2 });
  expect((await yard.wvo("run", "--until", "done")).code).toBe(0);
  expect((await standing(yard)).done).toBe(3);
});

test("autopilot_control starts the work of a supervisor that holds", ENDS, async () => {
  const yard = supervised();
  await yard.up("--hold");
  const client = await clientOf(yard);
  expect((await standing(yard)).state).toBe("stopped");
  await client.callTool({ name: "autopilot_control", arguments: { action: "start" } });
  await doneAre(yard, 2);
  expect((await standing(yard)).done).toBe(2);
});

test(
  "what a killed orchestrator left running goes on, and nothing new is begun",
  ENDS,
  async () => {
    const wait = 'while test -e "$NOTES/wait"; do sleep 0.05; done';
    const write = 'mkdir -p work && echo "$WVO_TASK_ID" > "work/$WVO_TASK_ID"';
    const yard = supervised({
      agent: ["/bin/sh", "-c", `touch "$NOTES/begun"; ${wait}; ${write}`],
    });
    writeFileSync(join(yard.notes, "wait"), "");
    const run = yard.start("run");
    await eventually(() => (existsSync(join(yard.notes, "begun")) ? true : null));
    run.kill("SIGKILL");
    await yard.up("--hold");
    expect((await standing(yard)).state).toBe("stopped");
    rmSync(join(yard.notes, "wait"));
    await doneAre(yard, 1);
    expect(await standing(yard)).toEqual({ state: "stopped", done: 1 });
  },
);
