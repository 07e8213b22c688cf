/**
 * MCP over HTTP for both eras: requests of 2026-07-28 stand for themselves, older clients get a
 * session by `initialize`. Who may come at all is seen to before this.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { NodeStreamableHTTPServerTransport, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, isLegacyRequest } from "@modelcontextprotocol/server";
import type { McpRequestContext, McpServer, ServerNotifier } from "@modelcontextprotocol/server";

/** A body over this is not read to its end. */
const BODY_BYTES_MAX = 2 * 1024 * 1024;
/** Sessions of older clients; the one that was opened first gives way. */
const SESSIONS_MAX = 1_000;

export type HttpFactory = (context: McpRequestContext) => McpServer;

export interface HttpServing {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Tells clients that listen what has changed. */
  readonly notify: ServerNotifier;
  readonly close: () => Promise<void>;
}

/** Whose request it is: a session is continued by nobody but who began it. */
export type WhoseRequest = (request: IncomingMessage) => string;

export function serveMcpHttp(
  factory: HttpFactory,
  whose: WhoseRequest = () => "anybody",
): HttpServing {
  const handler = createMcpHandler(factory, { legacy: "reject" });
  const modern = toNodeHandler(handler);
  const sessions = new Sessions(factory, whose);
  return {
    answer: async (request, response) => {
      const body = await bodyOf(request);
      if (body === TOO_LARGE) return refuse(response, 413, "the body is over 2 MB");
      if (body === MALFORMED) return refuse(response, 400, "the body is not JSON");
      const named = sessions.of(request);
      if (named !== undefined) return named.handleRequest(request, response, body);
      const asked = webRequestOf(request);
      const isLegacy = request.method === "POST" && (await isLegacyRequest(asked, body));
      const isSession = request.headers["mcp-session-id"] !== undefined;
      if (isLegacy && isSession) return refuse(response, 404, "no such session; initialize anew");
      if (!isLegacy) return modern(request as Parameters<typeof modern>[0], response, body);
      const transport = await sessions.open(asked, whose(request));
      await transport.handleRequest(request, response, body);
      // Whoever did not begin a session has none that could end.
      if (transport.sessionId === undefined) await transport.close();
    },
    notify: handler.notify,
    close: async () => {
      await sessions.close();
      await handler.close();
    },
  };
}

const TOO_LARGE = Symbol("too large");
const MALFORMED = Symbol("malformed");

/** The body as JSON; undefined where there is none. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  if (request.method !== "POST") return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return TOO_LARGE;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return MALFORMED;
  }
}

/** The same request without its body, which is at hand already. */
function webRequestOf({ method = "GET", url = "/", headers }: IncomingMessage): Request {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return new Request(new URL(url, "http://127.0.0.1"), { method, headers: pairs });
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const error = { jsonrpc: "2.0", id: null, error: { code: -32_600, message } };
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(error));
}

interface Session {
  readonly owner: string;
  readonly transport: NodeStreamableHTTPServerTransport;
}

/** The sessions of clients from before 2026-07-28, by the id that they were given. */
class Sessions {
  readonly #factory: HttpFactory;
  readonly #whose: WhoseRequest;
  readonly #open = new Map<string, Session>();

  constructor(factory: HttpFactory, whose: WhoseRequest) {
    this.#factory = factory;
    this.#whose = whose;
  }

  of(request: IncomingMessage): NodeStreamableHTTPServerTransport | undefined {
    const found = this.#open.get(String(request.headers["mcp-session-id"]));
    return found?.owner === this.#whose(request) ? found.transport : undefined;
  }

  async open(requestInfo: Request, owner: string): Promise<NodeStreamableHTTPServerTransport> {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => this.#keep(id, { owner, transport }),
      onsessionclosed: (id) => void this.#open.delete(id),
    });
    await this.#factory({ era: "legacy", requestInfo }).connect(transport);
    return transport;
  }

  #keep(id: string, session: Session): void {
    this.#open.set(id, session);
    const [oldest] = this.#open;
    if (this.#open.size <= SESSIONS_MAX || oldest === undefined) return;
    this.#open.delete(oldest[0]);
    void oldest[1].transport.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ transport }) => transport.close()));
    this.#open.clear();
  }
}
