/** Clients that watch a resource are told that it has changed, and of nothing else. */
import type { Client } from "@modelcontextprotocol/client";
import { describe, expect, test } from "vitest";
import { changedBy } from "../../src/mcp/updates.ts";
import { openMcpYard } from "../support/mcp-yard.ts";

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
