/** A stub of a model's server on loopback: it answers real agent programs, and is told how by the test. */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { zstdDecompressSync } from "node:zlib";
import { onTestFinished } from "vitest";
import type { Fault, ModelCall } from "./script.ts";

type Asked = Omit<ModelCall, "answeredBy">;

/** What a program asks, and how it is answered in its own words. */
export interface Protocol<Body> {
  readonly path: RegExp;
  readonly read: (body: Body) => Asked;
  readonly answer: (response: ServerResponse, body: Body, asked: Asked) => void;
  readonly refuse: (response: ServerResponse, fault: Fault) => void;
}

/** A request that was read, and the answer that is ready for it. */
interface Understood {
  readonly asked: Asked;
  readonly answer: (response: ServerResponse) => void;
}

interface Speaker extends Pick<Protocol<never>, "path" | "refuse"> {
  readonly understand: (text: string) => Understood;
}

function speakerOf<Body>({ path, read, answer, refuse }: Protocol<Body>): Speaker {
  const understand = (text: string): Understood => {
    const body = JSON.parse(text) as Body;
    const asked = read(body);
    return { asked, answer: (response) => answer(response, body, asked) };
  };
  return { path, refuse, understand };
}

export class ModelServer {
  readonly calls: ModelCall[] = [];
  /** Every request is answered by this fault while there is one. */
  fault: Fault | null = null;
  readonly #server: Server;
  readonly #speaker: Speaker;
  #open: Promise<void> = Promise.resolve();

  private constructor(speaker: Speaker) {
    this.#speaker = speaker;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((thrown: unknown) => response.destroy(thrown as Error));
    });
  }

  static async start<Body>(protocol: Protocol<Body>): Promise<ModelServer> {
    const model = new ModelServer(speakerOf(protocol));
    model.#server.listen(0, "127.0.0.1");
    await once(model.#server, "listening");
    onTestFinished(() => {
      model.#server.closeAllConnections();
      model.#server.close();
    });
    return model;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on no run comes past its first tool; the returned function lets them go on. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = promise;
    return resolve;
  }

  /** How often a run for this file was begun. */
  begun(file: string): number {
    const first = this.calls.filter((call) => call.file === file && call.step === 0);
    return first.filter(({ answeredBy }) => answeredBy === "model").length;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, refuse, understand } = this.#speaker;
    const text = await bodyOf(request);
    if (request.method !== "POST" || !path.test(request.url ?? "")) {
      response.writeHead(404, { "content-type": "application/json" }).end("{}");
      return;
    }
    const { asked, answer } = understand(text);
    const { fault } = this;
    this.calls.push({ ...asked, answeredBy: fault?.kind ?? "model" });
    if (fault !== null) {
      refuse(response, fault);
      return;
    }
    if (asked.step > 0) await this.#open;
    answer(response);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return (
    request.headers["content-encoding"] === "zstd" ? zstdDecompressSync(bytes) : bytes
  ).toString();
}

/** One server-sent event. */
export const emit = (response: ServerResponse, type: string, data: object): void =>
  void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
