/**
 * MCP over HTTP, on this machine only: looks at who comes, and passes requests on to the worker.
 * What a request asks for the worker knows; here only its envelope gets a key.
 *
 * T1 It listens on 127.0.0.1 and nowhere else, and answers no request that names another host or
 *    comes from somebody's website.
 * T2 Nothing is passed on without a token, and the role is the token's.
 * T3 A request that its worker died of, before it answered, is sent again to the next one, with the
 *    same key.
 */
import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../clock.ts";
import { FaultError, faultData } from "../fault.ts";
import { errorText, INVALID_REQUEST, metaOf, paramsOf, parseEnvelope } from "./envelope.ts";
import { UNAVAILABLE } from "./envelope.ts";
import type { Role } from "./hello.ts";
import { CALL_KEY } from "./ledger.ts";
import { CLIENT_LINE_BYTES_MAX } from "./lines.ts";
import { roleOf } from "./tokens.ts";
import type { Tokens } from "./tokens.ts";
import type { Serving } from "./worker-life.ts";

export const HTTP_HOST = "127.0.0.1";
export const MCP_PATH = "/mcp";
/** What the worker reads the role from. A client that says it itself is not heard. */
export const ROLE_HEADER = "wvo-role";
export const HTTP_CONNECTIONS_MAX = 512;
/** How many workers a request may meet before it is given up. */
const WORKERS_MAX = 5;
/** A client that takes longer to say what it wants is let go of. */
const REQUEST_LIMIT_MS = 30_000;

export interface HttpSetting {
  /** 0 takes any port that is free. */
  readonly port: number;
  readonly tokens: Tokens;
  readonly later: (generation: number, limitMs?: number) => Promise<Serving>;
}

interface Refusal {
  readonly status: number;
  readonly text: string;
}

export class HttpDoor {
  readonly #setting: HttpSetting;
  readonly #server: Server;
  #port = 0;

  private constructor(setting: HttpSetting) {
    this.#setting = setting;
    this.#server = createServer((request, response) => this.#admit(request, response));
    this.#server.maxConnections = HTTP_CONNECTIONS_MAX;
    this.#server.requestTimeout = REQUEST_LIMIT_MS;
  }

  /** Throws a fault where the port cannot be had. */
  static async open(setting: HttpSetting): Promise<HttpDoor> {
    const door = new HttpDoor(setting);
    door.#server.listen(setting.port, HTTP_HOST);
    try {
      await once(door.#server, "listening");
    } catch (thrown) {
      throw noPort(setting.port, thrown);
    }
    door.#port = (door.#server.address() as AddressInfo).port;
    return door;
  }

  get url(): string {
    return `http://${HTTP_HOST}:${this.#port}${MCP_PATH}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #admit(request: IncomingMessage, response: ServerResponse): void {
    request.on("error", () => response.destroy());
    response.on("error", () => request.destroy());
    const judged = this.#judge(request);
    if (typeof judged === "object") return refuse(response, judged);
    this.#pass(request, response, judged).catch((thrown: unknown) => {
      refuse(response, {
        status: 502,
        text: errorText(null, UNAVAILABLE, faultData(thrown).message),
      });
    });
    return undefined;
  }

  /** The role of whoever asks, or why it is not let in. */
  #judge({ headers, url = "/" }: IncomingMessage): Role | Refusal {
    const own = [HTTP_HOST, "localhost"].map((name) => `${name}:${this.#port}`);
    if (!own.includes(headers.host ?? "")) {
      return forbidden(`the host is not ${own.join(" or ")}. Next: call it by that name`);
    }
    // A browser always says where a page comes from; programs say nothing.
    if (headers.origin !== undefined && !own.some((each) => headers.origin === `http://${each}`)) {
      return forbidden("pages of other origins may not ask here. Next: use a program");
    }
    const role = roleOf(headers.authorization, this.#setting.tokens);
    if (role === null) return UNKNOWN;
    const path = URL.parse(url, `http://${HTTP_HOST}`)?.pathname;
    const text = errorText(null, INVALID_REQUEST, `MCP is served at ${MCP_PATH}`);
    return path === MCP_PATH ? role : { status: 404, text };
  }

  async #pass(request: IncomingMessage, response: ServerResponse, role: Role): Promise<void> {
    const body = await bodyOf(request);
    if (body === null) return refuse(response, TOO_LARGE);
    const asked = { request, role, body: keyed(body) };
    let generation = 0;
    for (let workers = 0; workers < WORKERS_MAX && !response.destroyed; workers += 1) {
      const worker = await this.#setting.later(generation);
      const answer = await answerOf(asked, worker, response);
      if (answer !== null) {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("error", () => response.destroy()).on("aborted", () => response.destroy());
        answer.pipe(response);
        return undefined;
      }
      generation = worker.generation;
    }
    const text = errorText(null, UNAVAILABLE, `${WORKERS_MAX} workers ended over this request`);
    return refuse(response, { status: 502, text });
  }
}

interface Asked {
  readonly request: IncomingMessage;
  readonly role: Role;
  readonly body: Buffer;
}

/** Null where the worker ended before it answered. */
async function answerOf(
  { request: { headers, method, url }, role, body }: Asked,
  { httpSocket: socketPath }: Serving,
  response: ServerResponse,
): Promise<IncomingMessage | null> {
  // Its length is known by now, and a message that names two is none.
  const {
    connection: _hop,
    "content-length": _old,
    "transfer-encoding": _how,
    ...passed
  } = headers;
  const own = { ...passed, [ROLE_HEADER]: role, "content-length": String(body.length) };
  const passing = ask({ socketPath, method, path: url, headers: own });
  // Whoever does not wait for the answer any more has cancelled the call.
  response.once("close", () => passing.destroy());
  passing.end(body);
  try {
    const [answer] = (await once(passing, "response")) as [IncomingMessage];
    passing.on("error", () => response.destroy());
    return answer;
  } catch {
    return null;
  }
}

/** Null where there is too much of it; what comes after is not kept. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > CLIENT_LINE_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A request gets a key of its own: over HTTP nothing else tells it from another one. */
function keyed(body: Buffer): Buffer {
  const envelope = parseEnvelope(body.toString("utf8"));
  if (envelope.kind !== "request") return body;
  const params = paramsOf(envelope.body);
  const meta = { ...metaOf(envelope.body), [CALL_KEY]: `http:${systemClock.newId()}` };
  return Buffer.from(JSON.stringify({ ...envelope.body, params: { ...params, _meta: meta } }));
}

const forbidden = (why: string): Refusal => {
  return { status: 403, text: errorText(null, INVALID_REQUEST, why) };
};

const UNKNOWN: Refusal = {
  status: 401,
  text: errorText(
    null,
    INVALID_REQUEST,
    "no token that is known. Next: send Authorization: Bearer TOKEN; wvo up says where tokens are",
  ),
};

const TOO_LARGE: Refusal = {
  status: 413,
  text: errorText(
    null,
    INVALID_REQUEST,
    "a message over 1 MB is not taken. Next: put the text into a file of the worktree and pass its path",
  ),
};

function refuse(response: ServerResponse, { status, text }: Refusal): undefined {
  if (response.headersSent) return void response.destroy();
  const challenge = status === 401 ? { "WWW-Authenticate": 'Bearer realm="weathervane"' } : {};
  response.writeHead(status, {
    "Content-Type": "application/json",
    Connection: "close",
    ...challenge,
  });
  response.end(text);
  return undefined;
}

const noPort = (port: number, cause: unknown): FaultError =>
  new FaultError({
    code: "supervisor.port",
    where: `${HTTP_HOST}:${port}`,
    found: faultData(cause).message,
    expected: "a port that is free and that a user may take",
    next: "name another one with --http, or 0 for any that is free",
    cause,
  });
