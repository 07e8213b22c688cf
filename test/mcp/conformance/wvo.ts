/**
 * A supervisor with a worker, of the product's own code, whose servers have what the conformance
 * scenarios look for. It is called like `wvo`: `up` serves this folder, `worker` is its worker.
 */
import { join } from "node:path";
import { newServer } from "../../../src/mcp/server.ts";
import { Supervisor } from "../../../src/supervisor/supervisor.ts";
import { work } from "../../../src/worker/worker.ts";
import { furnish } from "./furnish.ts";
import { state } from "./state.ts";

const [program, here = "", word] = process.argv;

await (word === "worker"
  ? work((_app, _scope, notify) => () => {
      const server = newServer({
        requestState: { verify: (sealed, context) => state.verify(sealed, context) },
      });
      furnish(server, () => notify);
      return server;
    })
  : up());

/** Says its address on standard output, and ends by SIGTERM. */
async function up(): Promise<void> {
  const supervisor = await Supervisor.open({
    workspace: process.cwd(),
    stateRoot: join(process.cwd(), "state"),
    dispatches: false,
    drainLimitMs: 0,
    httpPort: 0,
    workerArgv: [program ?? "", here, "worker"],
    onNews: (text) => void process.stderr.write(`${text}\n`),
  });
  process.on("SIGTERM", () => supervisor.kill());
  process.stdout.write(`${supervisor.status.http}\n`);
  await supervisor.over();
}
