/**
 * A workspace with WeatherVane open in this process and its MCP server on a unix socket, and clients
 * that speak to it: what the supervisor and its worker do, in one process.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/client";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { McpServerFactory } from "@modelcontextprotocol/server";
import { expect, onTestFinished } from "vitest";
import { App } from "../../src/app/app.ts";
import { importRoadmap, readRoadmapFile } from "../../src/app/roadmap-import.ts";
import { loadConfig } from "../../src/config/load.ts";
import { mcpFactory } from "../../src/mcp/server.ts";
import type { SessionScope } from "../../src/mcp/server.ts";
import { ManualClock } from "./manual-clock.ts";
import { emptyFolder } from "./workbench.ts";
import { makeWorkspace } from "./workspace.ts";
import type { Workspace, WorkspacePlan } from "./workspace.ts";

type Era = "legacy" | "modern";
type Arguments = Readonly<Record<string, unknown>>;

/** What a tool answered: its structured content, or what it says of the refusal. */
export interface Told {
  readonly isError: boolean;
  readonly found: Readonly<Record<string, unknown>>;
}

export interface McpClient {
  readonly client: Client;
  /** Calls a tool; `meta` is what some programs send along. */
  readonly ask: (name: string, args?: Arguments, meta?: Arguments) => Promise<Told>;
}

export interface McpYard extends Workspace {
  readonly app: App;
  readonly clock: ManualClock;
  readonly connect: (scope?: Partial<SessionScope>, era?: Era) => Promise<McpClient>;
  /** A unix socket on which every connection is a session of this scope. */
  readonly listen: (scope?: Partial<SessionScope>) => Promise<string>;
}

const OPERATOR: SessionScope = {
  role: "operator",
  agentId: null,
  taskId: null,
  sandbox: false,
  sessionId: "test",
};
const TASKS = [
  { id: "T1", title: "First", acceptance: ["it works"] },
  { id: "T2", title: "Second", depends_on: ["T1"] },
  { id: "T3", title: "Third", priority: "low" },
];

export async function openMcpYard(
  tasks: readonly object[] = TASKS,
  laidOver: Pick<WorkspacePlan, "config" | "files"> = {},
): Promise<McpYard> {
  const roadmap = { version: 1, tasks };
  const yard = makeWorkspace({ roadmap, agent: ["/bin/true"], ...laidOver });
  const config = loadConfig(yard.repo, yard.env);
  const clock = new ManualClock();
  const app = await App.open({ config, clock, onFault: fail });
  onTestFinished(() => app.close());
  const parsed = readRoadmapFile(config.roadmap);
  await importRoadmap(parsed, { speaker: app.host, store: app.store }, { allowMissing: false });
  const listen = (scope: Partial<SessionScope> = {}) =>
    listenWith(mcpFactory(app, { ...OPERATOR, ...scope }));
  return {
    ...yard,
    app,
    clock,
    listen,
    connect: async (scope, era = "modern") => clientOf(await listen(scope), era),
  };
}

function fail(thrown: unknown): never {
  throw thrown;
}

/** Serves every connection on a unix socket with a session of its own. */
export async function listenWith(factory: McpServerFactory): Promise<string> {
  const path = join(emptyFolder(), "mcp.sock");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => socket.destroy()));
    serveStdio(factory, { transport: new StdioServerTransport(socket, socket) });
  });
  server.listen(path);
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return path;
}

async function clientOf(path: string, era: Era): Promise<McpClient> {
  const mode = era === "legacy" ? "legacy" : { pin: "2026-07-28" };
  const info = { name: "test", version: "1.0.0" };
  const client = new Client(info, { versionNegotiation: { mode } });
  await client.connect(new LineTransport(path));
  onTestFinished(() => client.close());
  return { client, ask: (name, args = {}, meta) => ask(client, { name, args, meta }) };
}

interface Asked {
  readonly name: string;
  readonly args: Arguments;
  readonly meta?: Arguments | undefined;
}

async function ask(client: Client, { name, args, meta }: Asked): Promise<Told> {
  const extra = meta === undefined ? {} : { _meta: meta };
  const result = await client.callTool({ name, arguments: { ...args }, ...extra });
  const [first] = result.content;
  const text = first?.type === "text" ? first.text : "";
  if (result.isError === true) return { isError: true, found: said(text) };
  expect(JSON.parse(text), "the text is the structured content").toEqual(result.structuredContent);
  return { isError: false, found: result.structuredContent as Told["found"] };
}

/** The SDK refuses malformed arguments in words of its own, ours are JSON. */
function said(text: string): Told["found"] {
  return text.startsWith("{") ? (JSON.parse(text) as Told["found"]) : { text };
}

/** One JSON-RPC message a line, over a unix socket. */
class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #path: string;
  #socket: Socket | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async start(): Promise<void> {
    const socket = connect(this.#path);
    this.#socket = socket;
    await once(socket, "connect");
    createInterface({ input: socket }).on("line", (line) =>
      this.onmessage?.(JSON.parse(line) as JSONRPCMessage),
    );
    socket.on("error", (error) => this.onerror?.(error));
    socket.on("close", () => this.onclose?.());
  }

  async send(message: object): Promise<void> {
    this.#socket?.write(`${JSON.stringify(message)}\n`);
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
  }
}
