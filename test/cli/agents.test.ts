/** Looking in on agents at work, and ending one of them, with and without a living `wvo run`. */
import { chmodSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { FILE } from "../../src/processes/run-folder.ts";
import { eventually, startLive } from "../support/live-run.ts";
import type { LiveRun } from "../support/live-run.ts";
import { proveMergedOnce, proveNoOrphans, proveWhole } from "../support/proofs.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 5 * 60_000;
const roadmap = { version: 1, tasks: [{ id: "T1", title: "The only task" }] };
const patient = [process.execPath, agentPath("patient.mjs")];

const makeYard = (agent: readonly string[] = patient): Workspace =>
  makeWorkspace({ roadmap, agent, config: { agents: 2 } });
const note = ({ notes }: Workspace, name: string): void => writeFileSync(join(notes, name), "");
const noted = ({ notes }: Workspace, name: string): Promise<boolean> =>
  eventually(() => (existsSync(join(notes, name)) ? true : null));
const json = async (yard: Workspace, ...args: readonly string[]) =>
  JSON.parse((await yard.wvo(...args, "--json")).stdout);

/** A workspace whose only agent is at work. */
async function atWork(yard = makeYard()): Promise<{ yard: Workspace; run: LiveRun }> {
  const run = startLive(yard, "run", "--until", "done");
  await noted(yard, "began-T1.1");
  return { yard, run };
}

async function proveFinished(yard: Workspace, run: LiveRun): Promise<void> {
  note(yard, "go");
  expect((await run.ended).code).toBe(0);
  const tasks = await json(yard, "task", "list");
  expect(tasks).toMatchObject([{ id: "T1", status: "done", attempts: 0 }]);
  proveMergedOnce(yard, tasks);
  await proveWhole(yard);
  await proveNoOrphans(yard);
}

describe("wvo agents", () => {
  test(
    "shows who is at work with what, and who is not",
    async () => {
      const { yard, run } = await atWork();
      const [busy, idle] = await json(yard, "agents");
      const began = Number(readFileSync(join(yard.notes, "began-T1.1"), "utf8"));
      expect(busy).toMatchObject({
        agent_id: "worker-01",
        status: "busy",
        task: "T1",
        run: "T1.1",
      });
      expect(busy).toMatchObject({ program: process.execPath, program_pid: began, version: null });
      expect(busy.state).toContain("working");
      expect(busy.runner_pid).not.toBe(began);
      expect(busy.last_sign).toBeGreaterThanOrEqual(busy.since);
      const later = busy.last_sign + 3_600_000;
      const output = join(yard.repo, "state/runs/T1.1", FILE.stdout);
      utimesSync(output, later / 1_000, later / 1_000);
      expect((await json(yard, "agents"))[0].last_sign).toBe(later);
      expect(idle).toMatchObject({ agent_id: "worker-02", status: "idle", run: null, since: null });
      const silent = await yard.wvo("agent", "tail", "T1");
      expect(silent).toMatchObject({ code: 0, stdout: "", stderr: "T1.1 has said nothing\n" });
      const { stdout } = await yard.wvo("agents");
      expect(stdout).toMatch(/AGENT .* STATE .* PIDS\nworker-01 .* T1 .* T1\.1 /);
      await proveFinished(yard, run);
    },
    TEST_LIMIT_MS,
  );

  test("says that there are none yet", async () => {
    const yard = makeYard();
    await yard.wvo("roadmap", "import");
    expect((await yard.wvo("agents")).stdout).toBe("no agents yet; wvo run makes them\n");
  });
});

const talker = ["/bin/sh", "-c"] as const;
const TALK = `i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo "line $i"; done
  mkdir -p work && touch "work/$WVO_TASK_ID"; touch "$NOTES/began-$WVO_RUN_ID"
  until [ -e "$NOTES/go" ]; do sleep 0.05; done; printf 'the last line'`;

describe("wvo agent tail", () => {
  test(
    "shows the end of what there is, by agent, task and run, and follows it to its end",
    async () => {
      const { yard, run } = await atWork(makeYard([...talker, TALK]));
      for (const id of ["worker-01", "T1", "T1.1"]) {
        const { stdout } = await yard.wvo("agent", "tail", id, "--lines", "2");
        expect(stdout, id).toBe("line 59\nline 60\n");
      }
      const follower = startLive(yard, "agent", "tail", "T1", "--follow", "--json", "--lines", "0");
      await follower.says("following T1.1");
      await proveFinished(yard, run);
      const { stdout, stderr, code } = await follower.ended;
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual({ kind: "text", text: "the last line" });
      expect(stderr).toContain("T1.1 has ended: the program ended by itself; exit code 0");
      const { stdout: later } = await yard.wvo("agent", "tail", "T1", "--follow");
      expect(later.split("\n")).toHaveLength(41);
      expect(later.endsWith("\nline 60\nthe last line\n")).toBe(true);
    },
    TEST_LIMIT_MS,
  );

  test.each([
    ["T2", "wvo agents shows them"],
    ["../../..", "expected"],
    ["T1", "nothing that ran under the name T1"],
  ])("of %s, which never ran, says so", async (id, words) => {
    const yard = makeYard();
    await yard.wvo("roadmap", "import");
    const ran = await yard.wvo("agent", "tail", id);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(words);
  });
});

describe("wvo agent stop", () => {
  test(
    "ends the run of a living wvo run; the task goes back without an attempt, and is tried again",
    async () => {
      const { yard, run } = await atWork();
      expect(await json(yard, "agent", "stop", "T1", "--reason", "it is lost")).toEqual({
        agent: "worker-01",
        task: "T1",
        run: "T1.1",
        state: expect.stringContaining("stopping") as string,
        ended: false,
      });
      await noted(yard, "began-T1.2");
      await proveFinished(yard, run);
    },
    TEST_LIMIT_MS,
  );

  test(
    "ends the program at once where the orchestrator was killed; the next wvo run goes on",
    async () => {
      const { yard, run } = await atWork();
      run.signal("SIGKILL");
      await run.ended;
      const [busy] = await json(yard, "agents");
      expect(busy).toMatchObject({ run: "T1.1", program_pid: expect.any(Number) as number });
      expect(await json(yard, "agent", "stop", "worker-01")).toMatchObject({ ended: true });
      await proveNoOrphans(yard);
      const [stopped] = await json(yard, "agents");
      expect(stopped).toMatchObject({ runner_pid: null, program_pid: null });
      await proveFinished(yard, startLive(yard, "run", "--until", "done"));
    },
    TEST_LIMIT_MS,
  );

  test(
    "of what is not at work is refused",
    async () => {
      const { yard, run } = await atWork();
      await proveFinished(yard, run);
      const over = await yard.wvo("agent", "stop", "T1.1");
      expect(over.code).toBe(4);
      expect(over.stderr).toContain("a run that is over");
      const idle = await yard.wvo("agent", "stop", "worker-01");
      expect(idle.code).toBe(3);
      expect(idle.stderr).toContain("an agent that runs nothing");
    },
    TEST_LIMIT_MS,
  );
});

/** A tmux that notes how it was called; it knows no session yet. */
function withTmux(yard: Workspace, version: string): () => readonly string[] {
  const folder = join(yard.notes, "bin");
  mkdirSync(folder);
  const log = join(yard.notes, "tmux.log");
  const lines = [`[ "$1" = -V ] && ${version}`, `[ "$1" = has-session ] && exit 1`];
  const script = ["#!/bin/sh", ...lines, `echo "$@" >> '${log}'`, ""].join("\n");
  writeFileSync(join(folder, "tmux"), script);
  chmodSync(join(folder, "tmux"), 0o755);
  yard.env["PATH"] = [folder, yard.env["PATH"]].join(delimiter);
  return () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
}

describe("wvo agent attach", () => {
  async function finished(): Promise<Workspace> {
    const yard = makeYard();
    note(yard, "go");
    expect((await yard.wvo("run", "--until", "done")).code).toBe(0);
    return yard;
  }

  test("opens a session of tmux, or a window where one is in tmux", async () => {
    const yard = await finished();
    const called = withTmux(yard, "exit 0");
    delete yard.env["TMUX"];
    const opened = await json(yard, "agent", "attach", "T1");
    expect(opened).toEqual({ run: "T1.1", session: "wvo-T1-1", next: "tmux attach -t wvo-T1-1" });
    yard.env["TMUX"] = "/run/tmux,1,0";
    expect(await json(yard, "agent", "attach", "T1")).toEqual({ run: "T1.1", window: "wvo-T1-1" });
    expect(called()).toEqual([
      expect.stringMatching(
        /^new-session -d -s wvo-T1-1 -n wvo-T1-1 -c .* agent tail T1\.1 --follow$/,
      ),
      expect.stringMatching(/^new-window -n wvo-T1-1 -c .* agent tail T1\.1 --follow$/),
    ]);
  });

  test("is a tail where there is no tmux", async () => {
    const yard = await finished();
    withTmux(yard, "exit 1");
    const ran = await yard.wvo("agent", "attach", "T1");
    expect(ran.stderr).toContain("T1.1 has ended");
  });
});
