/**
 * Ending `wvo run` on purpose: nothing of it stays alive, nothing is lost, and the next run goes
 * on. Beside a living one, short commands work and a second one does not begin.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eventually, startLive } from "../support/live-run.ts";
import type { LiveRun } from "../support/live-run.ts";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Ran, Workspace, WorkspacePlan } from "../support/workspace.ts";

const TEST_LIMIT_MS = 5 * 60_000;
const roadmap = { version: 1, tasks: [{ id: "T1", title: "The only task" }] };
const patient = [process.execPath, agentPath("patient.mjs")];

const makeYard = (plan: Partial<WorkspacePlan> = {}): Workspace =>
  makeWorkspace({ roadmap, agent: patient, ...plan });
const note = ({ notes }: Workspace, name: string): void => writeFileSync(join(notes, name), "");
const noted = ({ notes }: Workspace, name: string): Promise<boolean> =>
  eventually(() => (existsSync(join(notes, name)) ? true : null));
const begin = (yard: Workspace): LiveRun => startLive(yard, "run", "--until", "done", "--json");

async function tasksOf(yard: Workspace) {
  return JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
}

/** Lets everything end, and proves that it is as if nothing had happened. */
async function proveFinished(yard: Workspace): Promise<void> {
  note(yard, "go");
  const last = await yard.wvo("run", "--until", "done");
  expect(last.code, last.stderr).toBe(0);
  const tasks = await tasksOf(yard);
  expect(tasks).toMatchObject([{ id: "T1", status: "done", attempts: 0 }]);
  proveMergedOnce(yard, tasks);
  await proveWhole(yard);
  await proveNoOrphans(yard);
}

describe("a signal while an agent works", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends the agent and everything, with exit code 130; the next run finishes the work",
    async (signal) => {
      const yard = makeYard();
      const run = begin(yard);
      await noted(yard, "began-T1.1");
      run.signal(signal);
      const { code, stdout, stderr } = await run.ended;
      expect(code).toBe(130);
      expect(stderr).toContain("stopping");
      expect(JSON.parse(stdout)).toMatchObject({ standing: "interrupted", tasks: { pending: 1 } });
      await proveNoOrphans(yard);
      const status = JSON.parse((await yard.wvo("status", "--json")).stdout);
      expect(status).toMatchObject({ orchestrator: null, coordinator: { state: "stopped" } });
      // Nobody asked for the half of it, but it is not lost.
      const saved = yard.git("for-each-ref", "--format=%(refname)", "refs/wvo/rescue");
      expect(yard.git("show", `${saved}:draft-T1`)).toBe("half an idea");
      await proveFinished(yard);
    },
    TEST_LIMIT_MS,
  );

  test(
    "an agent that does not listen is killed after its grace",
    async () => {
      const yard = makeYard({ agent: [...patient, "deaf"] });
      const command = { kind: "command", program: [...patient, "deaf"], grace: "200ms" };
      const config = {
        version: 1,
        target: "main",
        providers: { command: { ...command, env: { NOTES: yard.notes } } },
      };
      writeFileSync(join(yard.repo, "weathervane.yaml"), JSON.stringify(config));
      const run = begin(yard);
      await noted(yard, "began-T1.1");
      run.signal("SIGTERM");
      expect((await run.ended).code).toBe(130);
      await proveNoOrphans(yard);
      expect(await tasksOf(yard)).toMatchObject([{ status: "pending", attempts: 0 }]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a second signal ends at once, and the next run still finds everything in order",
    async () => {
      const yard = makeYard({ agent: [...patient, "deaf"] });
      const run = begin(yard);
      await noted(yard, "began-T1.1");
      run.signal("SIGINT");
      await run.says("stopping");
      run.signal("SIGINT");
      const { code, stdout } = await run.ended;
      expect([code, stdout]).toEqual([130, ""]);
      await proveFinished(yard);
    },
    TEST_LIMIT_MS,
  );
});

describe("checks that are at work", () => {
  /** A check that takes as long as the test wants, in a checkout that nobody cleans meanwhile. */
  const slow = {
    name: "slow",
    run: `touch built "../../../notes/checking-$WVO_GATE"
      while ! test -e ../../../notes/checked; do sleep 0.05; done
      test -e built`,
  };
  function makeCheckedYard(): Workspace {
    const yard = makeYard({ config: { checks: [slow] } });
    note(yard, "go");
    return yard;
  }

  test(
    "are ended by a signal, and begun anew by the next run",
    async () => {
      const yard = makeCheckedYard();
      const run = begin(yard);
      await noted(yard, "checking-gate@T1.1");
      run.signal("SIGINT");
      expect((await run.ended).code).toBe(130);
      await proveNoOrphans(yard);
      expect(await tasksOf(yard)).toMatchObject([{ status: "needs_review", attempts: 0 }]);
      note(yard, "checked");
      await proveFinished(yard);
    },
    TEST_LIMIT_MS,
  );

  test(
    "are ended when the task is cancelled, while the run goes on",
    async () => {
      const yard = makeCheckedYard();
      const run = startLive(yard, "run");
      await noted(yard, "checking-gate@T1.1");
      expect((await yard.wvo("task", "cancel", "T1")).code).toBe(0);
      await proveNoOrphans(yard);
      run.signal("SIGTERM");
      expect((await run.ended).code).toBe(130);
      expect(await tasksOf(yard)).toMatchObject([{ status: "cancelled" }]);
      await proveWhole(yard);
    },
    TEST_LIMIT_MS,
  );

  test(
    "go on where the orchestrator is killed, and their result counts",
    async () => {
      const yard = makeCheckedYard();
      const run = begin(yard);
      await noted(yard, "checking-gate@T1.1");
      run.signal("SIGKILL");
      expect((await run.ended).signal).toBe("SIGKILL");
      const record = () =>
        readFileSync(join(yard.repo, "state/runs/gate@T1.1/slow-1/claim"), "utf8");
      const before = record();
      const next = begin(yard);
      await eventually(async () => {
        const { orchestrator } = JSON.parse((await yard.wvo("status", "--json")).stdout);
        return orchestrator?.pid === next.pid ? true : null;
      });
      // It answers only when it has taken up what was under way.
      expect((await yard.wvo("task", "unblock", "T1")).code).toBe(4);
      note(yard, "checked");
      const { code, stderr } = await next.ended;
      expect(code, stderr).toBe(0);
      await proveFinished(yard);
      expect(record()).toBe(before);
    },
    TEST_LIMIT_MS,
  );
});

describe("beside a living run", () => {
  async function clear(ran: Ran): Promise<unknown> {
    expect(ran.code, ran.stderr).toBe(0);
    return JSON.parse(ran.stdout);
  }

  test(
    "a second one is refused by the pid of the first, which goes on undisturbed",
    async () => {
      const yard = makeYard();
      const run = begin(yard);
      await noted(yard, "began-T1.1");
      const second = await yard.wvo("run", "--until", "done");
      expect(second.code).toBe(1);
      for (const part of [`pid ${run.pid}`, "found", "expected", "next"])
        expect(second.stderr).toContain(part);
      note(yard, "go");
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(0);
      await proveFinished(yard);
    },
    TEST_LIMIT_MS,
  );

  test(
    "short commands look, add and cancel, and the run takes it up",
    async () => {
      const yard = makeYard();
      const run = begin(yard);
      await noted(yard, "began-T1.1");
      expect(await clear(await yard.wvo("status", "--json"))).toMatchObject({
        orchestrator: { pid: run.pid },
        running: 1,
        tasks: { in_progress: 1 },
      });
      const add = ["task", "add", "--json"];
      expect(await clear(await yard.wvo(...add, "Another"))).toMatchObject({ id: "T2" });
      expect(await clear(await yard.wvo(...add, "Later", "--depends-on", "T2"))).toEqual({
        id: "T3",
        state: "backlog.waiting",
      });
      await noted(yard, "began-T2.1");
      expect(await clear(await yard.wvo("task", "why", "T3", "--json"))).toMatchObject({
        because: ["waits for T2, which is in_progress (active.working)"],
      });
      // The agent of the cancelled task is ended, and the others are not.
      expect(await clear(await yard.wvo("task", "cancel", "T1", "--json"))).toMatchObject({
        id: "T1",
      });
      const again = await yard.wvo("task", "cancel", "T1");
      expect(again.code).toBe(4);
      note(yard, "go");
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(0);
      const tasks = await tasksOf(yard);
      expect(tasks.map(({ status }: { readonly status: string }) => status)).toEqual([
        "cancelled",
        "done",
        "done",
      ]);
      proveMergedOnce(yard, tasks.slice(1));
      await proveWhole(yard);
      await proveNoOrphans(yard);
    },
    TEST_LIMIT_MS,
  );
});
