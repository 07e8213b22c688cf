/**
 * Sessions of MCP clients over real processes: through `wvo mcp`, supervisor and worker, while one
 * after the other is killed, and with clients that do what they should not.
 */
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { nextTurn } from "../../src/clock.ts";
import { hasEnded } from "../../src/supervisor/worker-process.ts";
import { eventually } from "../support/live-run.ts";
import { begun, call, clientOf, HELLO, INITIALIZE, rawOf, rawTo } from "../support/supervised.ts";
import { session, signal, SLOW_MS, supervised } from "../support/supervised.ts";
import type { Raw } from "../support/supervised.ts";

const END_LIMIT_MS = 60_000;
const MEGABYTE = 1024 * 1024;

const idsOf = (client: { callTool: (call: never) => Promise<unknown> }) =>
  client.callTool({ name: "task_list", arguments: {} } as never) as Promise<{
    structuredContent: { tasks: readonly { id: string }[] };
  }>;

describe.each(["legacy", "modern"] as const)("%s era", { timeout: SLOW_MS }, (era) => {
  test("a session goes on over another worker and another supervisor", async () => {
    const yard = supervised();
    const first = await yard.up("--hold");
    const client = await clientOf(yard, era);
    const before = (await client.listTools()).tools.map(({ name }) => name);
    expect(before).toContain("task_list");

    const worker = await yard.workerPid();
    signal(worker, "SIGSTOP");
    const answer = idsOf(client);
    signal(worker, "SIGKILL");
    expect((await answer).structuredContent.tasks.map(({ id }) => id)).toEqual(["T1", "T2"]);

    signal(first.process.pid, "SIGKILL");
    expect(await hasEnded(first.process, END_LIMIT_MS)).toBe(true);
    expect((await idsOf(client)).structuredContent.tasks.length).toBe(2);
    expect(yard.holder()?.process.pid).not.toBe(first.process.pid);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(before);
  });
});

test("wvo mcp starts a supervisor that dispatches nothing", { timeout: SLOW_MS }, async () => {
  const yard = supervised();
  const client = await clientOf(yard);
  expect((await idsOf(client)).structuredContent.tasks.map(({ id }) => id)).toEqual(["T1", "T2"]);
  const { stdout } = await yard.wvo("status", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ coordinator: { state: "stopped" }, running: 0 });
  const run = await yard.wvo("run", "--until", "done");
  expect(run.code).toBe(0);
  const found = (await idsOf(client)).structuredContent.tasks;
  expect(found.map((task) => (task as { status?: string }).status)).toEqual(["done", "done"]);
});

test(
  "after wvo down a client waits in silence until it says something",
  { timeout: SLOW_MS },
  async () => {
    const yard = supervised();
    const { process: first } = await yard.up("--hold");
    const client = await clientOf(yard);
    await idsOf(client);
    await yard.wvo("down");
    expect(yard.holder()).toBeNull();
    await idsOf(client);
    expect(yard.holder()?.process.pid).not.toBe(first.pid);
  },
);

test(
  "a call in flight when the worker is killed is answered once",
  { timeout: SLOW_MS },
  async () => {
    const yard = supervised();
    const raw = await session(await yard.up("--hold"));
    const worker = await yard.workerPid();
    signal(worker, "SIGSTOP");
    for (const id of [1, 2, 3]) raw.say(call(id, "task_list"));
    signal(worker, "SIGKILL");
    raw.say(call(4, "task_list"));
    const heard = [await raw.hear(), await raw.hear(), await raw.hear(), await raw.hear()];
    expect(heard.map((each) => each?.["id"])).toEqual([1, 2, 3, 4]);
    expect(heard.every((each) => each !== null && "result" in each)).toBe(true);
    raw.socket.end();
    expect(await raw.hear()).toBeNull();
  },
);

describe("what clients should not do", { timeout: SLOW_MS }, () => {
  test.each(["the socket", "wvo mcp"])("malformed lines on %s are answered", async (road) => {
    const yard = supervised();
    const holder = await yard.up("--hold");
    const raw = road === "wvo mcp" ? await begun(rawOf(yard.start("mcp"))) : await session(holder);
    const lines: readonly (readonly [string, object])[] = [
      ["no JSON", { id: null, error: { code: -32_700 } }],
      ["[]", { id: null, error: { code: -32_600 } }],
      ["7", { id: null, error: { code: -32_600 } }],
      ['{"id":7}', { id: 7, error: { code: -32_600 } }],
      ['{"jsonrpc":"2.0","id":{},"method":"ping"}', { id: null, error: { code: -32_600 } }],
      [JSON.stringify(call(8, "task_list", { text: "x".repeat(MEGABYTE) })), TOO_LONG],
      [JSON.stringify(call("a", "no_such_tool")), { id: "a", error: { code: -32_602 } }],
      [JSON.stringify(call(9, "task_list")), { id: 9, result: {} }],
    ];
    for (const [line, answer] of lines) {
      raw.say(line);
      expect(await raw.hear(), line.slice(0, 100)).toMatchObject(answer);
    }
  });
  const TOO_LONG = { error: { code: -32_600, message: expect.stringContaining("over 1 MB") } };

  test("a second call under an id that is under way is refused", async () => {
    const yard = supervised();
    const raw = await session(await yard.up("--hold"));
    const worker = await yard.workerPid();
    signal(worker, "SIGSTOP");
    raw.say(call(1, "task_list"));
    raw.say(call(1, "task_list"));
    expect(await raw.hear()).toMatchObject({ id: 1, error: { code: -32_600 } });
    signal(worker, "SIGCONT");
    expect(await raw.hear()).toMatchObject({ id: 1, result: {} });
  });

  test("a first line that is none of ours is refused", async () => {
    const yard = supervised();
    const holder = await yard.up("--hold");
    const firsts = [
      "GET / HTTP/1.1",
      "{}",
      { ...HELLO, role: "root" },
      { ...HELLO, agent: "../../etc" },
      { ...HELLO, task: 7 },
      { wvo: "command", argv: [1], cwd: "/", env: {} },
    ];
    for (const first of firsts) {
      const raw = await rawTo(holder);
      raw.say(first);
      expect(await raw.hear()).toHaveProperty("error");
      expect(await raw.hear()).toBeNull();
    }
  });

  test("a client that dies in a call disturbs nobody", async () => {
    const yard = supervised();
    const holder = await yard.up("--hold");
    const [one, other] = [await session(holder), await session(holder)];
    const worker = await yard.workerPid();
    signal(worker, "SIGSTOP");
    one.say(call(1, "task_list"));
    other.say(call(1, "task_list"));
    one.socket.destroy();
    signal(worker, "SIGCONT");
    expect(await other.hear()).toMatchObject({ id: 1, result: {} });
    await eventually(async () => ((await yard.status()).sessions === 1 ? true : null));
    expect(await yard.workerPid()).toBe(worker);
  });

  test("a slow reader is waited for, and others are served meanwhile", async () => {
    const yard = supervised();
    const holder = await yard.up("--hold");
    const [slow, other] = [await session(holder), await session(holder)];
    slow.socket.pause();
    const full = await flood(slow);
    other.say(call(1, "task_list"));
    expect(await other.hear()).toMatchObject({ id: 1 });
    slow.socket.resume();
    const ids = new Set<unknown>();
    while (ids.size < full) ids.add((await slow.hear())?.["id"]);
    expect(ids.size).toBe(full);
  });

  test("a shim ends with its client, and by a signal", async () => {
    const yard = supervised();
    await yard.up("--hold");
    const ended = async (how: (raw: Raw, kill: () => void) => void): Promise<unknown> => {
      const child = yard.start("mcp");
      const raw = rawOf(child);
      raw.say(INITIALIZE);
      await raw.hear();
      const exit = once(child, "exit");
      how(raw, () => child.kill("SIGINT"));
      return (await exit)[0];
    };
    expect(await ended((raw) => raw.socket.end())).toBe(0);
    expect(await ended((_raw, kill) => kill())).toBe(0);
    await eventually(async () => ((await yard.status()).sessions === 0 ? true : null));
  });
});

const FLOOD_CALLS = 3_000;

/** Says many calls without reading an answer; what is not taken waits in this process. */
async function flood({ say }: Raw): Promise<number> {
  for (let id = 0; id < FLOOD_CALLS; id += 1) say(call(id, "task_list"));
  await nextTurn();
  return FLOOD_CALLS;
}
