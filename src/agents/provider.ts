/**
 * What an agent program must offer to be used as a provider: how it is asked, how its run is
 * started, and what its end means. Running the program itself is left to `src/processes/`.
 */
import type { RunExit, Tier } from "../../machines/protocol.ts";
import type { Session } from "../../machines/session.ts";
import { FaultError } from "../fault.ts";
import type { RunEnd, RunSpec } from "../processes/run-spec.ts";

/** A server of the Model Context Protocol that a program starts for itself. */
export interface McpServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

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
  /** The MCP server by which its program reaches us. */
  readonly server?: McpServer;
  /** The session to go on with, and what it has used so far; without it a new one begins. */
  readonly resume?: Session;
}

/** What can be told of a program without a network. */
export interface Probe {
  readonly program: string;
  /** Null where the kind of program has none. */
  readonly version: string | null;
  /** For people: how it is logged in, and whether its version is known to work. */
  readonly detail: string;
}

/** The same as far as it goes, for whoever has to be told what is wanting. */
export interface Examined {
  readonly program: string | null;
  readonly version: string | null;
  /** What is to be known about its version: that it is older than those that we know. */
  readonly note: string | null;
  /** How it is logged in, for people; null where it is not, and where its kind has no login. */
  readonly login: string | null;
  /** Why it cannot be used, and what to do next; null where nothing is wanting. */
  readonly fault: FaultError | null;
}

export interface Provider {
  readonly name: string;
  /** Never throws for what is wrong with the program. */
  examine(): Promise<Examined>;
  /** Throws a fault where the program cannot be started as it is configured, or has no login. */
  probe(): Promise<Probe>;
  specOf(run: AgentRun): RunSpec;
  /** What the end of a run means; it reads the run's files and believes nothing else. */
  judge(end: RunEnd, runDir: string): RunExit;
}

export const NOT_EXAMINED = { program: null, version: null, note: null, login: null } as const;

/** What it gives back, or the fault that it throws. */
export async function faultOr<Value>(
  ask: () => Value | Promise<Value>,
): Promise<Value | FaultError> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof FaultError) return thrown;
    throw thrown;
  }
}
