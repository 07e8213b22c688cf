/** `wvo up` and `wvo down` as real processes: one a workspace, found, refused, killed and ended. */
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasEnded } from "../../src/supervisor/worker-process.ts";
import { identityOf } from "../../src/processes/identity.ts";
import { startLive } from "../support/live-run.ts";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { signal, SLOW_MS, supervised } from "../support/supervised.ts";
import type { Supervised } from "../support/supervised.ts";

const END_LIMIT_MS = 60_000;

/** Every living process that stands in this workspace, by what it is. */
function processesOf({ repo }: Supervised): readonly string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      if (readlinkSync(`/proc/${pid}/cwd`) !== repo) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()];
    } catch {
      return [];
    }
  });
}

describe("one supervisor a workspace", { timeout: SLOW_MS }, () => {
  test("works off the roadmap, is found by every command, and is ended by wvo down", async () => {
    const yard = supervised();
    const { process: supervisor } = await yard.up();
    const run = await yard.wvo("run", "--until", "done");
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining("T2  done")]);
    const { stdout } = await yard.wvo("status", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      supervisor: { pid: supervisor.pid },
      orchestrator: { name: "wvo up", pid: await yard.workerPid() },
      tasks: { done: 2 },
    });
    const down = await yard.wvo("down");
    expect([down.code, down.stdout]).toEqual([
      0,
      `the supervisor (pid ${supervisor.pid}) has ended\n`,
    ]);
    expect(processesOf(yard)).toEqual([]);
    expect(yard.holder()).toBeNull();
    await proveNoOrphans(yard);
    await proveWhole(yard);
    const listed = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
    proveMergedOnce(yard, listed);
  });

  test("the second one is refused with the first one's pid", async () => {
    const yard = supervised();
    const { process: supervisor } = await yard.up("--hold");
    for (const how of [["up"], ["up", "--detach"]]) {
      const { code, stderr } = await yard.wvo(...how, "--json");
      expect(code).toBe(1);
      expect(JSON.parse(stderr).error).toMatchObject({
        code: "supervisor.held",
        found: `a supervisor at work (pid ${supervisor.pid})`,
      });
    }
  });

  test("of several that start at once one gets the workspace", async () => {
    const yard = supervised();
    const all = await Promise.all(
      Array.from({ length: 4 }, () => yard.wvo("up", "--detach", "--hold", "--json")),
    );
    const pid = yard.holder()?.process.pid;
    const winners = all
      .filter(({ code }) => code === 0)
      .map(({ stdout }) => JSON.parse(stdout).pid);
    expect(winners).toEqual([pid]);
    const refusals = all.filter(({ code }) => code === 1);
    for (const { stderr } of refusals) expect(stderr).toContain(`(pid ${pid})`);
    expect(refusals.length).toBe(3);
  });

  test("a lock of a process that has ended holds nobody up", async () => {
    const yard = supervised();
    const { process: first } = await yard.up("--hold");
    signal(first.pid, "SIGKILL");
    expect(await hasEnded(first, END_LIMIT_MS)).toBe(true);
    expect(yard.holder()).toBeNull();
    const { process: second } = await yard.up("--hold");
    expect(second.pid).not.toBe(first.pid);
    const locks = readdirSync(join(yard.repo, "state/supervisor")).filter((name) =>
      name.startsWith("lock"),
    );
    expect(locks.length).toBe(1);
  });

  test("a lock whose pid went to somebody else is as stale, and so is a damaged one", async () => {
    const yard = supervised();
    await yard.up("--hold");
    await yard.wvo("down");
    const self = identityOf(process.pid);
    const other = { process: { ...self, startTicks: "1" }, socket: "/nowhere", version: "0" };
    writeFileSync(join(yard.repo, "state/supervisor/lock.7"), JSON.stringify(other));
    writeFileSync(join(yard.repo, "state/supervisor/lock.8"), "{");
    const { process: supervisor } = await yard.up("--hold");
    expect(yard.holder()?.process).toEqual(supervisor);
  });

  test("its sockets and its lock are for their owner alone", async () => {
    const yard = supervised();
    const { socket } = await yard.up("--hold");
    const folder = join(yard.repo, "state/supervisor");
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(socket).isSocket()).toBe(true);
  });

  test("a path that is too long for a socket gets a short one", async () => {
    const yard = supervised();
    const long = join(yard.repo, "state", "x".repeat(120));
    yard.env["WVO_STATE_ROOT"] = long;
    const up = await yard.wvo("up", "--detach", "--hold");
    expect([up.code, up.stderr]).toEqual([0, ""]);
    expect((await yard.wvo("status")).stdout).toContain("under the supervisor");
    expect((await yard.wvo("down")).code).toBe(0);
    expect(existsSync(join(long, "supervisor"))).toBe(true);
  });
});

describe("what is wrong is told by wvo up itself", { timeout: SLOW_MS }, () => {
  test("a roadmap that is not valid", async () => {
    const yard = supervised({ roadmap: { version: 1, tasks: [{ id: "T1" }] } });
    const { code, stderr } = await yard.wvo("up", "--detach", "--json");
    expect([code, JSON.parse(stderr).error.where]).toEqual([
      5,
      expect.stringContaining("roadmap.yaml"),
    ]);
    expect(yard.holder()).toBeNull();
  });

  test("a wvo run that has the database", async () => {
    const yard = supervised();
    const run = startLive(yard, "run");
    await run.says("active.claimed");
    const { code, stderr } = await yard.wvo("up", "--json");
    expect(code).toBe(1);
    expect(stderr).toContain(`${run.pid}`);
    run.signal("SIGTERM");
    expect((await run.ended).code).toBe(130);
  });
});

describe("ends", { timeout: SLOW_MS }, () => {
  test("by SIGTERM in the foreground: nothing of it is left", async () => {
    const yard = supervised();
    const up = startLive(yard, "up");
    await up.says("serves");
    up.signal("SIGTERM");
    const { code, stderr } = await up.ended;
    expect([code, stderr]).toEqual([130, expect.stringContaining("stopping")]);
    await expect.poll(() => processesOf(yard), { timeout: END_LIMIT_MS }).toEqual([]);
    await proveNoOrphans(yard);
    await proveWhole(yard);
  });

  test("within the limit where a worker does not: it is killed, and nothing is lost", async () => {
    const yard = supervised();
    await yard.up();
    signal(await yard.workerPid(), "SIGSTOP");
    expect((await yard.wvo("down", "--limit", "1s")).code).toBe(0);
    expect(yard.holder()).toBeNull();
    const run = await yard.wvo("run", "--until", "done");
    expect(run.code).toBe(0);
    await proveNoOrphans(yard);
    await proveWhole(yard);
  });
});

test(
  "kill -9 of the worker, and of the supervisor, loses no work",
  { timeout: SLOW_MS },
  async () => {
    const tasks = Array.from({ length: 6 }, (_, index) => ({ id: `T${index}`, title: "One" }));
    const yard = supervised({ roadmap: { version: 1, tasks } });
    const { process: first } = await yard.up();
    const worker = await yard.workerPid();
    signal(worker, "SIGKILL");
    await yard.workerPid(worker);
    signal(first.pid, "SIGKILL");
    expect(await hasEnded(first, END_LIMIT_MS)).toBe(true);
    const { process: second } = await yard.up();
    expect(second.pid).not.toBe(first.pid);
    const run = await yard.wvo("run", "--until", "done");
    expect(run, run.stderr).toMatchObject({ code: 0 });
    await yard.wvo("down");
    await proveNoOrphans(yard);
    await proveWhole(yard);
    const listed = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
    proveMergedOnce(yard, listed);
  },
);
