/** A workspace with its supervisor at work, and clients that speak to it through `wvo mcp`. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, onTestFinished } from "vitest";
import { identityOf, signalProcess } from "../../src/processes/identity.ts";
import { askSupervisor, findSupervisor } from "../../src/supervisor/client.ts";
import type { Holder } from "../../src/supervisor/lock.ts";
import { readLines } from "../../src/supervisor/lines.ts";
import type { SupervisorStatus } from "../../src/supervisor/supervisor.ts";
import { makeWorkspace } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";
import { eventually } from "./live-run.ts";

/** Real processes on a machine under load take their time. */
export const SLOW_MS = 3 * 60_000;

export const WVO = new URL("../../src/wvo.js", import.meta.url).pathname;

export interface Supervised extends Workspace {
  readonly up: (...args: string[]) => Promise<Holder>;
  readonly holder: () => Holder | null;
  readonly status: () => Promise<SupervisorStatus>;
  /** The pid of a worker that serves, other than this one. */
  readonly workerPid: (other?: number) => Promise<number>;
}

const TASKS = [
  { id: "T1", title: "First" },
  { id: "T2", title: "Second", depends_on: ["T1"] },
];

/** It does its task and nothing else. */
const WRITER = ["/bin/sh", "-c", 'mkdir -p work && echo "$WVO_TASK_ID" > "work/$WVO_TASK_ID"'];

/** Nothing of a supervisor outlives the test. */
export function supervised(plan: Partial<Parameters<typeof makeWorkspace>[0]> = {}): Supervised {
  const yard = makeWorkspace({
    roadmap: { version: 1, tasks: TASKS },
    agent: WRITER,
    ...plan,
  });
  const stateRoot = join(yard.repo, "state");
  const holder = (): Holder | null => findSupervisor(stateRoot);
  onTestFinished(async () => {
    const left = holder();
    if (left !== null) await yard.wvo("down", "--limit", "1s");
  });
  const status = async (): Promise<SupervisorStatus> => {
    const found = holder();
    if (found === null) throw new Error("no supervisor");
    const told = await askSupervisor(found, { wvo: "control", ask: "status", limitMs: null });
    if (told === null) throw new Error("no answer");
    return told;
  };
  return {
    ...yard,
    holder,
    status,
    up: async (...args) => {
      const { code, stderr } = await yard.wvo("up", "--detach", ...args);
      expect([code, stderr]).toEqual([0, ""]);
      const found = holder();
      if (found === null) throw new Error("no supervisor");
      return found;
    },
    workerPid: (other) =>
      eventually(async () => {
        const { worker } = await status();
        return worker.pid === null || worker.pid === other ? null : worker.pid;
      }),
  };
}

/** A program that is a supervisor as `wvo up --hold` is, with a worker of its own: other-wvo.ts. */
export async function upAs(
  { repo: cwd, env }: Workspace,
  program: string,
  ...words: readonly string[]
): Promise<{ readonly url: string }> {
  const args = [program, "up", ...words];
  const up = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(up, "close");
  onTestFinished(async () => {
    up.kill("SIGTERM");
    await ended;
  });
  const [said] = (await Promise.race([once(up.stdout, "data"), ended])) as [unknown];
  if (!Buffer.isBuffer(said)) throw new Error(`it ended with ${String(said)}`);
  return { url: said.toString().trim() };
}

/** A signal to a process that is not our child. */
export function signal(pid: number, name: NodeJS.Signals): void {
  const identity = identityOf(pid);
  if (identity !== null) signalProcess(identity, name);
}

/** A client of the SDK behind `wvo mcp`, in one of the eras. */
export async function clientOf(
  yard: Workspace,
  era: "legacy" | "modern" = "modern",
  ...args: readonly string[]
): Promise<Client> {
  const mode = era === "legacy" ? "legacy" : { pin: "2026-07-28" };
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [WVO, "mcp", ...args],
    cwd: yard.repo,
    env: yard.env,
    stderr: "pipe",
  });
  onTestFinished(() => client.close());
  await client.connect(transport);
  return client;
}

/** A connection that says and hears lines as they are. */
export interface Raw {
  readonly socket: Socket;
  readonly say: (line: string | object) => void;
  /** The next line as JSON; null at the end. */
  readonly hear: () => Promise<Readonly<Record<string, unknown>> | null>;
}

const LINE_BYTES_MAX = 64 * 1024 * 1024;

export async function rawTo({ socket: path }: Holder): Promise<Raw> {
  const socket = connect({ path, allowHalfOpen: true });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return raw(socket, socket);
}

export function rawOf(child: ChildProcess): Raw {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("no pipes");
  return raw(stdin as unknown as Socket, stdout);
}

function raw(socket: Socket, output: NodeJS.ReadableStream): Raw {
  const lines = readLines(output as Socket, LINE_BYTES_MAX);
  return {
    socket,
    say: (line) => void socket.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`),
    hear: async () => {
      const { value, done } = await lines.next();
      if (done === true) return null;
      return value.kind === "line" ? (JSON.parse(value.text) as Record<string, unknown>) : {};
    },
  };
}

export const HELLO = { wvo: "mcp", role: "operator" };

export const INITIALIZE = {
  jsonrpc: "2.0",
  id: "init",
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "raw", version: "1" },
  },
};

export const call = (id: number | string, name: string, args: object = {}) => {
  return { jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } };
};

/** An old-era session over the supervisor's own socket. */
export async function session(holder: Holder): Promise<Raw> {
  const raw = await rawTo(holder);
  raw.say(HELLO);
  return begun(raw);
}

/** The same once somebody has said whose session it is. */
export async function begun(raw: Raw): Promise<Raw> {
  raw.say(INITIALIZE);
  expect(await raw.hear()).toMatchObject({ id: "init", result: {} });
  raw.say({ jsonrpc: "2.0", method: "notifications/initialized" });
  return raw;
}
