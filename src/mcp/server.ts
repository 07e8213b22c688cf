/**
 * The MCP server: one factory, from which the SDK serves every revision of the protocol. Which
 * tools there are is `tools.ts`; by what road a client comes is the supervisor's matter.
 */
import { McpServer } from "@modelcontextprotocol/server";
import type { McpRequestContext, McpServerOptions } from "@modelcontextprotocol/server";
import type { ServerNotifier } from "@modelcontextprotocol/server";
import { version } from "../version.ts";
import { serveAgentLogs } from "./agent-log-resource.ts";
import { instructionsFor } from "./instructions.ts";
import { servePrompts } from "./prompts.ts";
import { serveResources } from "./resources.ts";
import { serveTool } from "./serving.ts";
import type { McpHost, SessionScope } from "./tool.ts";
import { toolsFor } from "./tools.ts";
import { serveUpdates } from "./updates.ts";

export type { McpHost, SessionScope } from "./tool.ts";

/** A server that says who it is and has nothing yet. */
export const newServer = (options: McpServerOptions): McpServer =>
  new McpServer({ name: "weathervane", title: "WeatherVane", version }, options);

/** Gives what makes the server of a session, or of one request; `notify` is there over HTTP. */
export type ServerFor = (
  app: McpHost,
  scope: SessionScope,
  notify?: ServerNotifier,
) => (context: McpRequestContext) => McpServer;

/** What `serveStdio` and `createMcpHandler` take: a new server for each session or request. */
export function mcpFactory(app: McpHost, scope: SessionScope): ReturnType<ServerFor> {
  return (context) => {
    const capabilities = { resources: { subscribe: true } };
    const server = newServer({ instructions: instructionsFor(scope), capabilities });
    for (const tool of toolsFor(scope)) serveTool(server, tool, { app, scope });
    serveResources(server, app);
    if (scope.role !== "worker") serveAgentLogs(server, app);
    servePrompts(server, app);
    serveUpdates(server, app, context);
    return server;
  };
}
