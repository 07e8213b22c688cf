/** `wvo down`: ends the supervisor of this workspace, and waits until it has ended. */
import { duration } from "../config/units.ts";
import { FaultError } from "../fault.ts";
import { askSupervisor, findSupervisor } from "../supervisor/client.ts";
import { DRAIN_LIMIT_MS } from "../supervisor/supervisor.ts";
import { hasEnded } from "../supervisor/worker-process.ts";
import { command } from "./command.ts";
import { loadHere } from "./workspace.ts";

interface Options {
  readonly limit?: string;
}

/** Beyond the agents' limit: the worker's end, and the last words to clients. */
const END_LIMIT_MS = 30_000;

export const downCommand = () =>
  command<Options>(
    { name: "down", summary: "end the supervisor and its worker", isLocal: true },
    async ({ out, options }) => {
      const limitMs = limitOf(options.limit);
      const holder = findSupervisor(loadHere().state_root);
      if (holder === null) {
        return out.result({ pid: null, ended: true }, () => "no supervisor is at work here");
      }
      const { pid } = holder.process;
      out.progress(`ending the supervisor (pid ${pid}); what agents have done is kept`);
      await askSupervisor(holder, { wvo: "control", ask: "down", limitMs });
      if (!(await hasEnded(holder.process, limitMs + END_LIMIT_MS))) throw stuck(pid);
      return out.result({ pid, ended: true }, () => `the supervisor (pid ${pid}) has ended`);
    },
  ).option("--limit <duration>", "how long agents may take to end, such as 10s; 60s by default");

function limitOf(text: string | undefined): number {
  if (text === undefined) return DRAIN_LIMIT_MS;
  const parsed = duration.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: "wvo down --limit",
    found: text,
    expected: "a number and a unit, such as 10s or 2m",
    next: "wvo down --limit 10s",
  });
}

const stuck = (pid: number): FaultError =>
  new FaultError({
    code: "supervisor.stuck",
    where: `the supervisor (pid ${pid})`,
    found: "it has not ended",
    expected: "an end within the limit",
    next: `kill -9 ${pid}: nothing is lost, and the next one finds the agents' runs`,
  });
