/**
 * How MCP clients are told of WeatherVane: the entry in `.mcp.json`, which Claude Code reads, and the
 * lines for Codex, which has one configuration for all projects and so is only shown them.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { FaultError, faultData } from "../fault.ts";
import { wvoArgv } from "../supervisor/launcher.ts";
import { writeText } from "./files.ts";
import { terminal } from "./terminal.ts";

export const MCP_FILE = ".mcp.json";
const NAME = "weathervane";

type Entries = Readonly<Record<string, unknown>>;

interface McpFile {
  readonly mcpServers?: Entries;
}

interface Server {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * The word where the shell finds this very program by it, since the file is shared with others;
 * else the program itself, on this machine.
 */
function serverHere(): Server {
  const [program, launcher] = wvoArgv();
  const isInstalled = basename(process.argv[1] ?? "") === "wvo";
  const isNpm = terminal().env["npm_lifecycle_event"] !== undefined;
  if (isInstalled && !isNpm) return { command: "wvo", args: ["mcp"] };
  return { command: program, args: [launcher ?? "", "mcp"] };
}

/** The path where the entry was written, or null where there was one: it may have been changed. */
export function writeMcpEntry(root: string): string | null {
  const path = join(root, MCP_FILE);
  const found = existsSync(path) ? read(path) : {};
  const { mcpServers = {} } = found;
  if (NAME in mcpServers) return null;
  const entry = { type: "stdio", ...serverHere() };
  const whole = { ...found, mcpServers: { ...mcpServers, [NAME]: entry } };
  writeText(path, `${JSON.stringify(whole, null, 2)}\n`);
  return path;
}

/** What is there is kept, and what cannot be understood is not written over. */
function read(path: string): McpFile {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    const servers = isObject(parsed) ? parsed["mcpServers"] : null;
    if (isObject(parsed) && (servers === undefined || isObject(servers))) return parsed;
    throw new Error("no object with an object mcpServers");
  } catch (cause) {
    throw new FaultError({
      code: "init.mcp-json",
      kind: "invalid",
      where: path,
      found: faultData(cause).message,
      expected: 'JSON such as {"mcpServers": {}}',
      next: "correct it, or take it away; then wvo init again",
      cause,
    });
  }
}

const isObject = (value: unknown): value is Entries =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Strings of TOML are written as those of JSON. */
export function codexEntry(root: string): string {
  const { command, args } = serverHere();
  return [
    `[mcp_servers.${NAME}]`,
    `command = ${JSON.stringify(command)}`,
    `args = ${JSON.stringify(args)}`,
    `cwd = ${JSON.stringify(root)}`,
  ].join("\n");
}
