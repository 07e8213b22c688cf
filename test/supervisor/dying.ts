/**
 * A `wvo` whose worker kills itself by SIGKILL at a write, once, where a note says so: before the
 * write is on disk, or after it and before anybody is answered. With the word `keyless` the host
 * hears no keys, which is what the keys are there to prevent.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../../src/host/host.ts";
import { mcpFactory } from "../../src/mcp/server.ts";
import { beWvo } from "../support/other-wvo.ts";

const NOTE = join(process.cwd(), "state/die");
const isKeyless = process.argv.includes("keyless");

await beWvo(({ config, store, host }, scope) =>
  mcpFactory({ config, store, host: mortal(host) }, scope),
);

function mortal(host: Host): Host {
  const send: Host["send"] = async (...[actor, event, options = {}]) => {
    const when = takeNote();
    if (when === "before") process.kill(process.pid, "SIGKILL");
    const { key: _key, ...keyless } = options;
    const answer = await host.send(actor, event, isKeyless ? keyless : options);
    if (when === "after") process.kill(process.pid, "SIGKILL");
    return answer;
  };
  const found = (name: string | symbol): unknown => {
    const value: unknown = Reflect.get(host, name);
    return typeof value === "function" ? value.bind(host) : value;
  };
  return new Proxy(host, { get: (_host, name) => (name === "send" ? send : found(name)) });
}

function takeNote(): string {
  try {
    const text = readFileSync(NOTE, "utf8");
    rmSync(NOTE);
    return text;
  } catch {
    return "";
  }
}
