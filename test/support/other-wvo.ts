/**
 * A supervisor and its worker, of the product's own code, whose MCP servers a test makes: for programs
 * that are called like `wvo`, with `up` for the supervisor of this folder and `worker` for its worker.
 */
import { join } from "node:path";
import type { ServerFor } from "../../src/mcp/server.ts";
import { Supervisor } from "../../src/supervisor/supervisor.ts";
import { work } from "../../src/worker/worker.ts";

export async function beWvo(serverFor: ServerFor): Promise<void> {
  const [program = "", here = "", word, ...rest] = process.argv;
  if (word === "worker") return work(serverFor);
  return up([program, here, "worker", ...rest]);
}

/** Says its address for HTTP on standard output, and ends by SIGTERM. */
async function up(workerArgv: readonly [string, ...string[]]): Promise<void> {
  const supervisor = await Supervisor.open({
    workspace: process.cwd(),
    stateRoot: join(process.cwd(), "state"),
    dispatches: false,
    drainLimitMs: 0,
    httpPort: 0,
    workerArgv,
    onNews: () => {},
  });
  process.on("SIGTERM", () => supervisor.kill());
  process.stdout.write(`${supervisor.status.http}\n`);
  await supervisor.over();
}
