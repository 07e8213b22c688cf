/** The worker's socket: sessions of MCP clients and commands, as the supervisor hands them on. */
import { chmodSync, rmSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { Engine } from "../cli/terminal.ts";
import { mcpFactory } from "../mcp/server.ts";
import type { McpHello } from "../supervisor/hello.ts";
import { parseHello } from "../supervisor/hello.ts";
import { CLIENT_LINE_BYTES_MAX, readLines, UNREAD_BYTES_MAX } from "../supervisor/lines.ts";
import type { Line } from "../supervisor/lines.ts";
import { runCommand } from "./commands.ts";
import { sessionStream } from "./session-stream.ts";

/** Serves until the returned function is called. */
export async function serveSessions(path: string, engine: Engine): Promise<() => Promise<void>> {
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // it closes as well
    serve(socket, engine).catch(() => socket.destroy());
  });
  server.listen(path);
  await once(server, "listening");
  chmodSync(path, 0o600);
  return async () => {
    server.close();
    for (const socket of sockets) socket.end();
  };
}

async function serve(socket: Socket, engine: Engine): Promise<void> {
  const lines = readLines(socket, CLIENT_LINE_BYTES_MAX);
  const { value: line, done } = await lines.next();
  const hello = done === true || line.kind === "oversize" ? null : parseHello(line.text);
  if (hello?.wvo === "mcp") return serveMcp({ socket, lines, hello, engine });
  if (hello?.wvo === "command") return runCommand({ socket, lines, hello, engine });
  socket.destroy();
  return undefined;
}

interface Session {
  readonly socket: Socket;
  readonly lines: AsyncGenerator<Line>;
  readonly hello: McpHello;
  readonly engine: Engine;
}

async function serveMcp({ socket, lines, hello, engine }: Session): Promise<void> {
  const { role, agent, task, session } = hello;
  const scope = { role, agentId: agent, taskId: task, sandbox: false, sessionId: session };
  const input = sessionStream(lines);
  const transport = new StdioServerTransport(input, socket);
  const { config, store, host } = engine.app;
  serveStdio(mcpFactory({ config, store, host }, scope), { transport });
  const watch = (): void => {
    if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
  };
  input.on("data", watch);
  await Promise.race([once(socket, "close"), once(input, "close")]);
  socket.end();
}
