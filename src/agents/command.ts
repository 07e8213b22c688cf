/**
 * The `command` provider: any program that edits files in a worktree. How it is called and what
 * its exit means is written for its authors in docs/command-agent.md.
 */
import { join } from "node:path";
import type { RunExit } from "../../machines/protocol.ts";
import type { CommandConfig } from "../config/providers.ts";
import type { ExitRecord, RunEnd, RunSpec } from "../processes/run-spec.ts";
import { readReport } from "./command-lines.ts";
import { findProgram } from "./program.ts";
import { FaultError } from "../fault.ts";
import { faultOr, NOT_EXAMINED } from "./provider.ts";
import type { AgentRun, Provider } from "./provider.ts";
import { plainExit } from "./run-exit.ts";
import { exitWithoutRecord, limitsOf, runEnv } from "./run-terms.ts";

/** EX_TEMPFAIL of sysexits.h: try again later. */
const EXIT_TRY_LATER = 75;

/** A provider that runs the configured program for every run. */
export function commandProvider(name: string, config: CommandConfig, workspace: string): Provider {
  const [file = "", ...args] = config.program;
  const find = (): string => findProgram(file, { name, workspace });
  return {
    name,
    examine: async () => {
      const program = await faultOr(find);
      return program instanceof FaultError
        ? { ...NOT_EXAMINED, fault: program }
        : { ...NOT_EXAMINED, program, fault: null };
    },
    probe: async () => ({ program: find(), version: null, detail: config.program.join(" ") }),
    specOf: (run) => specOf(run, config, [find(), ...args]),
    judge: (end, runDir) => judge(end, runDir),
  };
}

function specOf(run: AgentRun, config: CommandConfig, argv: readonly string[]): RunSpec {
  const { runId, worktree: cwd } = run;
  return { runId, argv, cwd, env: { ...config.env, ...runEnv(run) }, limits: limitsOf(config) };
}

function judge(end: RunEnd, runDir: string): RunExit {
  return end.kind === "ended" ? judgeExit(end.exit, runDir) : exitWithoutRecord(end.kind);
}

function judgeExit(exit: ExitRecord, runDir: string): RunExit {
  const { usage, limit } = readReport(join(runDir, "stdout.log"), exit.endedAtMs);
  const wasLimited = limit !== null && exit.code !== 0;
  if (exit.outcome === "exited" && (wasLimited || exit.code === EXIT_TRY_LATER)) {
    const detail = limit?.reason ?? "its program asks to try again later";
    return plainExit({ outcome: "limited", detail, retryAtMs: limit?.retryAtMs ?? null, usage });
  }
  return plainExit({ outcome: outcomeOf(exit), detail: exit.detail, usage });
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
