/** `wvo up`: the supervisor of this workspace, which works off the roadmap until it is told to end. */
import { spawn } from "node:child_process";
import { closeSync, openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/load.ts";

import { FaultError } from "../fault.ts";
import type { FaultDetails } from "../fault.ts";
import { askSupervisor, findSupervisor } from "../supervisor/client.ts";
import { wvoArgv } from "../supervisor/launcher.ts";
import { folderOf, makePlace } from "../supervisor/place.ts";
import { DRAIN_LIMIT_MS, Supervisor } from "../supervisor/supervisor.ts";
import { tokenFile } from "../supervisor/tokens.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { terminal } from "./terminal.ts";
import { loadHere } from "./workspace.ts";

interface Options {
  readonly detach?: boolean;
  readonly hold?: boolean;
  readonly http?: string;
}

export const upCommand = () =>
  command<Options>(
    { name: "up", summary: "keep a worker at work, and let clients speak to it", isLocal: true },
    async ({ out, options }) => {
      const config = loadHere();
      portOf(options.http);
      return options.detach === true
        ? startDetached(config, out, options)
        : serve(config, out, options);
    },
  )
    .option("-d, --detach", "come back once it serves, and leave it at work")
    .option("--hold", "serve clients, and dispatch nothing before wvo run")
    .option("--http <port>", "serve MCP over HTTP on 127.0.0.1 too; 0 takes any port");

const PORT_MAX = 65_535;

function portOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d+$/.test(text) && Number(text) <= PORT_MAX) return Number(text);
  throw new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: "wvo up --http",
    found: text,
    expected: `a port up to ${PORT_MAX}`,
    next: "wvo up --http 0 takes any that is free",
  });
}

/** What a detached supervisor tells the command that started it. */
type Told =
  | { readonly kind: "serves" }
  | { readonly kind: "fault"; readonly fault: Omit<FaultDetails, "cause"> };

async function serve(config: Config, out: Output, options: Options): Promise<number> {
  const { workspace, state_root: stateRoot } = config;
  const supervisor = await Supervisor.open({
    workspace,
    stateRoot,
    dispatches: options.hold !== true,
    drainLimitMs: DRAIN_LIMIT_MS,
    httpPort: portOf(options.http),
    onNews: (text) => out.progress(text),
  }).catch(tellParent);
  out.progress(`supervisor (pid ${process.pid}) serves ${workspace}; wvo down ends it`);
  const { http } = supervisor.status;
  const tokens = tokenFile(folderOf(stateRoot), "ROLE");
  if (http !== null) out.progress(`MCP over HTTP: ${http} (with a token of ${tokens})`);
  tell({ kind: "serves" });
  let signals = 0;
  const unlisten = terminal().onSignal(() => {
    signals += 1;
    if (signals > 1) return supervisor.kill();
    supervisor.stop();
    return out.progress("stopping: ending the agents' runs; their work is kept");
  });
  const fault = await supervisor.over();
  unlisten();
  if (fault !== null) throw fault;
  out.result({ pid: process.pid, ended: true }, () => "the supervisor has ended");
  return signals > 0 ? EXIT.interrupted : EXIT.ok;
}

function tellParent(thrown: unknown): never {
  if (thrown instanceof FaultError) {
    const { cause: _cause, ...fault } = thrown.details;
    tell({ kind: "fault", fault });
  }
  throw thrown;
}

/** A parent is there only where this supervisor was detached, and listens only until this. */
function tell(told: Told): void {
  if (!process.connected) return;
  process.send?.(told, () => process.disconnect());
}

/** What a supervisor may have said before its log is set aside and begun anew. */
const LOG_BYTES_MAX = 10 * 1024 * 1024;

/** Starts one in a session of its own, with a file for what it says. */
export async function startDetached(
  config: Config,
  out: Output,
  { hold = false, http }: Options,
): Promise<number> {
  const log = join(makePlace(config.state_root).folder, "output.log");
  const words = [...(hold ? ["--hold"] : []), ...(http === undefined ? [] : ["--http", http])];
  const pid = await detach(config, log, words);
  const url = http === undefined ? null : await urlOf(config);
  const served = url === null ? "" : ` and ${url}`;
  out.result({ pid, http: url, log }, () => {
    return `supervisor (pid ${pid}) serves the workspace${served}; it writes ${log}`;
  });
  return EXIT.ok;
}

async function urlOf({ state_root: stateRoot }: Config): Promise<string | null> {
  const holder = findSupervisor(stateRoot);
  const ask = { wvo: "control", ask: "status", limitMs: null } as const;
  return holder === null ? null : ((await askSupervisor(holder, ask))?.http ?? null);
}

async function detach(config: Config, log: string, words: readonly string[]): Promise<number> {
  setAside(log);
  const output = openSync(log, "a", 0o600);
  const [program, ...args] = wvoArgv("up", ...words);
  const child = spawn(program, args, {
    cwd: config.workspace,
    detached: true,
    stdio: ["ignore", output, output, "ipc"],
  });
  closeSync(output);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.on("message", (message) => {
    const told = message as Told;
    if (told.kind === "serves") resolve();
    else reject(new FaultError(told.fault));
  });
  child.on("error", reject);
  child.on("exit", (code, signal) => reject(endedEarly(`${signal ?? code}`, log)));
  try {
    await promise;
    return child.pid ?? 0;
  } finally {
    child.unref();
    if (child.connected) child.disconnect();
  }
}

function setAside(log: string): void {
  const bytes = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > LOG_BYTES_MAX) renameSync(log, `${log}.old`);
}

const endedEarly = (how: string, log: string): FaultError =>
  new FaultError({
    code: "supervisor.ended",
    where: "the supervisor",
    found: `it ended (${how}) before it served`,
    expected: "a supervisor that serves",
    next: `what it said is in ${log}`,
  });
