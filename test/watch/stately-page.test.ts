/**
 * The page of `--stately` and the inspector's own receivers, without its website: the page's script
 * runs between a window that stands in for a browser's and the library's code, which is what the
 * website is built on. What the website draws is not seen here.
 */
import { runInNewContext } from "node:vm";
import { createBrowserReceiver, createWebSocketReceiver } from "@statelyai/inspect";
import type { StatelyInspectionEvent } from "@statelyai/inspect";
import { expect, onTestFinished, test } from "vitest";
import { BRIDGE, INSPECTOR_URL, statelyPages } from "../../src/watch/stately-page.ts";
import { lampChart } from "../support/sample-charts.ts";
import { filmed } from "./filming.ts";
import { serveLamp } from "./serving.ts";

const SITE = "https://stately.ai";

/** As much of a browser's window as scripts here use: listeners, and messages with their origin. */
class StandInWindow extends EventTarget {
  readonly origin: string;
  readonly sent: { readonly data: unknown; readonly target: string }[] = [];
  /** Who is known to this window as the sender of what arrives. */
  sender: StandInWindow | null = null;

  constructor(origin: string) {
    super();
    this.origin = origin;
  }

  postMessage(data: unknown, target: string): void {
    this.sent.push({ data, target });
    if (target !== "*" && target !== this.origin) return;
    const { sender } = this;
    const arrived = Object.assign(new Event("message"), {
      data: structuredClone(data),
      origin: sender?.origin,
      source: sender,
    });
    this.dispatchEvent(arrived);
  }
}

interface Opened {
  readonly page: StandInWindow;
  readonly inspector: StandInWindow;
  readonly frame: { readonly contentWindow: StandInWindow; src: string };
  readonly note: { textContent: string };
  /** Resolves when the page's connection has ended. */
  readonly closed: Promise<void>;
}

/** Opens the page: its script runs, and the inspector's window is in its frame. */
function open(address: string, site = SITE): Opened {
  const { host, origin, hash } = new URL(address);
  const [page, inspector] = [new StandInWindow(origin), new StandInWindow(site)];
  page.sender = inspector;
  inspector.sender = page;
  const sockets: WebSocket[] = [];
  const closed = Promise.withResolvers<void>();
  class PageSocket extends WebSocket {
    constructor(url: string) {
      super(url, { headers: { Origin: origin } });
      sockets.push(this);
      this.addEventListener("close", () => closed.resolve());
    }
  }
  onTestFinished(() => sockets.forEach((each) => each.close()));
  const [frame, note] = [{ contentWindow: inspector, src: "" }, { textContent: "" }];
  const document = { getElementById: (id: string) => ({ inspector: frame, note })[id] };
  const location = { host, hash };
  runInNewContext(BRIDGE, { window: page, document, location, WebSocket: PageSocket, JSON });
  return { page, inspector, frame, note, closed: closed.promise };
}

/** What the library's receiver makes of the messages that reach its window. */
function receive(inspector: StandInWindow, page: StandInWindow) {
  const events: StatelyInspectionEvent[] = [];
  const waiting = new Map<number, () => void>();
  const view = Object.assign(inspector, { self: inspector, top: page, parent: page });
  const receiver = createBrowserReceiver({ window: view as never });
  receiver.subscribe((event) => {
    events.push(event);
    waiting.get(events.length)?.();
  });
  const have = async (count: number): Promise<readonly StatelyInspectionEvent[]> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(count, resolve);
    if (events.length >= count) resolve();
    await promise;
    return events;
  };
  return { have };
}

async function serveStately() {
  const served = await serveLamp({ pages: statelyPages });
  return { ...served, address: `http://127.0.0.1:${served.server.port}/#${served.token}` };
}

test("the library's own receiver, in the page's frame, gets the film from its beginning", async () => {
  const { host, path, address } = await serveStately();
  const { page, inspector, frame } = open(address);
  expect(frame.src).toBe(INSPECTOR_URL);
  expect(inspector.sent).toEqual([]);
  const { have } = receive(inspector, page);
  expect(await have(5)).toEqual(await filmed({ path, charts: [lampChart] }));
  await host.send("lamp:hall", { type: "switch" });
  expect((await have(7)).slice(5)).toMatchObject([
    { type: "@xstate.event", event: { type: "switch" } },
    { type: "@xstate.snapshot", snapshot: { value: "off" } },
  ]);
  expect(new Set(inspector.sent.map(({ target }) => target))).toEqual(new Set([SITE]));
});

test("an inspector that starts anew is told everything again", async () => {
  const { address, path } = await serveStately();
  const { page, inspector } = open(address);
  const { have } = receive(inspector, page);
  await have(5);
  page.postMessage({ type: "@statelyai.connected" }, "*");
  const frames = await filmed({ path, charts: [lampChart] });
  expect(await have(10)).toEqual([...frames, ...frames]);
});

test.each([
  ["another site that the frame was led to", "https://stately.ai.example.org"],
  ["the site without encryption", "http://stately.ai"],
])("nothing is handed to %s", async (_title, site) => {
  const { address, news } = await serveStately();
  const { page, inspector } = open(address, site);
  receive(inspector, page);
  expect(inspector.sent).toEqual([]);
  expect(news).toEqual([]);
});

test("nothing is handed over at the word of another window", async () => {
  const { address, news } = await serveStately();
  const { page, inspector } = open(address);
  page.sender = new StandInWindow(SITE);
  page.postMessage({ type: "@statelyai.connected" }, "*");
  page.sender = inspector;
  page.postMessage({ type: "something else" }, "*");
  page.postMessage(null, "*");
  expect(inspector.sent).toEqual([]);
  expect(news).toEqual([]);
});

test("a page that is opened without the token says why nothing comes", async () => {
  const { address, news } = await serveStately();
  const { page, inspector, note, closed } = open(address.replace(/#.*/, "#wrong"));
  receive(inspector, page);
  await closed;
  expect(inspector.sent).toEqual([]);
  expect(note.textContent).toContain("the token is wrong");
  expect(news.join()).toContain("wrong token");
});

test("a page whose server ends says so", async () => {
  const { address, server } = await serveStately();
  const { page, inspector, note, closed } = open(address);
  await receive(inspector, page).have(5);
  await server.close();
  await closed;
  expect(note.textContent).toBe("No more frames (1001): wvo inspect ends");
});

test("the pages say nothing of the token, load nothing of others but the frame, and are not kept", async () => {
  const { server, token } = await serveStately();
  for (const path of ["/", "/bridge.js"]) {
    const page = await fetch(`http://127.0.0.1:${server.port}${path}`);
    expect(page.status).toBe(200);
    expect(await page.text()).not.toContain(token);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`frame-src ${SITE};`);
    expect(policy).toContain(`connect-src ws://127.0.0.1:${server.port};`);
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(page.headers.get("cache-control")).toBe("no-store");
  }
});

test("the library's WebSocket receiver reads from the server itself", async () => {
  const { path, url } = await serveLamp();
  const events: StatelyInspectionEvent[] = [];
  const all = Promise.withResolvers<void>();
  createWebSocketReceiver({ server: url() }).subscribe((event) => {
    events.push(event);
    if (events.length === 5) all.resolve();
  });
  await all.promise;
  expect(events).toEqual(await filmed({ path, charts: [lampChart] }));
});
