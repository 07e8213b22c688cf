/**
 * The `command` provider: any program that edits files in a worktree. How it is called and what
 * its exit means is written for its authors in docs/command-agent.md.
 */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { RunExit } from "../../machines/protocol.ts";
import type { ProviderConfig } from "../config/schema.ts";
import { FaultError } from "../fault.ts";
import type { ExitRecord, RunEnd, RunSpec } from "../processes/run-spec.ts";
import { readReport } from "./command-lines.ts";
import type { AgentRun, Provider } from "./provider.ts";

/** EX_TEMPFAIL of sysexits.h: try again later. */
const EXIT_TRY_LATER = 75;

/** A provider that runs the configured program for every run. */
export function commandProvider(name: string, config: ProviderConfig, workspace: string): Provider {
  const [program = "", ...args] = config.program;
  return {
    name,
    probe: async () => {
      findProgram(program, { name, workspace });
    },
    specOf: (run) => specOf(run, config, [findProgram(program, { name, workspace }), ...args]),
    judge: (end, runDir) => judge(end, runDir),
  };
}

function specOf(run: AgentRun, config: ProviderConfig, argv: readonly string[]): RunSpec {
  return {
    runId: run.runId,
    argv,
    cwd: run.worktree,
    env: {
      ...config.env,
      WVO_TASK_ID: run.taskId,
      WVO_ATTEMPT: String(run.attempt),
      WVO_AGENT_ID: run.agentId,
      WVO_TIER: run.tier,
      WVO_WORKTREE: run.worktree,
      WVO_BRIEF: run.briefPath,
    },
    limits: {
      idleMs: config.idle_limit,
      wallMs: config.wall_limit,
      graceMs: config.grace,
      outputBytesMax: config.output_limit,
    },
  };
}

/** A program with a slash is a path from the workspace; any other is looked for in PATH. */
function findProgram(program: string, { name, workspace }: { name: string; workspace: string }) {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates =
    isAbsolute(program) || program.includes("/")
      ? [resolve(workspace, program)]
      : folders.map((folder) => join(folder, program));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  const isThere = candidates.find((each) => existsSync(each));
  throw new FaultError({
    code: isThere === undefined ? "agents.program-missing" : "agents.not-executable",
    where: `provider ${name} in weathervane.yaml`,
    found: isThere === undefined ? `no program ${program}` : `${isThere}, which is not executable`,
    expected: "a program that can be started",
    next:
      isThere === undefined
        ? "install it, or correct the provider's program"
        : `make it executable with: chmod +x ${isThere}`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // missing or not ours to run: the caller says which
  }
}

function judge(end: RunEnd, runDir: string): RunExit {
  if (end.kind === "ended") return judgeExit(end.exit, runDir);
  const detail =
    end.kind === "lost" ? "its supervising process was killed" : "it was stopped before it began";
  const outcome = end.kind === "lost" ? "failed" : "stopped";
  return { outcome, detail, retryAtMs: null, usage: null };
}

function judgeExit(exit: ExitRecord, runDir: string): RunExit {
  const { usage, limit } = readReport(join(runDir, "stdout.log"), exit.endedAtMs);
  const wasLimited = limit !== null && exit.code !== 0;
  if (exit.outcome === "exited" && (wasLimited || exit.code === EXIT_TRY_LATER)) {
    const detail = limit?.reason ?? "its program asks to try again later";
    return { outcome: "limited", detail, retryAtMs: limit?.retryAtMs ?? null, usage };
  }
  return { outcome: outcomeOf(exit), detail: exit.detail, retryAtMs: null, usage };
}

function outcomeOf({ outcome, code }: ExitRecord): RunExit["outcome"] {
  switch (outcome) {
    case "exited":
      return code === 0 ? "completed" : "failed";
    case "notStarted":
    case "stopped":
      return outcome;
    case "idleTimeout":
    case "wallTimeout":
      return "failed";
    default:
      return outcome satisfies never;
  }
}
