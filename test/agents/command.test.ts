/** What is made of a run of any program by how it ended, and how it is started. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { commandProvider } from "../../src/agents/command.ts";
import { NOTHING_USED } from "../../machines/spending.ts";
import type { AgentRun } from "../../src/agents/provider.ts";
import { PROVIDER_KINDS } from "../../src/config/providers.ts";
import type { ExitRecord, RunEnd } from "../../src/processes/run-spec.ts";
import { emptyFolder } from "../support/workbench.ts";

const ENDED_AT_MS = 1_700_000_000_000;

/** The folder of a run that printed this. */
function runThatPrinted(output: string): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, "stdout.log"), output);
  return folder;
}

const provider = commandProvider(
  "mine",
  PROVIDER_KINDS.command.parse({ kind: "command", program: ["sh", "-c", "true"], env: { A: "b" } }),
  "/workspace",
);

describe("how a run ended", () => {
  const exit = (change: Partial<ExitRecord> = {}): RunEnd => ({
    kind: "ended",
    exit: {
      outcome: "exited",
      code: 0,
      signal: null,
      startedAtMs: ENDED_AT_MS - 1_000,
      endedAtMs: ENDED_AT_MS,
      stdoutBytes: 0,
      stderrBytes: 0,
      truncated: false,
      leftovers: 0,
      detail: "exit code 0",
      ...change,
    },
  });
  const killed = exit({ code: null, signal: "SIGKILL", detail: "signal SIGKILL" });
  const LIMIT = `${JSON.stringify({ wvo: "limit", reason: "daily", retry_after_ms: 5 })}\n`;

  test.each<[string, RunEnd, string, object]>([
    ["with 0", exit(), "", { outcome: "completed", detail: "exit code 0" }],
    [
      "with 1",
      exit({ code: 1, detail: "exit code 1" }),
      "",
      { outcome: "failed", detail: "exit code 1" },
    ],
    ["by a signal", killed, "", { outcome: "failed", detail: "signal SIGKILL" }],
    [
      "with 0 after a limit that it waited for",
      exit(),
      LIMIT,
      { outcome: "completed", retryAtMs: null },
    ],
    [
      "with 1 and a limit",
      exit({ code: 1 }),
      LIMIT,
      { outcome: "limited", detail: "daily", retryAtMs: ENDED_AT_MS + 5 },
    ],
    [
      "by a signal after a limit",
      killed,
      LIMIT,
      { outcome: "limited", retryAtMs: ENDED_AT_MS + 5 },
    ],
    [
      "with 75, which means later",
      exit({ code: 75 }),
      "",
      { outcome: "limited", detail: "its program asks to try again later", retryAtMs: null },
    ],
    [
      "with 75 and a limit",
      exit({ code: 75 }),
      LIMIT,
      { outcome: "limited", retryAtMs: ENDED_AT_MS + 5 },
    ],
    ["silent too long", exit({ outcome: "idleTimeout", code: null }), LIMIT, { outcome: "failed" }],
    ["too late", exit({ outcome: "wallTimeout", code: 75 }), "", { outcome: "failed" }],
    ["stopped by us", exit({ outcome: "stopped", code: 75 }), LIMIT, { outcome: "stopped" }],
    ["not at all", exit({ outcome: "notStarted", code: null }), "", { outcome: "notStarted" }],
    [
      "unseen",
      { kind: "lost" },
      LIMIT,
      { outcome: "failed", detail: "its supervising process was killed" },
    ],
    [
      "before it began",
      { kind: "void" },
      "",
      { outcome: "stopped", detail: "it was stopped before it began", usage: NOTHING_USED },
    ],
  ])("%s", (_title, end, ...[output, expected]) => {
    expect(provider.judge(end, runThatPrinted(output))).toMatchObject({
      retryAtMs: null,
      usage: null,
      ...expected,
    });
  });

  test("what it used is told, however it ended", () => {
    const folder = runThatPrinted('{"wvo":"usage","output_tokens":7}\n');
    for (const end of [exit(), killed, exit({ code: 75 })]) {
      expect(provider.judge(end, folder).usage).toEqual({
        inputTokens: null,
        outputTokens: 7,
        costUsd: null,
      });
    }
  });
});

describe("how a program is started", () => {
  const run: AgentRun = {
    runId: "T1.2",
    taskId: "T1",
    agentId: "worker-01",
    tier: "high",
    attempt: 2,
    worktree: "/trees/worker-01",
    briefPath: "/runs/T1.2/brief.md",
  };
  const providerOf = (program: string, workspace = emptyFolder()) =>
    commandProvider(
      "mine",
      PROVIDER_KINDS.command.parse({ kind: "command", program: [program] }),
      workspace,
    );

  /** A program of this name in a new folder. */
  function programIn(folder: string, name: string, mode = 0o755): string {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), "#!/bin/sh\n");
    chmodSync(join(folder, name), mode);
    return join(folder, name);
  }

  test("in its worktree, with its own variables and ours above them, and its limits", () => {
    const { argv, ...spec } = provider.specOf(run);
    expect(argv[0]).toMatch(/^\/.*\/sh$/);
    expect(argv.slice(1)).toEqual(["-c", "true"]);
    expect(spec).toEqual({
      runId: "T1.2",
      cwd: "/trees/worker-01",
      env: {
        A: "b",
        WVO_TASK_ID: "T1",
        WVO_ATTEMPT: "2",
        WVO_AGENT_ID: "worker-01",
        WVO_TIER: "high",
        WVO_WORKTREE: "/trees/worker-01",
        WVO_BRIEF: "/runs/T1.2/brief.md",
      },
      limits: { idleMs: 600_000, wallMs: 7_200_000, graceMs: 5_000, outputBytesMax: 32_000_000 },
    });
    const { env } = commandProvider(
      "mine",
      PROVIDER_KINDS.command.parse({
        kind: "command",
        program: ["sh"],
        env: { WVO_TASK_ID: "no" },
      }),
      "/",
    ).specOf(run);
    expect(env["WVO_TASK_ID"]).toBe("T1");
  });

  test("a name is looked for in PATH: the first that can be run", async () => {
    const [first, second] = [emptyFolder(), emptyFolder()];
    programIn(first, "agent", 0o644);
    const path = programIn(second, "agent");
    vi.stubEnv("PATH", [first, second].join(delimiter));
    try {
      expect((await providerOf("agent").probe()).program).toBe(path);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("our own tools are not the user's, though npm puts them first", async () => {
    const ours = join(import.meta.dirname, "../../node_modules/.bin");
    vi.stubEnv("PATH", ours);
    try {
      await expect(providerOf("vitest").probe()).rejects.toThrow(/no program vitest/);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("a path is taken from the workspace", async () => {
    const workspace = emptyFolder();
    const path = programIn(join(workspace, "tools"), "agent");
    expect((await providerOf("tools/agent", workspace).probe()).program).toBe(path);
    expect((await providerOf("./tools/agent", workspace).probe()).program).toBe(path);
    expect((await providerOf(path).probe()).program).toBe(path);
  });

  test("one that is missing, or that nobody may run, is told as such", async () => {
    const path = programIn(emptyFolder(), "agent", 0o644);
    await expect(providerOf("no-such-agent").probe()).rejects.toThrow("no program no-such-agent");
    await expect(providerOf("./none").probe()).rejects.toMatchObject({
      code: "agents.program-missing",
    });
    await expect(providerOf(path).probe()).rejects.toMatchObject({
      code: "agents.not-executable",
      details: { next: `make it executable with: chmod +x ${path}` },
    });
    expect(() => providerOf("./none").specOf(run)).toThrow("no program ./none");
  });
});
