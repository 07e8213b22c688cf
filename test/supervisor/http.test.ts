/** MCP over HTTP through supervisor and worker: who is let in, as whom, and over a worker's death. */
import { readFileSync, statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { call, INITIALIZE, signal, SLOW_MS, supervised } from "../support/supervised.ts";
import type { Supervised } from "../support/supervised.ts";
import type { Role } from "../../src/supervisor/hello.ts";

interface Served extends Supervised {
  readonly url: string;
  readonly token: (role: Role) => string;
}

async function served(): Promise<Served> {
  const yard = supervised();
  await yard.up("--hold", "--http", "0");
  const { http } = await yard.status();
  const file = (role: Role): string => join(yard.repo, `state/supervisor/http-${role}.token`);
  return { ...yard, url: http ?? "", token: (role) => readFileSync(file(role), "utf8").trim() };
}

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly body?: string;
}

/** A request whose every header is ours, the host included. */
function ask(url: string, { headers = {}, path, body }: Asked) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const asked = request(new URL(path ?? url, url), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
  });
  asked.on("error", reject);
  asked.on("response", (response) => {
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString()));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
  });
  asked.end(body ?? JSON.stringify(INITIALIZE));
  return promise;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

type Era = "legacy" | "modern";

async function clientAt({ url, token }: Served, ...[era, role, more = {}]: [Era, Role, object?]) {
  const mode = era === "legacy" ? "legacy" : { pin: "2026-07-28" };
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  const requestInit = { headers: { ...bearer(token(role)), ...more } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  onTestFinished(() => client.close());
  return client;
}

describe("who is let in", { timeout: SLOW_MS }, () => {
  test("nobody without a token, under another name, or from a website", async () => {
    const yard = await served();
    const { url } = yard;
    const good = bearer(yard.token("operator"));
    const { host } = new URL(url);
    const rows: readonly (readonly [string, Asked, number])[] = [
      ["no token", {}, 401],
      ["a wrong one", { headers: bearer("x".repeat(43)) }, 401],
      ["no bearer", { headers: { authorization: yard.token("operator") } }, 401],
      ["the token", { headers: good }, 200],
      ["another host", { headers: { ...good, host: "evil.example" } }, 403],
      ["its name with another port", { headers: { ...good, host: "127.0.0.1:1" } }, 403],
      ["a body in chunks", { headers: { ...good, "transfer-encoding": "chunked" } }, 200],
      ["localhost", { headers: { ...good, host: host.replace("127.0.0.1", "localhost") } }, 200],
      ["a page of a website", { headers: { ...good, origin: "https://evil.example" } }, 403],
      ["a page of a file", { headers: { ...good, origin: "null" } }, 403],
      ["a page of its own", { headers: { ...good, origin: `http://${host}` } }, 200],
      ["another path", { headers: good, path: "/" }, 404],
      ["over 1 MB", { headers: good, body: JSON.stringify("x".repeat(1024 * 1024)) }, 413],
      ["no JSON", { headers: good, body: "{" }, 400],
    ];
    for (const [what, asked, status] of rows) {
      expect((await ask(url, asked)).status, what).toBe(status);
    }
  });

  test("the tokens are for their owner alone, and stay", async () => {
    const yard = await served();
    const before = yard.token("worker");
    const path = join(yard.repo, "state/supervisor/http-worker.token");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(before).not.toBe(yard.token("operator"));
    await yard.wvo("down");
    await yard.up("--hold", "--http", "0");
    expect(yard.token("worker")).toBe(before);
  });

  test("a port that is taken is said at once, and nothing is left", async () => {
    const yard = await served();
    const other = supervised();
    const { code, stderr } = await other.wvo("up", "--http", new URL(yard.url).port, "--json");
    expect([code, stderr]).toEqual([1, expect.stringContaining("supervisor.port")]);
    expect(other.holder()).toBeNull();
  });
});

test("the role is the token's, whatever the client says", { timeout: SLOW_MS }, async () => {
  const yard = await served();
  const namesFor = async (role: Role): Promise<readonly string[]> => {
    const client = await clientAt(yard, "modern", role, { "wvo-role": "operator" });
    return (await client.listTools()).tools.map(({ name }) => name);
  };
  expect(await namesFor("worker")).not.toContain("orchestrator_status");
  expect(await namesFor("operator")).toContain("orchestrator_status");
});

test.each(["legacy", "modern"] as const)(
  "a client of the %s era is told that what it watches has changed",
  { timeout: SLOW_MS },
  async (era) => {
    const yard = await served();
    const client = await clientAt(yard, era, "operator");
    const told = Promise.withResolvers<string>();
    client.setNotificationHandler("notifications/resources/updated", ({ params }) =>
      told.resolve(params.uri),
    );
    const uri = "wvo://tasks/T1";
    await (era === "legacy"
      ? client.subscribeResource({ uri })
      : client.listen({ resourceSubscriptions: [uri] }));
    await client.callTool({ name: "task_edit", arguments: { task_id: "T1", title: "Anew" } });
    expect(await told.promise).toBe(uri);
  },
);

describe("a call in flight when the worker is killed", { timeout: SLOW_MS }, () => {
  const TASKS = { tasks: [{ id: "T1" }, { id: "T2" }] };

  test("is answered: a request of the modern era needs no session", async () => {
    const yard = await served();
    const client = await clientAt(yard, "modern", "operator");
    const worker = await yard.workerPid();
    signal(worker, "SIGSTOP");
    const answer = client.callTool({ name: "task_list", arguments: {} });
    signal(worker, "SIGKILL");
    expect((await answer).structuredContent).toMatchObject(TASKS);
  });

  test("ends a session of the legacy era, which says so and is begun anew", async () => {
    const yard = await served();
    const client = await clientAt(yard, "legacy", "operator");
    const worker = await yard.workerPid();
    signal(worker, "SIGSTOP");
    const answer = client.callTool({ name: "task_list", arguments: {} });
    signal(worker, "SIGKILL");
    await expect(answer).rejects.toThrow("initialize anew");
    const next = await clientAt(yard, "legacy", "operator");
    const { structuredContent } = await next.callTool({ name: "task_list", arguments: {} });
    expect(structuredContent).toMatchObject(TASKS);
  });
});

test("a client that goes away in a call disturbs nobody", { timeout: SLOW_MS }, async () => {
  const yard = await served();
  const headers = bearer(yard.token("operator"));
  const worker = await yard.workerPid();
  signal(worker, "SIGSTOP");
  const gone = request(new URL(yard.url), { method: "POST", headers });
  gone.on("error", () => {});
  gone.end(JSON.stringify(call(1, "task_list")));
  gone.destroy();
  signal(worker, "SIGCONT");
  expect((await ask(yard.url, { headers })).status).toBe(200);
  expect(await yard.workerPid()).toBe(worker);
});
