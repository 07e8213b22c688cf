/** A server over a test's database, and readers of every sort that knock at it. */
import { request } from "node:http";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { ClientOptions } from "ws";
import { systemClock } from "../../src/clock.ts";
import { Charts } from "../../src/host/charts.ts";
import { film } from "../../src/watch/film.ts";
import type { Frame } from "../../src/watch/frame.ts";
import { InspectionServer } from "../../src/watch/server.ts";
import type { ServerSetting } from "../../src/watch/server.ts";
import { makeToken } from "../../src/watch/token.ts";
import { lampChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";
import { reading } from "./filming.ts";

export interface Served {
  readonly server: InspectionServer;
  readonly token: string;
  readonly news: readonly string[];
  /** Resolves when the server has told something of the kind. */
  readonly tells: (text: string) => Promise<void>;
  readonly url: (query?: string) => string;
}

export async function serve(setting: Partial<ServerSetting> & Pick<ServerSetting, "film">) {
  const token = makeToken();
  const news: string[] = [];
  const waiting = new Set<() => void>();
  const server = await InspectionServer.open({
    port: 0,
    token,
    clock: systemClock,
    onNews: (text) => {
      news.push(text);
      for (const look of waiting) look();
    },
    ...setting,
  });
  onTestFinished(() => server.close());
  const tells = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!news.some((each) => each.includes(text))) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const url = (query = `token=${token}`): string => `ws://127.0.0.1:${server.port}/frames?${query}`;
  return { server, token, news, tells, url } satisfies Served;
}

/** A host with one lamp that is on, and a server beside it that reads the same file. */
export async function serveLamp(setting: Partial<ServerSetting> = {}) {
  const bench = await openBench({ charts: [lampChart] });
  await bench.host.start("lamp:hall", {});
  await bench.host.send("lamp:hall", { type: "switch" });
  const store = reading(bench.path);
  const charts = new Charts([lampChart]);
  const clock = systemClock;
  const served = await serve({
    film: (after, signal) => film({ store, charts, after: after ?? 0, follow: { clock, signal } }),
    ...setting,
  });
  return { ...bench, ...served };
}

export interface TestReader {
  readonly socket: WebSocket;
  /** The frames that came so far. */
  readonly frames: readonly Frame[];
  /** Resolves with them once there are so many. */
  readonly have: (count: number) => Promise<readonly Frame[]>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Connects with the `ws` client; resolves when it is let in. */
export async function read(url: string, options: ClientOptions = {}): Promise<TestReader> {
  const socket = new WebSocket(url, options);
  onTestFinished(() => socket.terminate());
  const frames: Frame[] = [];
  const waiting = new Map<number, () => void>();
  socket.on("message", (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Frame);
    waiting.get(frames.length)?.();
  });
  const closed = Promise.withResolvers<{ readonly code: number; readonly reason: string }>();
  socket.on("close", (code, reason) => closed.resolve({ code, reason: reason.toString() }));
  const open = Promise.withResolvers<void>();
  socket.once("open", open.resolve);
  socket.on("error", open.reject);
  await open.promise;
  const have = async (count: number): Promise<readonly Frame[]> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(count, resolve);
    if (frames.length >= count) resolve();
    const end = await Promise.race([promise, closed.promise]);
    if (end !== undefined && frames.length < count) throw new Error(`it ended: ${end.reason}`);
    return frames.slice(0, count);
  };
  return { socket, frames, have, closed: closed.promise };
}

/** Knocks as a WebSocket client does, and gives back what the server answers instead of letting it in. */
export function knock(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly reason: string }> {
  const upgrade = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  return new Promise((resolve, reject) => {
    const asking = request(url.replace("ws:", "http:"), { headers: { ...upgrade, ...headers } });
    asking.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, reason: "" });
    });
    asking.on("response", (response) => {
      let reason = "";
      response.setEncoding("utf8").on("data", (text: string) => (reason += text));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, reason: reason.trim() }),
      );
    });
    asking.on("error", reject);
    asking.end();
  });
}
