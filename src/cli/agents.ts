/** `wvo agents`: who is at work on what, with which program, and when it last gave a sign. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { isoTime } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { isAlive } from "../processes/identity.ts";
import { piecesOf } from "../processes/output-pieces.ts";
import { FILE, readClaim, readHeartbeat, readProgram, readSpec } from "../processes/run-folder.ts";
import type { AgentRow } from "../store/views/tables.ts";
import { runsRoot } from "./agent/runs.ts";
import { command } from "./command.ts";
import { table } from "./output.ts";
import { reading } from "./reading.ts";
import { loadHere } from "./workspace.ts";

export const agentsCommand = () =>
  command({ name: "agents", summary: "who is at work on what" }, async ({ out }) => {
    const config = loadHere();
    const agents = await reading(config, ({ views }) =>
      views.agents().map((row) => seatOf(row, config)),
    );
    out.result(agents, () => render(agents));
  });

function seatOf(row: AgentRow, config: Config) {
  const { agent_id, status, substate: state, current_task_id: task, run_id: run } = row;
  const { provider, reason } = row;
  const folder = run === null ? null : join(runsRoot(config), run);
  return {
    agent_id,
    status,
    state,
    task,
    run,
    provider,
    ...(folder === null ? NO_RUN : factsOf(folder)),
    reason,
  };
}
type Seat = ReturnType<typeof seatOf>;

interface RunFacts {
  readonly program: string | null;
  readonly version: string | null;
  /** When the program was started, in milliseconds since 1970. */
  readonly since: number | null;
  readonly last_sign: number | null;
  readonly runner_pid: number | null;
  readonly program_pid: number | null;
}

const NO_RUN: RunFacts = {
  program: null,
  version: null,
  since: null,
  last_sign: null,
  runner_pid: null,
  program_pid: null,
};

/** Read from the run's files and the system, so that it is true without a living `wvo run` too. */
function factsOf(folder: string): RunFacts {
  const spec = readSpec(folder);
  const claim = readClaim(folder);
  const program = readProgram(folder);
  const version = spec?.notes?.["version"];
  return {
    program: spec?.argv[0] ?? null,
    version: typeof version === "string" ? version : null,
    since: program?.startedAtMs ?? null,
    last_sign: lastSign(folder, program?.startedAtMs ?? 0),
    runner_pid: claim !== null && !("void" in claim) && isAlive(claim) ? claim.pid : null,
    program_pid: program !== null && isAlive(program) ? program.pid : null,
  };
}

/**
 * The newest of the program's start, the runner's beat and the program's output. A file's time is of
 * the system's last tick, so that output may look a few milliseconds older than the start it follows.
 */
function lastSign(folder: string, startedAtMs: number): number | null {
  const files = [FILE.stdout, FILE.stderr].flatMap((name) => {
    const path = join(folder, name);
    return [path, ...piecesOf(path).map((piece) => piece.path)];
  });
  const written = files.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const newest = Math.max(startedAtMs, readHeartbeat(folder) ?? 0, ...written);
  return newest === 0 ? null : Math.round(newest);
}

function render(agents: readonly Seat[]): string {
  if (agents.length === 0) return "no agents yet; wvo run makes them";
  return table(
    ["AGENT", "STATE", "TASK", "RUN", "PROVIDER", "PROGRAM", "SINCE", "LAST SIGN", "PIDS"],
    agents.map((each) => [
      each.agent_id,
      each.state,
      each.task ?? "-",
      each.run ?? "-",
      each.provider ?? "-",
      [each.program, each.version].filter((part) => part !== null).join(" ") || "-",
      timeOf(each.since),
      timeOf(each.last_sign),
      [each.runner_pid, each.program_pid].filter((pid) => pid !== null).join(", ") || "-",
    ]),
  );
}

const timeOf = (timeMs: number | null): string => (timeMs === null ? "-" : isoTime(timeMs));
