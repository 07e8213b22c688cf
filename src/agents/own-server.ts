/**
 * How the program of a run reaches us: the MCP server that it starts for itself, `wvo mcp`, for its
 * own task alone. That it cannot be reached fails no run.
 */
import type { AgentRun, McpServer } from "./provider.ts";

/** The words that start it, and what it must know of this workspace. */
export interface Reach {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** As `wvo init` names it too, so that a program never has it twice. */
const NAME = "weathervane";

/** Some programs give their servers no variables of their own: all that matters is said here. */
export function serverFor(run: Omit<AgentRun, "server">, { argv, env }: Reach): McpServer {
  const { runId, taskId, agentId } = run;
  const [command, ...first] = argv;
  return {
    command,
    args: [...first, "--role", "worker", "--agent", agentId, "--task", taskId],
    env: { ...env, WVO_RUN_ID: runId, WVO_TASK_ID: taskId, WVO_AGENT_ID: agentId },
  };
}

/** It among the servers that a program starts; one that a person has named so comes before it. */
export const ownServer = (server: McpServer | null): Readonly<Record<string, McpServer>> =>
  server === null ? {} : { [NAME]: server };
