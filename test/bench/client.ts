/** The SDK's client over whatever carries lines: a child's pipes, or a socket. */
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { Client } from "@modelcontextprotocol/client";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";

type Fields = Readonly<Record<string, unknown>>;

export interface BenchClient {
  /** True where the tool did what it was asked to. */
  readonly call: (name: string, args: Fields) => Promise<boolean>;
  /** What a tool without arguments found; empty where it failed. */
  readonly ask: (name: string) => Promise<Fields>;
}

export async function openClient(input: Readable, output: Writable): Promise<BenchClient> {
  const options = { versionNegotiation: { mode: { pin: "2026-07-28" } } } as const;
  const client = new Client({ name: "bench", version: "1" }, options);
  await client.connect(new LineTransport(input, output));
  return {
    call: async (name, args) => {
      const called = client.callTool({ name, arguments: { ...args } });
      return called.then(({ isError }) => isError !== true).catch(() => false);
    },
    ask: async (name) => {
      const { structuredContent } = await client.callTool({ name });
      return (structuredContent ?? {}) as Fields;
    },
  };
}

/** One JSON-RPC message a line. */
class LineTransport implements Transport {
  onclose?: () => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #input: Readable;
  readonly #output: Writable;

  constructor(input: Readable, output: Writable) {
    this.#input = input;
    this.#output = output;
  }

  async start(): Promise<void> {
    const lines = createInterface({ input: this.#input });
    lines.on("line", (line) => this.onmessage?.(JSON.parse(line) as JSONRPCMessage));
    lines.on("close", () => this.onclose?.());
  }

  async send(message: object): Promise<void> {
    this.#output.write(`${JSON.stringify(message)}\n`);
  }

  async close(): Promise<void> {
    this.#output.end();
  }
}
