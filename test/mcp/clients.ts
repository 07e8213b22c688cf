/** Programs that speak MCP, none of them ours, each behind `wvo mcp` on standard input and output. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, onTestFinished } from "vitest";
import { clientOf, WVO } from "../support/supervised.ts";
import { emptyFolder } from "../support/workbench.ts";
import type { Workspace } from "../support/workspace.ts";

type Found = Readonly<Record<string, unknown>>;
/** What a tool answered; null where the client was told that it refuses. */
export type Call = (name: string, args: Found) => Promise<Found | null>;

interface Result {
  readonly isError?: unknown;
  readonly structuredContent?: unknown;
}

const foundIn = ({ isError, structuredContent }: Result): Found | null =>
  isError === true ? null : (structuredContent as Found);

const BIN = join(import.meta.dirname, "../../node_modules/.bin");
const SERVER = [process.execPath, WVO, "mcp"];

const sdk =
  (era: "legacy" | "modern") =>
  async (yard: Workspace): Promise<Call> => {
    const client = await clientOf(yard, era);
    return async (name, args) => foundIn(await client.callTool({ name, arguments: { ...args } }));
  };

/** The maintenance line of the SDK, which stops at 2025-11-25. */
async function oldSdk({ repo, env }: Workspace): Promise<Call> {
  const client = new OldClient({ name: "test", version: "1" });
  const [command = "", ...args] = SERVER;
  await client.connect(new StdioClientTransport({ command, args, cwd: repo, env, stderr: "pipe" }));
  onTestFinished(() => client.close());
  return async (name, given) =>
    foundIn((await client.callTool({ name, arguments: { ...given } })) as Result);
}

interface Ran {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of its own for each call, which finds nothing of whoever runs the tests. */
function run(program: string, args: readonly string[], { repo, env }: Workspace): Promise<Ran> {
  const options = { cwd: repo, env: { ...env, HOME: emptyFolder() } };
  return new Promise((resolve) => {
    execFile(join(BIN, program), [...args], options, (failed, stdout, stderr) => {
      resolve({ code: failed === null ? 0 : failed.code, stdout, stderr });
    });
  });
}

/** The inspector ends with 5 where a tool refuses, and prints the whole result. */
async function inspector(yard: Workspace): Promise<Call> {
  const fixed = ["--cli", "--format", "json", "-q", "--method", "tools/call"];
  return async (name, args) => {
    const tool = ["--tool-name", name, "--tool-args-json", JSON.stringify(args)];
    const ran = await run("mcp-inspector", [...fixed, ...tool, ...SERVER], yard);
    const { result } = jsonOf<{ readonly result: Result }>(ran, 5);
    expect(result.isError === true).toBe(ran.code === 5);
    return foundIn(result);
  };
}

/** It ends with 1 where a tool refuses, and prints what the tool says. */
async function mcporter(yard: Workspace): Promise<Call> {
  const [command = "", ...args] = SERVER;
  const server = ["--stdio", command, ...args.flatMap((each) => ["--stdio-arg", each])];
  return async (name, given) => {
    const tool = ["--name", "wvo", "--tool", name, "--args", JSON.stringify(given)];
    const ran = await run("mcporter", ["call", ...server, ...tool, "--output", "json"], yard);
    const found = jsonOf<Found>(ran, 1);
    expect("error" in found).toBe(ran.code === 1);
    return ran.code === 1 ? null : found;
  };
}

/** What a program printed; where it failed in another way than by a refusal, all that it said. */
function jsonOf<Printed>({ code, stdout, stderr }: Ran, refused: number): Printed {
  if (code !== 0 && code !== refused) throw new Error(`${String(code)}\n${stdout}${stderr}`);
  return JSON.parse(stdout) as Printed;
}

export const CLIENTS: Readonly<Record<string, (yard: Workspace) => Promise<Call>>> = {
  "the SDK's client of 2026-07-28": sdk("modern"),
  "the SDK's client of 2025-11-25": sdk("legacy"),
  "the old SDK's client": oldSdk,
  "the inspector": inspector,
  mcporter,
};
