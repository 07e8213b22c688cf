/** MCP over HTTP, on a socket that the supervisor alone reaches: it has seen to who may come. */
import { once } from "node:events";
import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { serveMcpHttp } from "../mcp/http.ts";
import type { HttpServing } from "../mcp/http.ts";
import type { McpHost, ServerFor, SessionScope } from "../mcp/server.ts";
import { changedBy } from "../mcp/updates.ts";
import { isRole } from "../supervisor/hello.ts";
import { ROLE_HEADER } from "../supervisor/http.ts";
import type { WorkerOrder } from "../supervisor/worker-process.ts";

export async function serveHttp(
  { httpSocket }: Pick<WorkerOrder, "httpSocket">,
  app: McpHost,
  serverFor: ServerFor,
): Promise<() => Promise<void>> {
  rmSync(httpSocket, { force: true });
  const serving: HttpServing = serveMcpHttp(
    (context) => {
      const scope = scopeOf(context.requestInfo?.headers.get(ROLE_HEADER), app);
      return serverFor(app, scope, serving.notify)(context);
    },
    ({ headers }) => String(headers[ROLE_HEADER]),
  );
  const server = createServer((request, response) => {
    // The connection breaks when this process ends, and the next one is asked.
    if (app.isLeaving === true) return;
    // A client that breaks off in the middle of its request has nobody to tell.
    serving.answer(request, response).catch(() => response.destroy());
  });
  const unwatch = app.host.watch((commit) => {
    for (const uri of changedBy(commit)) serving.notify.resourceUpdated(uri);
  });
  server.listen(httpSocket);
  await once(server, "listening");
  chmodSync(httpSocket, 0o600);
  return async () => {
    unwatch();
    server.close();
    await serving.close();
    server.closeAllConnections();
  };
}

/** Without a role that is known it is the least of them. */
const scopeOf = (role: string | null | undefined, { config }: McpHost): SessionScope => ({
  role: isRole(role) ? role : "worker",
  agentId: null,
  taskId: null,
  sandbox: config.sandbox?.http === true,
  sessionId: "http",
});
