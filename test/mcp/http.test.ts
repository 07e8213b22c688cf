/** MCP over HTTP: both eras on one address, sessions that stay with their owner, bodies in bounds. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, onTestFinished, test } from "vitest";
import { serveMcpHttp } from "../../src/mcp/http.ts";
import type { HttpServing } from "../../src/mcp/http.ts";
import { mcpFactory, newServer } from "../../src/mcp/server.ts";
import { openMcpYard } from "../support/mcp-yard.ts";

const SCOPE = {
  role: "worker",
  agentId: null,
  taskId: null,
  sandbox: false,
  sessionId: "http",
} as const;

async function serve(): Promise<URL> {
  const { app } = await openMcpYard();
  const whose = ({ headers }: { headers: object }) => String((headers as { who?: string }).who);
  return listen(serveMcpHttp(mcpFactory(app, SCOPE), whose));
}

async function listen(serving: HttpServing): Promise<URL> {
  const http = createServer((request, response) => {
    serving.answer(request, response).catch(() => response.destroy());
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(async () => {
    await serving.close();
    http.close();
    http.closeAllConnections();
  });
  return new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`);
}

test.each(["legacy", "modern"] as const)("a client of the %s era calls a tool", async (era) => {
  const mode = era === "legacy" ? "legacy" : { pin: "2026-07-28" };
  const client = new Client({ name: "t", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(await serve()));
  onTestFinished(() => client.close());
  const found = await client.callTool({ name: "plan_next", arguments: {} });
  expect(found.structuredContent).toMatchObject({ tasks: [{ id: "T1" }, { id: "T3" }] });
});

const JSON_TYPE = { "content-type": "application/json" };
const ACCEPT = { accept: "application/json, text/event-stream" };
const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "t", version: "1" },
  },
});
const LIST = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/list" });

test("a session is continued by nobody but who began it", async () => {
  const url = await serve();
  const post = (body: string, headers: object) =>
    fetch(url, { method: "POST", body, headers: { ...JSON_TYPE, ...ACCEPT, ...headers } });
  const begun = await post(INITIALIZE, { who: "ann" });
  const session = begun.headers.get("mcp-session-id") ?? "";
  expect([begun.status, session.length > 0]).toEqual([200, true]);
  const goesOn = await post(LIST, { who: "ann", "mcp-session-id": session });
  expect(goesOn.status).toBe(200);
  const stolen = await post(LIST, { who: "bob", "mcp-session-id": session });
  expect([stolen.status, await stolen.text()]).toEqual([
    404,
    expect.stringContaining("no such session"),
  ]);
});

test("a request without a session leaves nothing behind", async () => {
  const closed: string[] = [];
  const serving = serveMcpHttp(() => {
    const server = newServer({ capabilities: {} });
    return Object.assign(server, {
      server: Object.assign(server.server, { onclose: () => closed.push("server") }),
    });
  });
  const url = await listen(serving);
  const headers = { ...JSON_TYPE, ...ACCEPT };
  const answer = await fetch(url, { method: "POST", body: LIST, headers });
  expect([answer.status, closed]).toEqual([400, ["server"]]);
});

test.each([
  ["no JSON", "{", 400],
  ["over 2 MB", JSON.stringify({ text: "x".repeat(2 * 1024 * 1024) }), 413],
])("a body that is %s is refused", async (_title, body, status) => {
  const headers = { ...JSON_TYPE, ...ACCEPT };
  const answer = await fetch(await serve(), { method: "POST", body, headers });
  expect(answer.status).toBe(status);
});
