/**
 * A write that was under way when its worker was killed is sent again by the supervisor and stands in
 * the journal once: real processes, real SIGKILL, over both roads.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { openReader } from "../../src/store/sqlite/store.ts";
import { eventually } from "../support/live-run.ts";
import { call, clientOf, session, signal, SLOW_MS } from "../support/supervised.ts";
import { supervised, upAs } from "../support/supervised.ts";
import type { Raw, Supervised } from "../support/supervised.ts";

const DYING = join(import.meta.dirname, "dying.ts");
const JOURNAL_ROWS_MAX = 10_000;
const agent_id = "ann";

async function overHttp({ file }: Supervised, url: string): Promise<Client> {
  const authorization = `Bearer ${file("state/supervisor/http-operator.token").trim()}`;
  const options = { versionNegotiation: { mode: { pin: "2026-07-28" } } } as const;
  const client = new Client({ name: "test", version: "1" }, options);
  const requestInit = { headers: { authorization } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  onTestFinished(() => client.close());
  return client;
}

const ROADS: Readonly<Record<string, (yard: Supervised, url: string) => Promise<Client>>> = {
  "wvo mcp, 2026-07-28": (yard) => clientOf(yard, "modern"),
  "wvo mcp, 2025-11-25": (yard) => clientOf(yard, "legacy"),
  HTTP: overHttp,
};

/** In these tests an agent's task has its name. */
const progress = (note: string, agent: string) => {
  return { task_id: agent, agent_id: agent, event: "progress", note };
};

/** How often each note of progress stands in the journal. */
async function notesOf({ repo }: Supervised, agent: string): Promise<readonly string[]> {
  const store = openReader(join(repo, "state/orchestrator.db"));
  const rows = await store.journal({ actor: `visitor:${agent}`, limit: JOURNAL_ROWS_MAX });
  await store.close();
  return rows.flatMap(({ happening }) => /"note":"([^"]*)"/.exec(happening)?.[1] ?? []);
}

/** A note of progress for each death of the worker in it; what the journal has of them afterwards. */
async function dieIn(road: string, deaths: readonly string[], ...words: readonly string[]) {
  const yard = supervised({ roadmap: { version: 1, tasks: [{ id: agent_id, title: "One" }] } });
  const { url } = await upAs(yard, DYING, ...words);
  const client = await ROADS[road]?.(yard, url);
  if (client === undefined) throw new Error(`no road ${road}`);
  await client.callTool({ name: "task_claim", arguments: { task_id: agent_id, agent_id } });
  for (const when of deaths) {
    const worker = await yard.workerPid();
    writeFileSync(join(yard.repo, "state/die"), when);
    const write = { name: "task_update", arguments: progress(when, agent_id) };
    const { isError, structuredContent } = await client.callTool(write);
    expect([isError === true, structuredContent]).toMatchObject([false, { state: WORKING }]);
    expect(await yard.workerPid()).not.toBe(worker);
  }
  return notesOf(yard, agent_id);
}
const WORKING = "active.working";

describe.each(Object.keys(ROADS))("over %s", { timeout: SLOW_MS }, (road) => {
  test("a write whose worker dies before its commit, or after it, is there once", async () => {
    expect(await dieIn(road, ["before", "after"])).toEqual(["before", "after"]);
  });

  test("without keys it is there twice, so the above can fail", async () => {
    expect(await dieIn(road, ["after"], "keyless")).toEqual(["after", "after"]);
  });
});

const NOTES = 50;
const KILLS = 3;

test(
  "many writes of several clients, the worker killed in the midst of them again and again",
  { timeout: SLOW_MS },
  async () => {
    const agents = ["ann", "bob", "cid", "dan"];
    const tasks = agents.map((id) => ({ id, title: `For ${id}` }));
    const yard = supervised({ roadmap: { version: 1, tasks } });
    const holder = await yard.up("--hold");
    const sessions = await Promise.all(agents.map(() => session(holder)));
    const raws = agents.map((agent, index) => ({ agent, raw: sessions[index] as Raw }));
    for (const { agent, raw } of raws) {
      raw.say(call("claim", "task_claim", { task_id: agent, agent_id: agent }));
      expect(await raw.hear()).toMatchObject({ id: "claim", result: { structuredContent: {} } });
    }
    let worker = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      worker = await yard.workerPid(worker);
      await inTheMidst(raws, kill, () => signal(worker, "SIGKILL"));
    }
    for (const { agent } of raws) {
      const notes = await notesOf(yard, agent);
      expect(notes.toSorted()).toEqual(allNotes().toSorted());
    }
  },
);

const notesOfKill = (kill: number): readonly string[] =>
  Array.from({ length: NOTES }, (_, n) => `${kill}-${n}`);
const allNotes = (): readonly string[] =>
  Array.from({ length: KILLS }, (_, n) => n).flatMap(notesOfKill);

interface Writer {
  readonly agent: string;
  readonly raw: Raw;
}

/** Everybody writes at once; at the first answer the worker is killed, and all are answered. */
async function inTheMidst(writers: readonly Writer[], kill: number, end: () => void) {
  const first = Promise.withResolvers<void>();
  const written = writers.map(async ({ agent, raw }) => {
    for (const note of notesOfKill(kill)) raw.say(call(note, "task_update", progress(note, agent)));
    const ids: string[] = [];
    while (ids.length < NOTES) {
      const heard = await raw.hear();
      first.resolve();
      expect(heard).toMatchObject({ result: { structuredContent: { state: WORKING } } });
      ids.push(String(heard?.["id"]));
    }
    expect(ids.toSorted()).toEqual(notesOfKill(kill).toSorted());
  });
  await Promise.race([first.promise, ...written]);
  end();
  await Promise.all(written);
}

test(
  "a client that dies in a write says it again with its key: it is there once",
  { timeout: SLOW_MS },
  async () => {
    const yard = supervised({ roadmap: { version: 1, tasks: [{ id: agent_id, title: "One" }] } });
    const holder = await yard.up("--hold");
    const [one, other] = [await session(holder), await session(holder)];
    one.say(call("claim", "task_claim", { task_id: agent_id, agent_id }));
    await one.hear();
    const worker = await yard.workerPid();
    const write = call("w", "task_update", { ...progress("half", agent_id), idempotency_key: "k" });
    signal(worker, "SIGSTOP");
    one.say(write);
    await eventually(() => (one.socket.writableLength === 0 ? true : null));
    one.socket.destroy();
    signal(worker, "SIGCONT");
    other.say(write);
    expect(await other.hear()).toMatchObject({ id: "w", result: { structuredContent: {} } });
    expect(await notesOf(yard, agent_id)).toEqual(["half"]);
    expect(await yard.workerPid()).toBe(worker);
  },
);

test(
  "1,000 claims by eight clients through wvo mcp: each task is claimed once",
  { timeout: SLOW_MS },
  async () => {
    const tasks = Array.from({ length: 125 }, (_, n) => ({ id: `T${n}`, title: `Task ${n}` }));
    const yard = supervised({ roadmap: { version: 1, tasks } });
    await yard.up("--hold");
    const clients = await Promise.all(Array.from({ length: 8 }, () => clientOf(yard)));
    const claims = await Promise.all(
      clients.flatMap((client, who) =>
        tasks.map(({ id: task_id }, n) =>
          client.callTool({ name: "task_claim", arguments: { task_id, agent_id: `a${who}-${n}` } }),
        ),
      ),
    );
    expect(claims.length).toBe(1_000);
    const won = claims.filter(({ isError }) => isError !== true);
    const taken = won.map(({ structuredContent: found }) => (found as { task_id: string }).task_id);
    expect(taken.toSorted()).toEqual(tasks.map(({ id }) => id).toSorted());
    const store = openReader(join(yard.repo, "state/orchestrator.db"));
    const runs = tasks.map(({ id }) => store.views.task(id)?.runs);
    await store.close();
    expect(new Set(runs)).toEqual(new Set([1]));
  },
);
