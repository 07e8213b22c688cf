/**
 * The official conformance scenarios, as they were frozen for two revisions of the protocol, against
 * the code that serves MCP over HTTP, furnished with the tools that the scenarios look for.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { localhostHostValidation, localhostOriginValidation } from "@modelcontextprotocol/node";
import { expect, onTestFinished, test } from "vitest";
import { serveMcpHttp } from "../../src/mcp/http.ts";
import type { HttpServing } from "../../src/mcp/http.ts";
import { newServer } from "../../src/mcp/server.ts";
import { emptyFolder } from "../support/workbench.ts";
import { furnish } from "./conformance/furnish.ts";
import { state } from "./conformance/state.ts";

const MINUTES_MS = 5 * 60_000;
const PROGRAM = join(
  import.meta.dirname,
  "../../node_modules/@modelcontextprotocol/conformance/dist/index.js",
);
const BASELINE = join(import.meta.dirname, "conformance/baseline.yaml");

async function serveFixture(): Promise<string> {
  const serving: HttpServing = serveMcpHttp(() => {
    const server = newServer({
      requestState: { verify: (sealed, context) => state.verify(sealed, context) },
    });
    furnish(server, () => serving.notify);
    return server;
  });
  const [isOurHost, isOurOrigin] = [localhostHostValidation(), localhostOriginValidation()];
  const http = createServer((request, response) => {
    if (isOurHost(request, response) && isOurOrigin(request, response)) {
      serving.answer(request, response).catch(() => response.destroy());
    }
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(async () => {
    await serving.close();
    http.close();
    http.closeAllConnections();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
}

interface Ran {
  readonly code: unknown;
  readonly output: string;
}

function conform(revision: string, url: string): Promise<Ran> {
  const args = ["server", "--url", url, "--requirements", revision];
  const more = ["--expected-failures", BASELINE, "--output-dir", emptyFolder()];
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 * 1024 * 1024, timeout: MINUTES_MS };
    execFile(process.execPath, [PROGRAM, ...args, ...more], options, (failed, stdout, stderr) => {
      resolve({ code: failed === null ? 0 : failed.code, output: stdout + stderr });
    });
  });
}

test.each(["2025-11-25", "2026-07-28"])(
  "all that revision %s requires is kept",
  async (revision) => {
    const { code, output } = await conform(revision, await serveFixture());
    expect(code, output).toBe(0);
  },
  MINUTES_MS,
);
