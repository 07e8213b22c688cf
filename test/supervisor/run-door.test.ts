/**
 * Sessions of MCP clients with a `wvo run` that works without a supervisor, over real processes:
 * a person's client, and one in the run of an agent that outlives its orchestrator.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Client } from "@modelcontextprotocol/client";
import { stopwatch } from "../../src/clock.ts";
import { findRun } from "../../src/supervisor/run-place.ts";
import { eventually, startLive } from "../support/live-run.ts";
import { clientOf, INITIALIZE, SLOW_MS, supervised, WVO } from "../support/supervised.ts";
import type { Supervised } from "../support/supervised.ts";

/** It does its task when it is let go on. */
const PATIENT = [
  "/bin/sh",
  "-c",
  'until test -e "$NOTES/go"; do sleep 0.1; done; mkdir -p work && echo x > "work/$WVO_TASK_ID"',
];
const TASKS = [{ id: "T1", title: "First" }];

const yardOf = (): Supervised =>
  supervised({ roadmap: { version: 1, tasks: TASKS }, agent: PATIENT });

const letGo = ({ notes }: Supervised): void => writeFileSync(join(notes, "go"), "");
const runOf = ({ repo }: Supervised) => findRun(join(repo, "state"));

async function ask(client: Client, name: string, args: object = {}) {
  const { structuredContent, isError } = await client.callTool({ name, arguments: { ...args } });
  return isError === true ? { isError } : (structuredContent as Record<string, unknown>);
}

const isWorking = (client: Client): Promise<unknown> =>
  eventually(async () => {
    const { task } = (await ask(client, "task_get", { task_id: "T1" })) as {
      task: { state: string; assignee: string };
    };
    return task.state === "active.working" ? task.assignee : null;
  });

/** As a program in the run would start it. */
const inRun = (yard: Supervised): Supervised => ({
  ...yard,
  env: {
    ...yard.env,
    WVO_WORKSPACE_ROOT: yard.repo,
    WVO_RUN_ID: "T1.1",
    WVO_TASK_ID: "T1",
    WVO_AGENT_ID: "worker-01",
  },
});

test(
  "wvo mcp finds a wvo run, and starts no supervisor beside it",
  { timeout: SLOW_MS },
  async () => {
    const yard = yardOf();
    const run = startLive(yard, "run", "--until", "done");
    await eventually(() => runOf(yard));
    const client = await clientOf(yard);
    await isWorking(client);
    expect(await ask(client, "orchestrator_status")).toMatchObject({ tasks: { in_progress: 1 } });
    expect(yard.holder()).toBeNull();
    letGo(yard);
    expect((await run.ended).code).toBe(0);
    expect(runOf(yard)).toBeNull();
  },
);

test(
  "a client in a run goes on with the next orchestrator, for its own task alone",
  { timeout: SLOW_MS },
  async () => {
    const yard = yardOf();
    const first = startLive(yard, "run", "--until", "done");
    await eventually(() => runOf(yard));
    const client = await clientOf(inRun(yard), "legacy");
    await isWorking(client);
    const progress = { task_id: "T1", event: "progress" };
    expect(await ask(client, "task_update", progress)).toMatchObject({ task_id: "T1" });
    const file = { task_id: "T1", name: "settings", path: "weathervane.yaml" };
    expect(await ask(client, "artifact_store", file)).toMatchObject({ state: "open" });
    const outside = { ...file, path: "../../repo/weathervane.yaml" };
    expect(await ask(client, "artifact_store", outside)).toEqual({ isError: true });
    first.signal("SIGKILL");
    await first.ended;

    const waiting = ask(client, "task_update", progress);
    const second = startLive(yard, "run", "--until", "done");
    expect(await waiting).toMatchObject({ task_id: "T1" });
    expect(yard.holder()).toBeNull();
    letGo(yard);
    expect((await second.ended).code).toBe(0);
    const { stdout } = await yard.wvo("log", "--json", "--actor", "agent:worker-01");
    expect(stdout.split("mcp:task_update").length - 1).toBe(2);
    const shown = await yard.wvo("task", "show", "T1", "--json");
    const bytes = yard.file("weathervane.yaml").length;
    expect(JSON.parse(shown.stdout)).toMatchObject({ artifacts: [{ name: "settings", bytes }] });
  },
);

test("in a run no supervisor is started: it waits for somebody", { timeout: SLOW_MS }, async () => {
  const yard = yardOf();
  const connecting = clientOf(inRun(yard), "legacy");
  letGo(yard);
  const up = startLive(yard, "up", "--hold");
  const client = await connecting;
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain("task_update");
  expect(yard.holder()?.process.pid).toBe(up.pid);
});

test("a client that ends while nobody serves ends its wvo mcp", { timeout: SLOW_MS }, async () => {
  const yard = yardOf();
  const { env } = inRun(yard);
  const shim = spawn(process.execPath, [WVO, "mcp"], { cwd: yard.repo, env });
  shim.stdin.write(`${JSON.stringify(INITIALIZE)}\n`);
  await once(shim.stderr, "data");
  const waitedMs = stopwatch();
  shim.kill("SIGTERM");
  expect(await once(shim, "exit")).toEqual([0, null]);
  expect(waitedMs()).toBeLessThan(5_000);
});
