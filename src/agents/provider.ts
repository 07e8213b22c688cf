/**
 * What an agent program must offer to be used as a provider: how it is asked, how its run is
 * started, and what its end means. Running the program itself is left to `src/processes/`.
 */
import type { RunExit, Tier } from "../../machines/protocol.ts";
import type { RunEnd, RunSpec } from "../processes/run-spec.ts";

/** One run as an adapter sees it. */
export interface AgentRun {
  readonly runId: string;
  readonly taskId: string;
  readonly agentId: string;
  readonly tier: Tier;
  /** 1 for the first run of the task. */
  readonly attempt: number;
  readonly worktree: string;
  readonly briefPath: string;
}

export interface Provider {
  readonly name: string;
  /** Throws a fault where the program cannot be started as it is configured. */
  probe(): Promise<void>;
  specOf(run: AgentRun): RunSpec;
  /** What the end of a run means; it reads the run's files and believes nothing else. */
  judge(end: RunEnd, runDir: string): RunExit;
}
