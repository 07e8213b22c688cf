/** Clients that watch a resource are told that it has changed, and of nothing else. */
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import type { Client } from "@modelcontextprotocol/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { serveSessions } from "../../src/mcp/sessions.ts";
import { changedBy } from "../../src/mcp/updates.ts";
import { openMcpYard } from "../support/mcp-yard.ts";
import { emptyFolder } from "../support/workbench.ts";

const WATCHED = ["wvo://tasks/T1", "wvo://roadmap"];

/** What it is told from here on; each call of the function waits for one more. */
function heardBy(client: Client): () => Promise<string> {
  const heard: string[] = [];
  let waiting = Promise.withResolvers<void>();
  client.setNotificationHandler("notifications/resources/updated", ({ params: { uri } }) => {
    heard.push(uri);
    waiting.resolve();
  });
  return async () => {
    while (heard.length === 0) {
      waiting = Promise.withResolvers<void>();
      await waiting.promise;
    }
    return heard.shift() ?? "";
  };
}

const watching = {
  legacy: async (client: Client) => {
    for (const uri of WATCHED) await client.subscribeResource({ uri });
    return () => client.unsubscribeResource({ uri: "wvo://tasks/T1" });
  },
  modern: async (client: Client) => {
    const listening = await client.listen({ resourceSubscriptions: WATCHED });
    return async () => {
      await listening.close();
      await client.listen({ resourceSubscriptions: ["wvo://roadmap"] });
    };
  },
};

describe.each(["legacy", "modern"] as const)("with a client of the %s era", (era) => {
  test("what it watches is told, once for each change, until it watches no more", async () => {
    const { app, connect } = await openMcpYard();
    const { client, ask } = await connect({}, era);
    const next = heardBy(client);
    const unwatch = await watching[era](client);
    await ask("task_edit", { task_id: "T3", title: "Not watched" });
    await ask("task_edit", { task_id: "T1", title: "Watched" });
    expect(await next()).toBe("wvo://tasks/T1");
    await unwatch();
    await ask("task_edit", { task_id: "T1", title: "Watched no more" });
    const imported = { type: "imported", path: "other.yaml", text: "", constraints: [] };
    expect(await app.host.send("roadmap", imported)).toMatchObject({ ok: true });
    expect(await next()).toBe("wvo://roadmap");
  });
});

test("a commit changes its tasks, the roadmap where that is in it, and how things stand", () => {
  const step = (actor: string) => {
    return { actor, fromState: "", toState: "", happening: "{}", atMs: 1, views: [] };
  };
  const steps = ["task:A b", "agent:a-1", "task:A b", "roadmap", "coordinator"].map(step);
  expect(changedBy({ steps })).toEqual(["wvo://tasks/A%20b", "wvo://roadmap", "wvo://status"]);
});

test("who watches and does not read is waited for by nobody", async () => {
  const { app } = await openMcpYard();
  const path = join(emptyFolder(), "mcp.sock");
  onTestFinished(await serveSessions({ path, app }));
  const warned: string[] = [];
  const warn = ({ name }: Error) => warned.push(name);
  process.on("warning", warn);
  const socket = connect(path);
  onTestFinished(() => {
    process.off("warning", warn);
    socket.destroy();
  });
  const initialize = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "t", version: "1" },
  };
  const lines = [
    { wvo: "mcp", role: "operator", agent: null, task: null, session: "s" },
    { jsonrpc: "2.0", id: 1, method: "initialize", params: initialize },
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", id: 2, method: "resources/subscribe", params: { uri: "wvo://status" } },
  ];
  for (const line of lines) socket.write(`${JSON.stringify(line)}\n`);
  await once(socket, "readable");
  for (let n = 0; n < 2_000; n += 1) {
    const event = n % 2 === 0 ? { type: "start" } : { type: "stop", agents: [] };
    await app.host.send("coordinator", event);
  }
  expect(warned).toEqual([]);
});
