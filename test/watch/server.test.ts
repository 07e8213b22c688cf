/** The server lets in whom it should, takes nothing from anybody, and is held up by nobody. */
import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { nextTurn } from "../../src/clock.ts";
import { CLOSE, FRAMES_WAITING_MAX, PATIENCE_MS } from "../../src/watch/reader.ts";
import type { Frame } from "../../src/watch/frame.ts";
import { READERS_MAX } from "../../src/watch/server.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { filmed, reading } from "./filming.ts";
import { knock, read, serve, serveLamp } from "./serving.ts";
import { lampChart } from "../support/sample-charts.ts";

test("a reader with the token gets the whole film, and then what happens", async () => {
  const { host, path, url } = await serveLamp();
  const reader = await read(url());
  expect(await reader.have(5)).toEqual(await filmed({ path, charts: [lampChart] }));
  await host.send("lamp:hall", { type: "switch" });
  const live = await reader.have(7);
  expect(live.slice(5)).toMatchObject([
    { type: "@xstate.event", event: { type: "switch" } },
    { type: "@xstate.snapshot", snapshot: { value: "off", context: { switched: 2 } } },
  ]);
});

test("a client of Node's own, without a library, gets the same", async () => {
  const { path, url } = await serveLamp();
  const socket = new globalThis.WebSocket(url());
  const came: unknown[] = [];
  const all = Promise.withResolvers<void>();
  socket.addEventListener("message", ({ data }) => {
    came.push(JSON.parse(String(data)));
    if (came.length === 5) all.resolve();
  });
  await all.promise;
  socket.close();
  expect(came).toEqual(await filmed({ path, charts: [lampChart] }));
});

test("a reader that comes late is introduced to everybody first, however much has happened", async () => {
  const { host, url } = await serveLamp();
  const switches = Array.from({ length: 300 }, () => host.send("lamp:hall", { type: "switch" }));
  await Promise.all(switches);
  await host.start("lamp:attic", {});
  const reader = await read(url());
  const frames = await reader.have(2 + 2 * 303);
  expect(frames.slice(0, 2)).toMatchObject([
    { type: "@xstate.actor", name: "lamp:hall", snapshot: { value: "off" } },
    { type: "@xstate.actor", name: "lamp:attic" },
  ]);
  expect(frames.filter(({ type }) => type === "@xstate.actor").length).toBe(2);
});

test("a reader may begin after a row", async () => {
  const { url, token } = await serveLamp();
  const reader = await read(url(`token=${token}&after=1`));
  expect(await reader.have(3)).toMatchObject([
    { type: "@xstate.actor", snapshot: { value: "off" } },
    { type: "@xstate.event", event: { type: "switch" } },
    { type: "@xstate.snapshot", snapshot: { value: "on" } },
  ]);
});

test("the token may stand in a header", async () => {
  const { url, token } = await serveLamp();
  expect(await knock(url(""), { Authorization: `Bearer ${token}` })).toMatchObject({ status: 101 });
  expect(await knock(url(""), { Authorization: `Basic ${token}` })).toMatchObject({ status: 401 });
});

test.each([
  ["no token", "", 401, "the token is missing"],
  ["an empty token", "token=", 401, "wrong token"],
  ["a wrong token", "token=AAAA", 401, "wrong token"],
  ["a token that is one too long", "token=TOKENx", 401, "wrong token"],
  ["two tokens, the wrong one first", "token=x&token=TOKEN", 401, "wrong token"],
  ["a place that is none", "token=TOKEN&after=-1", 400, "number of a journal row"],
  ["a place out of this world", "token=TOKEN&after=1e9", 400, "number of a journal row"],
])("refused: %s", async (...[, query, status, reason]) => {
  const { url, token, news } = await serveLamp();
  const answer = await knock(url(query.replace("TOKEN", token)));
  expect(answer.status).toBe(status);
  expect(answer.reason).toContain(reason);
  expect(answer.reason).not.toContain(token);
  expect(news.join()).toContain(reason);
  expect(news.join()).not.toContain(token);
  await expect(read(url(query.replace("TOKEN", token)))).rejects.toThrow(String(status));
});

test.each([
  "https://stately.ai",
  "http://127.0.0.1:1",
  "http://localhost",
  "null",
  "file://",
  "http://127.0.0.1.example.org",
])("refused with the right token: a page of %s", async (origin) => {
  const { url } = await serveLamp();
  expect(await knock(url(), { Origin: origin })).toMatchObject({ status: 403 });
  await expect(read(url(), { origin })).rejects.toThrow("403");
});

test("where pages are served, the one that is served may read, and no other", async () => {
  const pages = () => ({ "/": { type: "text/html", text: "hello", policy: "default-src 'none'" } });
  const { url, server } = await serveLamp({ pages });
  const own = `http://127.0.0.1:${server.port}`;
  expect(await knock(url(), { Origin: own })).toMatchObject({ status: 101 });
  expect(await knock(url(""), { Origin: own })).toMatchObject({ status: 401 });
  expect(await knock(url(), { Origin: `${own}0` })).toMatchObject({ status: 403 });
  expect(await knock(url(), { Origin: "https://stately.ai" })).toMatchObject({ status: 403 });
  const page = await fetch(own);
  expect(await page.text()).toBe("hello");
  expect(page.headers.get("content-security-policy")).toBe("default-src 'none'");
  expect((await fetch(own, { method: "POST" })).status).toBe(426);
});

test("without pages a browser is told what this is", async () => {
  const { server, token } = await serveLamp();
  const answer = await fetch(`http://127.0.0.1:${server.port}/frames?token=${token}`);
  expect(answer.status).toBe(426);
  expect(await answer.text()).toContain("WebSocket");
});

test.each(["/", "/frames/x", "//", "/..//", "http://"])(
  "refused: the strange address %s",
  async (path) => {
    const { server, token } = await serveLamp();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      `GET ${path}?token=${token} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    const [data] = (await once(socket, "data")) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 404 /);
  },
);

test("it listens on 127.0.0.1 alone: other addresses of the same machine find nobody", async () => {
  const { server } = await serveLamp();
  for (const host of ["127.0.0.2", "::1"]) {
    const socket = connect(server.port, host);
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    expect(["ECONNREFUSED", "EADDRNOTAVAIL"], host).toContain(error.code);
  }
});

test("what readers send is never an event: nothing is written, and the film goes on", async () => {
  const { host, path, url } = await serveLamp();
  const before = await journalOf(path);
  const [forger, reader] = [await read(url()), await read(url())];
  const [, told] = await forger.have(5);
  for (const text of [
    JSON.stringify({ type: "switch" }),
    JSON.stringify({ ...told, event: { type: "switch" }, sessionId: "lamp:hall" }),
    JSON.stringify({ to: "lamp:hall", event: { type: "switch" } }),
    "not JSON",
    "",
  ]) {
    forger.socket.send(text);
    forger.socket.send(Buffer.from(text));
  }
  // The answer to a ping comes after everything that was sent before it.
  const answered = once(forger.socket, "pong");
  forger.socket.ping();
  await answered;
  expect(await journalOf(path)).toEqual(before);
  await host.send("lamp:hall", { type: "switch" });
  expect((await forger.have(7)).length).toBe(7);
  expect(await reader.have(7)).toEqual(forger.frames.slice(0, 7));
});

async function journalOf(path: string): Promise<unknown> {
  const store = reading(path);
  return [await store.journal({ limit: 100 }), await store.deadLetters(100)];
}

test("a reader that has too much to say is shown out", async () => {
  const { url, tells } = await serveLamp();
  const reader = await read(url());
  reader.socket.send("x".repeat(5_000));
  expect(await reader.closed).toMatchObject({ code: 1009 });
  await tells("Max payload size exceeded");
});

test(`reader number ${READERS_MAX + 1} is asked to come back later`, async () => {
  const { url, tells } = await serveLamp();
  const readers = await Promise.all(Array.from({ length: READERS_MAX }, () => read(url())));
  expect(await knock(url())).toMatchObject({ status: 503, reason: /8 readers/ });
  readers[0]?.socket.close();
  await tells("ends: it left");
  expect(await knock(url())).toMatchObject({ status: 101 });
});

/** Frames without end, each as large as a frame may be. */
async function* flood(): AsyncGenerator<Frame> {
  for (let seq = 1; ; seq += 1) {
    const event = { type: "flood", text: "x".repeat(500_000) };
    const rest = { sessionId: "a", rootId: "a", createdAt: "1", id: `${seq}`, _version: "0.7.2" };
    yield { type: "@xstate.event", event, sourceId: undefined, ...rest };
  }
}

/** Knows when somebody begins to lose patience. */
class PatientClock extends ManualClock {
  readonly #waiting = Promise.withResolvers<void>();
  readonly waiting = this.#waiting.promise;

  override schedule(delayMs: number, wake: () => void): () => void {
    if (delayMs === PATIENCE_MS) this.#waiting.resolve();
    return super.schedule(delayMs, wake);
  }
}

test("a slow reader is dropped with the reason; nobody else notices, and memory stays bounded", async () => {
  const clock = new PatientClock();
  let made = 0;
  async function* counted(): AsyncGenerator<Frame> {
    for await (const frame of flood()) {
      made += 1;
      yield frame;
    }
  }
  const { url, tells } = await serve({ film: counted, clock });
  const slow = await read(url());
  slow.socket.pause();
  await clock.waiting;
  expect(made).toBeLessThan(FRAMES_WAITING_MAX);
  const brisk = await read(url());
  await brisk.have(100);
  brisk.socket.terminate();
  clock.advance(PATIENCE_MS);
  await tells("slow reader");
  slow.socket.resume();
  const { code, reason } = await slow.closed;
  expect(code).toBe(CLOSE.slow);
  expect(reason).toMatch(/^slow reader: \d+ frames unread for 10 s$/);
});

test("a film that breaks is told to its reader", async () => {
  const { url } = await serve({
    // oxlint-disable-next-line require-yield
    film: async function* broken(): AsyncGenerator<Frame> {
      throw new Error(`the disk is gone ${"ä".repeat(200)}`);
    },
  });
  const { code, reason } = await (await read(url())).closed;
  expect(code).toBe(CLOSE.fault);
  expect(reason).toMatch(/^the disk is gone ä+/);
});

test("when the server ends, readers are told, films end, and the port is free", async () => {
  const ended = Promise.withResolvers<void>();
  const { url, server } = await serve({
    film: async function* waiting(_after, signal): AsyncGenerator<Frame> {
      signal.addEventListener("abort", () => ended.resolve());
      await ended.promise;
      yield* [];
    },
  });
  const reader = await read(url());
  await server.close();
  expect(await reader.closed).toEqual({ code: CLOSE.ended, reason: "wvo inspect ends" });
  await ended.promise;
  await expect(read(url())).rejects.toThrow("ECONNREFUSED");
});

test("a reader that does not say good-bye does not keep the server", async () => {
  const clock = new ManualClock();
  const { url, server } = await serveLamp({ clock });
  const reader = await read(url());
  await reader.have(5);
  reader.socket.pause();
  const half = connect(server.port, "127.0.0.1");
  await once(half, "connect");
  half.write("GET / HTTP/1.1\r\n");
  half.on("error", () => {});
  const closed = new AbortController();
  const closing = server.close().finally(() => closed.abort());
  for (let turns = 0; turns < TURNS_MAX && !closed.signal.aborted; turns += 1) {
    clock.advance(100);
    await nextTurn();
  }
  await closing;
  await expect(read(url())).rejects.toThrow("ECONNREFUSED");
});
const TURNS_MAX = 100_000;

test("a port that is taken is a fault that says so", async () => {
  const { server } = await serveLamp();
  await expect(serveLamp({ port: server.port })).rejects.toThrow(/EADDRINUSE.*--port/);
});
