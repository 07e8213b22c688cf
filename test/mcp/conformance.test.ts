/**
 * The official conformance scenarios, as they were frozen for two revisions of the protocol, over
 * HTTP against a supervisor and its worker, furnished with the tools that the scenarios look for.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { upAs } from "../support/supervised.ts";
import { emptyFolder } from "../support/workbench.ts";
import { makeWorkspace } from "../support/workspace.ts";

const MINUTES_MS = 5 * 60_000;
const HERE = join(import.meta.dirname, "conformance");
const PROGRAM = join(
  import.meta.dirname,
  "../../node_modules/@modelcontextprotocol/conformance/dist/index.js",
);

interface Address {
  readonly url: string;
  readonly token: string;
}

async function serveFixture(): Promise<Address> {
  const yard = makeWorkspace({ roadmap: { version: 1, tasks: [] }, agent: ["true"] });
  const { url } = await upAs(yard, join(HERE, "wvo.ts"));
  return { url, token: yard.file("state/supervisor/http-operator.token").trim() };
}

interface Ran {
  readonly code: unknown;
  readonly output: string;
}

function conform(revision: string, { url, token }: Address): Promise<Ran> {
  const node = ["--import", join(HERE, "bearer.ts"), PROGRAM];
  const args = ["server", "--url", url, "--requirements", revision];
  const more = ["--expected-failures", join(HERE, "baseline.yaml"), "--output-dir", emptyFolder()];
  const env = { ...process.env, CONFORMANCE_TOKEN: token };
  return new Promise((resolve) => {
    const options = { env, maxBuffer: 64 * 1024 * 1024, timeout: MINUTES_MS };
    execFile(process.execPath, [...node, ...args, ...more], options, (failed, stdout, stderr) => {
      resolve({ code: failed === null ? 0 : failed.code, output: stdout + stderr });
    });
  });
}

/** Scenarios that are no part of a revision fail without failing the whole: they are looked at too. */
const failedIn = (output: string): readonly string[] =>
  [...output.matchAll(/^✗ (\S+):/gm)].map(([, name = ""]) => name);

test.each(["2025-11-25", "2026-07-28"])(
  "all that revision %s requires is kept, and all besides but the tasks that are not served",
  async (revision) => {
    const { code, output } = await conform(revision, await serveFixture());
    expect(code, output).toBe(0);
    expect(output).toContain("✓ dns-rebinding-protection: 2 passed, 0 failed");
    expect(failedIn(output).filter((name) => !name.startsWith("tasks-"))).toEqual([]);
  },
  MINUTES_MS,
);
