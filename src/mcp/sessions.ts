/**
 * The socket on which MCP sessions are served, by whoever has the database: the worker, as the
 * supervisor hands them on, or a `wvo run` that works without one. Of commands it knows only whom
 * they concern.
 */
import { chmodSync, rmSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import { Writable } from "node:stream";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { systemClock } from "../clock.ts";
import type { CommandHello, McpHello } from "../supervisor/hello.ts";
import { parseHello } from "../supervisor/hello.ts";
import { CLIENT_LINE_BYTES_MAX, finish, readLines, UNREAD_BYTES_MAX } from "../supervisor/lines.ts";
import type { Lines } from "../supervisor/lines.ts";
import { mcpFactory } from "./server.ts";
import type { ServerFor } from "./server.ts";
import { sessionStream } from "./session-stream.ts";
import type { McpHost } from "./tool.ts";

/** A connection after its first line. */
export interface Greeted<Hello> {
  readonly socket: Socket;
  readonly lines: Lines;
  readonly hello: Hello;
}

export interface SessionsSetting {
  readonly path: string;
  readonly app: McpHost;
  readonly serverFor?: ServerFor;
  /** Who does commands of other processes; without it they are not done here. */
  readonly onCommand?: (call: Greeted<CommandHello>) => Promise<void>;
}

/** Serves until the returned function is called. */
export async function serveSessions(setting: SessionsSetting): Promise<() => Promise<void>> {
  const { path } = setting;
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // it closes as well
    serve(socket, setting).catch(() => socket.destroy());
  });
  server.listen(path);
  await once(server, "listening");
  chmodSync(path, 0o600);
  return async () => {
    server.close();
    // Who does not read must not keep this process alive.
    for (const socket of sockets) finish(socket, systemClock);
  };
}

async function serve(socket: Socket, setting: SessionsSetting): Promise<void> {
  const { onCommand } = setting;
  const lines = readLines(socket, CLIENT_LINE_BYTES_MAX);
  const { value: line, done } = await lines.next();
  const hello = done === true || line.kind === "oversize" ? null : parseHello(line.text);
  if (hello?.wvo === "mcp") return serveMcp({ socket, lines, hello }, setting);
  if (hello?.wvo === "command" && onCommand !== undefined)
    return onCommand({ socket, lines, hello });
  socket.destroy();
  return undefined;
}

async function serveMcp(
  { socket, lines, hello }: Greeted<McpHello>,
  { app, serverFor = mcpFactory }: SessionsSetting,
): Promise<void> {
  const { role, agent, task, session } = hello;
  // The client asks; whoever owns the workspace decides.
  const sandbox = hello.sandbox && app.config.sandbox !== null;
  const scope = { role, agentId: agent, taskId: task, sandbox, sessionId: session };
  const input = sessionStream(lines, () => app.isLeaving === true);
  const transport = new StdioServerTransport(input, outputTo(socket));
  serveStdio(serverFor(app, scope), { transport });
  await Promise.race([once(socket, "close"), once(input, "close")]);
  socket.end();
}

/**
 * What the SDK writes to. Where nobody reads it would wait, with a listener for each message, and
 * who only listens may be told much without ever saying a word.
 */
function outputTo(socket: Socket): Writable {
  return new Writable({
    highWaterMark: UNREAD_BYTES_MAX,
    write: (chunk: Buffer, _encoding, done) => {
      socket.write(chunk);
      if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
      done();
    },
  });
}
