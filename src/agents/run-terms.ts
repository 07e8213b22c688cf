/** The terms on which every agent program runs: what it is told, its variables and its limits. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { RunExit } from "../../machines/protocol.ts";
import { NOTHING_USED } from "../../machines/spending.ts";
import type { ProviderConfig } from "../config/providers.ts";
import type { RunEnd, RunLimits } from "../processes/run-spec.ts";
import type { AgentRun } from "./provider.ts";
import { plainExit } from "./run-exit.ts";

/** Linux takes no longer argument than 128 KiB (MAX_ARG_STRLEN). */
const PROMPT_BYTES_MAX = 100_000;

/** What the program is told of its run. */
export const runEnv = (run: AgentRun): Record<string, string> => ({
  WVO_TASK_ID: run.taskId,
  WVO_ATTEMPT: String(run.attempt),
  WVO_AGENT_ID: run.agentId,
  WVO_TIER: run.tier,
  WVO_WORKTREE: run.worktree,
  WVO_BRIEF: run.briefPath,
});

export const limitsOf = (config: ProviderConfig): RunLimits => ({
  idleMs: config.idle_limit,
  wallMs: config.wall_limit,
  graceMs: config.grace,
  outputBytesMax: config.output_limit,
});

/** Variables of our own that a program gets, as far as they are set. */
export function passed(
  names: readonly string[],
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = own[name];
      return value === undefined || value === "" ? [] : [[name, value]];
    }),
  );
}

export interface Prompt {
  readonly text: string;
  /** A folder that it must be able to read besides its worktree; null where there is none. */
  readonly folder: string | null;
}

/** The brief itself; where it is too long for an argument, the way to it. */
export function promptOf({ briefPath }: AgentRun): Prompt {
  const text = readFileSync(briefPath, "utf8");
  if (Buffer.byteLength(text) <= PROMPT_BYTES_MAX) return { text, folder: null };
  return { text: `Read ${briefPath} and do what it says.`, folder: dirname(briefPath) };
}

/** The end of a run that left no record of it; one that never began has used nothing. */
export function exitWithoutRecord(kind: Exclude<RunEnd["kind"], "ended">): RunExit {
  if (kind === "lost")
    return plainExit({ outcome: "failed", detail: "its supervising process was killed" });
  const detail = "it was stopped before it began";
  return plainExit({ outcome: "stopped", detail, usage: NOTHING_USED });
}
