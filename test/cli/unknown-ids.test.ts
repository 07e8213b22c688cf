/** Names that nobody knows, and events at the wrong time: what was meant, and what would be taken. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eventually, startLive } from "../support/live-run.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Ran, Workspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 2 * 60_000;
const tasks = [
  { id: "rain-1", title: "One" },
  { id: "snow-2", title: "Two", depends_on: ["rain-1"] },
];

async function makeYard(): Promise<Workspace> {
  const agent = [process.execPath, agentPath("patient.mjs")];
  const yard = makeWorkspace({ roadmap: { version: 1, tasks }, agent });
  expect((await yard.wvo("roadmap", "import")).code).toBe(0);
  return yard;
}

function expectClear({ stdout, stderr }: Ran, words: readonly string[]): void {
  expect(stdout).toBe("");
  for (const part of ["found", "expected", "next", ...words]) expect(stderr).toContain(part);
  expect(stderr).not.toContain("bug");
}

const BY_TASK = [
  ["task", "show", "rain-l"],
  ["task", "why", "rain-l"],
  ["task", "cancel", "rain-l"],
  ["task", "unblock", "rain-l"],
  ["log", "rain-l"],
  ["task", "add", "Another", "--depends-on", "snow-2", "rain-l"],
];

describe("a task that does not exist", () => {
  test(
    "is told by every command that takes one, with the task that was meant",
    async () => {
      const yard = await makeYard();
      const before = (await yard.wvo("log")).stdout;
      for (const command of BY_TASK) {
        const ran = await yard.wvo(...command);
        expect(ran.code, command.join(" ")).toBe(3);
        expectClear(ran, ["rain-l", "did you mean rain-1?"]);
        const json = await yard.wvo(...command, "--json");
        expect([json.code, json.stdout]).toEqual([3, ""]);
        expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "task.unknown" } });
      }
      expect((await yard.wvo("log")).stdout).toBe(before);
    },
    TEST_LIMIT_MS,
  );

  test(
    "is told the same way while a run is alive",
    async () => {
      const yard = await makeYard();
      startLive(yard, "run");
      await eventually(() => (existsSync(join(yard.notes, "began-rain-1.1")) ? true : null));
      for (const command of BY_TASK) {
        const ran = await yard.wvo(...command);
        expect(ran.code, command.join(" ")).toBe(3);
        expectClear(ran, ["did you mean rain-1?"]);
      }
      expect((await yard.wvo("doctor", "--json")).code).toBe(0);
    },
    TEST_LIMIT_MS,
  );
});

describe("other names that do not exist", () => {
  test.each([
    [["log", "--actor", "task:snow-1"], 3, ["task:snow-1", "did you mean task:snow-2?"]],
    [["log", "--actor", "refinary"], 3, ["refinary", "did you mean refinery?"]],
    [["roadmap", "export", "--from", "state/roadmap.yml"], 3, ["roadmap.yml", "did you mean"]],
    [["roadmap", "import", "state/roadmap.yml"], 3, ["state/roadmap.yml", "no such file"]],
    [["roadmap", "check", "nowhere.yaml"], 3, ["nowhere.yaml", "no such file"]],
    [["roadmap", "check", "state"], 5, ["/state", "directory"]],
    [["roadmap", "export", "state"], 1, ["/state", "writable"]],
    [["task", "list", "--status", "pendign"], 2, ["pendign", "did you mean pending?"]],
    [["log", "--limit", "many"], 2, ["--limit", "many", "a whole number"]],
    [["log", "--after", "-1"], 2, ["--after", "-1", "a whole number"]],
    [["run", "--until", "don"], 2, ["don", "idle or done"]],
  ] as const)(
    "%j ends with %i",
    async (command, code, words) => {
      const yard = await makeYard();
      const ran = await yard.wvo(...command);
      expect(ran.code, ran.stderr).toBe(code);
      expectClear(ran, words);
    },
    TEST_LIMIT_MS,
  );

  test("a name in an empty database names the next step", async () => {
    const yard = makeWorkspace({ roadmap: { version: 1, tasks: [] }, agent: ["/bin/true"] });
    await yard.wvo("roadmap", "import");
    const ran = await yard.wvo("task", "show", "T1");
    expect(ran.code).toBe(3);
    expectClear(ran, ["no task T1", "there is none yet", "wvo roadmap import"]);
  });
});

describe("an event that the state does not accept", () => {
  const REFUSED = [
    ["unblock", "rain-1"],
    ["unblock", "snow-2"],
  ] as const;

  test(
    "ends with 4, names the state and what it accepts, and changes nothing",
    async () => {
      const yard = await makeYard();
      const before = (await yard.wvo("log")).stdout;
      for (const [word, id] of REFUSED) {
        const ran = await yard.wvo("task", word, id);
        expect(ran.code).toBe(4);
        expectClear(ran, [`task:${id} is backlog.`, "does not accept unblock", "cancel", "revise"]);
        const json = await yard.wvo("task", word, id, "--json");
        expect([json.code, json.stdout]).toEqual([4, ""]);
        expect(JSON.parse(json.stderr).error).toMatchObject({
          code: "host.not-accepted",
          expected: expect.stringMatching(/^one of .*cancel.*revise/),
        });
      }
      expect((await yard.wvo("log")).stdout).toBe(before);
    },
    TEST_LIMIT_MS,
  );

  test(
    "is told the same way while a run is alive, and is no matter for the doctor",
    async () => {
      const yard = await makeYard();
      startLive(yard, "run");
      await eventually(() => (existsSync(join(yard.notes, "began-rain-1.1")) ? true : null));
      const ran = await yard.wvo("task", "unblock", "rain-1");
      expect(ran.code).toBe(4);
      expectClear(ran, [
        "rain-1 is active.working",
        "does not accept unblock",
        "it accepts",
        "cancel",
      ]);
      expect((await yard.wvo("doctor", "--json")).code).toBe(0);
      const status = JSON.parse((await yard.wvo("status", "--json")).stdout);
      expect(status).toMatchObject({ dead_letters: 0, tasks: { in_progress: 1 } });
      writeFileSync(join(yard.notes, "go"), "");
    },
    TEST_LIMIT_MS,
  );
});
