/**
 * Programs with a session and an account, as real processes: one that crashes is gone on with, one
 * whose account is used up makes room for another until its reset.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startLive } from "../support/live-run.ts";
import { proveMergedOnce, proveWhole } from "../support/proofs.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 3 * 60_000;
const program = [process.execPath, agentPath("claude.mjs")];

type Variables = Readonly<Record<string, string>>;

/** Providers that are called as Claude Code is, the first one preferred; one agent for them all. */
function makeYard(ids: readonly string[], providers: Readonly<Record<string, Variables>>) {
  const names = Object.keys(providers);
  const config = (notes: string) => ({
    agents: 1,
    routes: [{ name: "all", when: {}, use: { providers: names, tier: "low" } }],
    providers: Object.fromEntries(
      Object.entries(providers).map(([who, own]) => {
        const env = { WHO: who, NOTES: notes, ANTHROPIC_API_KEY: "test-key", ...own };
        return [who, { kind: "claude", program, env }];
      }),
    ),
  });
  const tasks = ids.map((id, at) => ({ id, title: id, depends_on: ids.slice(0, at) }));
  return makeWorkspace({ roadmap: { version: 1, tasks }, agent: program, config });
}

interface Call {
  readonly who: string;
  readonly task: string;
  readonly run: string;
  readonly resumed: string | null;
  readonly prompt: string;
}

const callsIn = ({ notes }: Workspace): readonly Call[] =>
  readFileSync(join(notes, "calls.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Call);

async function jsonOf(yard: Workspace, ...args: readonly string[]) {
  return JSON.parse((await yard.wvo(...args, "--json")).stdout);
}

async function proveMerged(yard: Workspace): Promise<void> {
  proveMergedOnce(yard, await jsonOf(yard, "task", "list"));
  await proveWhole(yard);
}

test(
  "a run that crashes is gone on with: same session, same tree, one attempt, one commit",
  async () => {
    const yard = makeYard(["T1"], { claude: { CRASH_ONCE: "1" } });
    const ran = await yard.wvo("run", "--until", "done");
    expect(ran.code, ran.stderr).toBe(0);
    const [crashed, resumed, ...more] = callsIn(yard);
    expect(more).toEqual([]);
    expect(crashed).toMatchObject({ run: "T1.1", resumed: null });
    expect(resumed).toMatchObject({ run: "T1.2", resumed: "session-of-T1.1" });
    expect(resumed?.prompt).toContain("go on where you stopped");
    expect(yard.git("show", "main:work/T1")).toBe("the first half\nthe second half");
    const shown = await jsonOf(yard, "task", "show", "T1");
    expect(shown).toMatchObject({ status: "done", attempts: 0, runs: 2, session: null });
    await proveMerged(yard);
  },
  TEST_LIMIT_MS,
);

test(
  "a usage limit moves work to the other provider, and back after the reset",
  async () => {
    const limits = { LIMIT_ONCE: "1", LIMIT_SECONDS: "2" };
    const yard = makeYard(["T1", "T2"], { first: limits, second: { WAIT_FOR: "back" } });
    const run = startLive(yard, "run", "--until", "done");
    await run.says("first       cooling");
    await run.says("first       usable");
    writeFileSync(join(yard.notes, "back"), "");
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(0);
    expect(callsIn(yard).map(({ who, run: id }) => `${who} ${id}`)).toEqual([
      "first T1.1",
      "second T1.2",
      "first T2.1",
    ]);
    expect(stderr).toMatch(/first {7}cooling .*usage_limited.*, tried again at \d{4}-/);
    const tasks = await jsonOf(yard, "task", "list");
    expect(tasks).toMatchObject([{ attempts: 0 }, { attempts: 0 }]);
    const { providers } = await jsonOf(yard, "status");
    expect(providers).toMatchObject([{ status: "usable", level: "normal" }, { status: "usable" }]);
    await proveMerged(yard);
  },
  TEST_LIMIT_MS,
);

test(
  "where there is no other the work waits, and goes on with the session of the limited run",
  async () => {
    const yard = makeYard(["T1"], { claude: { LIMIT_ONCE: "1", LIMIT_SECONDS: "2" } });
    const ran = await yard.wvo("run", "--until", "done");
    expect(ran.code, ran.stderr).toBe(0);
    const calls = callsIn(yard).map(({ run, resumed }) => [run, resumed]);
    expect(calls).toEqual([
      ["T1.1", null],
      ["T1.2", "session-of-T1.1"],
    ]);
    expect(await jsonOf(yard, "task", "show", "T1")).toMatchObject({ attempts: 0, runs: 2 });
    await proveMerged(yard);
  },
  TEST_LIMIT_MS,
);

test(
  "a provider without a login is down: the run ends and says what a person does",
  async () => {
    const yard = makeYard(["T1"], { claude: { ANTHROPIC_API_KEY: "" } });
    yard.env["HOME"] = yard.notes;
    delete yard.env["ANTHROPIC_API_KEY"];
    const ran = await yard.wvo("run", "--until", "done");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/claude {6}down .*type \/login.*wvo auth recheck claude/);
    const status = await jsonOf(yard, "status");
    expect(status.providers).toMatchObject([{ status: "down", until: null }]);
    expect(status.coordinator.reason).toContain("wvo auth recheck claude");
    expect(await jsonOf(yard, "task", "show", "T1")).toMatchObject({ attempts: 0, runs: 0 });
  },
  TEST_LIMIT_MS,
);
