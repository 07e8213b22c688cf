/**
 * Serves inspection frames over WebSocket, on this machine only, to whoever has the token. It is a
 * one-way street: what a reader sends is dropped unread.
 *
 * V1 It listens on 127.0.0.1 and nowhere else.
 * V2 Nothing that a reader sends reaches anything but the WebSocket library.
 * V3 Readers, what is on its way to each, and what each may send are bounded.
 */
import { createServer, STATUS_CODES } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Clock } from "../clock.ts";
import { FaultError, faultData } from "../fault.ts";
import { admit } from "./door.ts";
import type { Frame } from "./frame.ts";
import { CLOSE, handOver } from "./reader.ts";

export const HOST = "127.0.0.1";
export const READERS_MAX = 8;
/** Connections of any sort, those that have not shown a token yet included. */
const CONNECTIONS_MAX = 64;
/** A reader has nothing to say, so what it says may be short. */
const MESSAGE_BYTES_MAX = 4_096;
/** Readers get this long to say good-bye when the server ends. */
const CLOSE_LIMIT_MS = 1_000;

/** What a browser gets, if anything: a path and its text. */
export interface Page {
  readonly type: string;
  readonly text: string;
  /** What the page may load and call. */
  readonly policy: string;
}

export interface ServerSetting {
  /** 0 takes any port that is free. */
  readonly port: number;
  readonly token: string;
  readonly clock: Clock;
  /** The film for one reader, from the row that it asked for, until its signal. */
  readonly film: (after: number | null, signal: AbortSignal) => AsyncIterable<Frame>;
  /** Pages by path, where a browser is to read; none by default. */
  readonly pages?: (port: number) => Readonly<Record<string, Page>>;
  /** Told who comes, who leaves and why. */
  readonly onNews?: (text: string) => void;
}

export class InspectionServer {
  readonly #setting: ServerSetting;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  });
  #pages: Readonly<Record<string, Page>> = {};
  #readersSoFar = 0;
  #port = 0;

  private constructor(setting: ServerSetting) {
    this.#setting = setting;
    this.#http = createServer((request, response) => this.#answer(request, response));
    this.#http.maxConnections = CONNECTIONS_MAX;
    this.#http.on("upgrade", (...upgrade) => this.#upgrade(...upgrade));
  }

  /** Resolves once it listens. Throws a fault where the port cannot be had. */
  static async open(setting: ServerSetting): Promise<InspectionServer> {
    const server = new InspectionServer(setting);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.#http.once("error", reject);
    server.#http.listen(setting.port, HOST, resolve);
    await promise.catch((thrown: unknown) => Promise.reject(noPort(setting.port, thrown)));
    server.#http.off("error", reject);
    server.#port = (server.#http.address() as AddressInfo).port;
    server.#pages = setting.pages?.(server.port) ?? {};
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Ends every film, says good-bye, and lets the port go. */
  async close(): Promise<void> {
    const ended = Promise.withResolvers<void>();
    this.#http.close(() => ended.resolve());
    const readers = [...this.#sockets.clients];
    for (const reader of readers) reader.close(CLOSE.ended, "wvo inspect ends");
    const cancel = this.#setting.clock.schedule(CLOSE_LIMIT_MS, () => {
      for (const reader of readers) reader.terminate();
      this.#http.closeAllConnections();
    });
    await ended.promise;
    cancel();
  }

  #answer({ url = "/", method }: IncomingMessage, response: ServerResponse): void {
    const page = this.#pages[url];
    if (page === undefined || method !== "GET") {
      response.writeHead(426, { "Content-Type": "text/plain", Connection: "close" });
      response.end("frames are served over WebSocket, at /frames\n");
      return;
    }
    response.writeHead(200, {
      "Content-Type": page.type,
      "Content-Security-Policy": page.policy,
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    });
    response.end(page.text);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", nothing);
    const { token } = this.#setting;
    const mayBrowse = Object.keys(this.#pages).length > 0;
    const origin = mayBrowse ? `http://${HOST}:${this.port}` : null;
    const admission = admit(request, { token, origin });
    if (!admission.ok) return this.#refuse(socket, admission);
    if (this.#sockets.clients.size >= READERS_MAX) {
      return this.#refuse(socket, {
        status: 503,
        reason: `${READERS_MAX} readers are here already`,
      });
    }
    this.#sockets.handleUpgrade(request, socket, head, (reader) => {
      void this.#show(reader, admission.after);
    });
  }

  #refuse(socket: Duplex, { status, reason }: { status: number; reason: string }): void {
    this.#setting.onNews?.(`refused a reader: ${reason}`);
    const body = `${reason}\n`;
    socket.once("finish", () => socket.destroy());
    socket.end(
      [
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
        "Content-Type: text/plain; charset=utf-8",
        `Content-Length: ${Buffer.byteLength(body)}`,
        "Connection: close",
        "",
        body,
      ].join("\r\n"),
    );
  }

  async #show(reader: WebSocket, after: number | null): Promise<void> {
    const { film, clock, onNews } = this.#setting;
    this.#readersSoFar += 1;
    const name = `reader ${this.#readersSoFar}`;
    const gone = new AbortController();
    reader.on("close", () => gone.abort());
    // The library closes the connection itself, with a code that says what was wrong.
    reader.on("error", (error) => onNews?.(`${name}: ${faultData(error).message}`));
    onNews?.(`${name} is here`);
    const why = await handOver(reader, film(after, gone.signal), clock);
    onNews?.(`${name} ends: ${why}`);
  }
}

const nothing = (): void => {};

const noPort = (port: number, cause: unknown): FaultError =>
  new FaultError({
    code: "watch.port",
    where: `${HOST}:${port}`,
    found: faultData(cause).message,
    expected: "a port that is free and that a user may take",
    next: "name another one with --port, or none for any that is free",
    cause,
  });
