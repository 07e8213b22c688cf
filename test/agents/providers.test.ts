/** The providers on real processes: what is started, what is kept, and what an end means. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { RunExit } from "../../machines/protocol.ts";
import { serverFor } from "../../src/agents/own-server.ts";
import { openProvider } from "../../src/agents/providers.ts";
import type { AgentRun, Provider } from "../../src/agents/provider.ts";
import { providerSchema } from "../../src/config/providers.ts";
import { readExit, readSpec } from "../../src/processes/run-folder.ts";
import { endRun, startRun, watchRun } from "../../src/processes/supervise.ts";
import { replaying, standIn } from "./lab.ts";
import type { StandIn } from "./lab.ts";
import { recording } from "./recordings.ts";

type Kind = "claude" | "codex";

const providerOf = (kind: Kind, { program, folder }: StandIn, change: object = {}): Provider => {
  const env = { HOME: join(folder, "home"), CODEX_API_KEY: "key", ANTHROPIC_API_KEY: "key" };
  return openProvider(kind, providerSchema.parse({ kind, program, env, ...change }), folder);
};

let count = 0;
function runIn({ folder }: StandIn, change: Partial<AgentRun> = {}): AgentRun {
  const briefPath = join(folder, "brief.md");
  if (!existsSync(briefPath)) writeFileSync(briefPath, "# T1: Do it\n");
  const worktree = join(folder, "worktree");
  mkdirSync(worktree, { recursive: true });
  const runId = `T1.${process.pid}.${(count += 1)}`;
  const names = { runId, taskId: "T1", agentId: "worker-01", tier: "high" } as const;
  return { ...names, attempt: 2, worktree, briefPath, ...change };
}

/** Runs it through the real runner, and judges it by its folder. */
async function judged(provider: Provider, place: StandIn, change: Partial<AgentRun> = {}) {
  const run = runIn(place, change);
  const runDir = join(place.folder, run.runId);
  await startRun(runDir, provider.specOf(run));
  const end = await watchRun(runDir, { onBeat: () => {} });
  return { exit: provider.judge(end, runDir), runDir };
}

const ENDS: readonly (readonly [string, Partial<RunExit>])[] = [
  ["claude-ok-write", { outcome: "completed", retryAtMs: null }],
  ["claude-oauth-usage-limit", { outcome: "limited", retryAtMs: 1_795_237_979_000 }],
  ["claude-overloaded-midrun", { outcome: "limited", retryAtMs: null }],
  ["claude-auth", { outcome: "notStarted" }],
  ["claude-perm-skip-root", { outcome: "notStarted" }],
  ["claude-max-turns", { outcome: "failed" }],
  ["claude-refusal", { outcome: "failed" }],
  ["codex-ok-write", { outcome: "completed", retryAtMs: null }],
  ["codex-conn-refused-bounded", { outcome: "limited" }],
  ["codex-no-git", { outcome: "notStarted" }],
  ["codex-context", { outcome: "failed" }],
  ["codex-sigint", { outcome: "failed" }],
  ["codex-sigkill", { outcome: "failed" }],
];

test.each(ENDS)("a run that goes like %s", async (name, wanted) => {
  const recorded = recording(name);
  const place = replaying(recorded);
  const { exit } = await judged(providerOf(recorded.meta.cli, place), place);
  expect(exit).toMatchObject(wanted);
  expect(exit.errorClass).toBe(recorded.meta.expect.errorClass ?? null);
  expect(exit.detail).toContain(exit.errorClass ?? "");
});

test("what a run was denied, its session and its account's windows are told with its end", async () => {
  const ended = async (name: string) => {
    const place = replaying(recording(name));
    return (await judged(providerOf("claude", place), place)).exit;
  };
  expect((await ended("claude-perm-bash-curl-denied")).findings).toEqual([
    { source: "permissions", text: "Bash was denied: This command requires approval" },
  ]);
  const { session, usage } = await ended("claude-ok-write");
  expect(session).toEqual({ sessionId: expect.any(String) as string, used: usage });
  expect((await ended("claude-oauth-usage-limit")).windows).toMatchObject([
    { name: "five_hour", usedRatio: 1 },
    { name: "seven_day", usedRatio: 0.4 },
  ]);
  const full = await ended("claude-context");
  expect(full.detail).toMatch(/^context_limit: .*work in smaller steps/);
});

test("the last word counts, however much was said before it", async () => {
  const { path } = recording("claude-ok-write");
  const chatter = `yes '{"type":"stream_event","event":{"type":"content_block_delta"}}' | head -c 9000000`;
  const place = standIn("claude", [`head -n 1 '${path}'`, chatter, `echo`, `tail -n 3 '${path}'`]);
  const provider = providerOf("claude", place, { output_limit: "100kB" });
  const { exit, runDir } = await judged(provider, place);
  expect(exit).toMatchObject({ outcome: "completed", usage: { costUsd: expect.any(Number) } });
  expect(readExit(runDir)).toMatchObject({ truncated: true, lacksEnd: false });
});

test("a limit that lasts a while ends that long after the run", async () => {
  const place = replaying(recording("claude-rate-limit"));
  const { exit, runDir } = await judged(providerOf("claude", place), place);
  const { endedAtMs } = JSON.parse(readFileSync(join(runDir, "exit.json"), "utf8")) as {
    endedAtMs: number;
  };
  expect(exit).toMatchObject({ outcome: "limited", retryAtMs: endedAtMs + 2_218 });
});

describe("a run that does not end by itself", () => {
  test("is a failed one after its limit", async () => {
    const place = standIn("codex", ["exec sleep 60"]);
    const provider = providerOf("codex", place, { idle_limit: "200ms" });
    const { exit } = await judged(provider, place);
    expect(exit).toMatchObject({ outcome: "failed" });
    expect(exit.detail).toMatch(/^timeout: .*told nothing new for 200 ms/);
  });

  test.each([
    ["half a line", "printf x"],
    ["lines that are no events", "echo thinking"],
    ["noise on standard error", "echo retrying >&2"],
    ["the same keep-alive", `echo '{"type":"ping","uuid":"'$n'"}'`],
  ])("is idle where it writes nothing but %s", async (_title, line) => {
    const forever = `n=0; while :; do n=$((n+1)); ${line}; sleep 0.02; done`;
    const place = standIn("claude", [forever]);
    const { exit } = await judged(providerOf("claude", place, { idle_limit: "400ms" }), place);
    expect(exit.detail).toContain("told nothing new for 400 ms");
  });

  test("is not idle while it tells something new, known or not", async () => {
    const events = `n=0; while [ $n -lt 20 ]; do n=$((n+1)); echo '{"type":"news","n":'$n'}'; sleep 0.1; done`;
    const place = standIn("claude", [events]);
    const { exit } = await judged(providerOf("claude", place, { idle_limit: "1s" }), place);
    expect(exit.detail).toContain("the program ended by itself");
  });

  test("is a stopped one where we stopped it", async () => {
    const place = standIn("claude", ["exec sleep 60"]);
    const provider = providerOf("claude", place);
    const run = runIn(place);
    const runDir = join(place.folder, run.runId);
    await startRun(runDir, provider.specOf(run));
    const exit = provider.judge(await endRun(runDir), runDir);
    expect(exit).toMatchObject({ outcome: "stopped", usage: null });
  });
});

test("runs without a record: one that never began, and one whose runner was killed", () => {
  const place = standIn("claude", []);
  const provider = providerOf("claude", place);
  expect(provider.judge({ kind: "void" }, place.folder)).toMatchObject({ outcome: "stopped" });
  expect(provider.judge({ kind: "lost" }, place.folder)).toMatchObject({
    outcome: "failed",
    detail: expect.stringContaining("its supervising process was killed") as string,
  });
});

test("a program that could not be started", async () => {
  const place = standIn("codex", []);
  const provider = providerOf("codex", place);
  const { exit } = await judged(provider, place, { worktree: join(place.folder, "gone") });
  expect(exit).toMatchObject({ outcome: "notStarted" });
  expect(exit.detail).toContain("is not a directory");
});

describe("what a program is given", () => {
  test("its prompt, its variables, the keys that are passed, and nothing to read", async () => {
    const place = standIn("claude", [
      "cat > input.txt",
      "env > env.txt",
      'printf %s "$2" > prompt.txt',
    ]);
    const run = runIn(place);
    vi.stubEnv("WVO_TEST_KEY", "passed");
    const provider = providerOf("claude", place, {
      env: { MINE: "1" },
      pass_env: ["WVO_TEST_KEY"],
    });
    await judged(provider, place);
    vi.unstubAllEnvs();
    const wrote = (name: string): string => readFileSync(join(run.worktree, name), "utf8");
    expect(wrote("input.txt")).toBe("");
    expect(wrote("prompt.txt")).toBe("# T1: Do it\n");
    const given = wrote("env.txt").split("\n");
    for (const entry of [
      "MINE=1",
      "WVO_TEST_KEY=passed",
      "WVO_TASK_ID=T1",
      "WVO_TIER=high",
      "WVO_ATTEMPT=2",
      "CLAUDE_CODE_MAX_RETRIES=2",
    ])
      expect(given).toContain(entry);
    expect(given.some((entry) => entry.startsWith("npm_"))).toBe(false);
  });

  test("the server by which it reaches us, for its own task, where that is wanted", () => {
    const place = standIn("codex", []);
    const run = runIn(place);
    const reach = {
      argv: ["node", "wvo.js", "mcp"],
      env: { WVO_WORKSPACE_ROOT: "/repo" },
    } as const;
    const given = { ...run, server: serverFor(run, reach) };
    const settingOf = (change: object): string | undefined =>
      providerOf("codex", place, change)
        .specOf(given)
        .argv.find((each) => each.startsWith("mcp_servers"));
    expect(settingOf({ wvo_mcp: false })).toBeUndefined();
    expect(settingOf({})).toContain(
      `command="node",args=["wvo.js","mcp","--role","worker","--agent","worker-01","--task","T1"],` +
        `env={WVO_WORKSPACE_ROOT="/repo",WVO_RUN_ID="${run.runId}",WVO_TASK_ID="T1",WVO_AGENT_ID="worker-01"}`,
    );
  });

  test("where to read a brief that is too long for an argument", () => {
    const place = standIn("claude", []);
    const run = runIn(place);
    writeFileSync(run.briefPath, "x".repeat(150_000));
    const { argv } = providerOf("claude", place).specOf(run);
    expect(argv[2]).toBe(`Read ${run.briefPath} and do what it says.`);
    expect(argv[argv.indexOf("--add-dir") + 1]).toBe(place.folder);
  });

  test("the session to go on with; what it had used is subtracted afterwards", async () => {
    const place = replaying(recording("codex-resume"));
    const used = { inputTokens: 19_615, outputTokens: 40, costUsd: null };
    const resume = { sessionId: "01a1fc45-d534-7862-ba02-be8331fccd37", used };
    const { exit, runDir } = await judged(providerOf("codex", place), place, { resume });
    expect(readSpec(runDir)?.argv).toContain(resume.sessionId);
    expect(exit.usage).toEqual({ inputTokens: 20_495, outputTokens: 40, costUsd: null });
    const all = { inputTokens: 40_110, outputTokens: 80, costUsd: null };
    expect(exit.session).toEqual({ sessionId: resume.sessionId, used: all });
  });

  test("what a session that was cut off again has used is not known", async () => {
    const place = replaying(recording("codex-sigkill"));
    const used = { inputTokens: 19_615, outputTokens: 40, costUsd: null };
    const resume = { sessionId: "01a1fc45-d534-7862-ba02-be8331fccd37", used };
    const { exit } = await judged(providerOf("codex", place), place, { resume });
    expect(exit).toMatchObject({ errorClass: "crashed", session: { used: null } });
  });

  test("the version that was found is kept with each run", async () => {
    const place = replaying(recording("codex-ok-write"));
    const provider = providerOf("codex", place);
    expect((await judged(provider, place)).runDir).toSatisfy(versionIs(null));
    await provider.probe();
    expect((await judged(provider, place)).runDir).toSatisfy(versionIs("0.169.0"));
  });
});

const versionIs =
  (version: string | null) =>
  (runDir: string): boolean =>
    readSpec(runDir)?.notes?.["version"] === version;
