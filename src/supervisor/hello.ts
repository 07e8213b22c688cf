/**
 * The first line on a socket: what the other side wants. The supervisor reads this much and passes
 * the rest on; what a tool or a command is, it does not know.
 */
import { systemClock } from "../clock.ts";

export const ROLES = ["worker", "coordinator", "operator"] as const;
export type Role = (typeof ROLES)[number];

/** A session of an MCP client. */
export interface McpHello {
  readonly wvo: "mcp";
  readonly role: Role;
  readonly agent: string | null;
  readonly task: string | null;
  /** It asks for the sandbox; whether there is one, the configuration says. */
  readonly sandbox: boolean;
  /** Names the session over reconnections: calls are known again by it. */
  readonly session: string;
}

/** One command line, as its process was called. */
export interface CommandHello {
  readonly wvo: "command";
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly colour: boolean;
}

/** Something that concerns the supervisor itself. */
export interface ControlHello {
  readonly wvo: "control";
  readonly ask: "status" | "down";
  /** How long agents may take to end, for `down`. */
  readonly limitMs: number | null;
}

export type Hello = McpHello | CommandHello | ControlHello;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
/** Sooner or later than this it is no limit that anybody meant. */
const LIMIT_MAX_MS = 24 * 60 * 60_000;

export const isRole = (value: unknown): value is Role => ROLES.includes(value as Role);

type Fields = Readonly<Record<string, unknown>>;

/** Null where it is no first line of ours. */
export function parseHello(text: string): Hello | null {
  const fields = objectIn(text);
  if (fields === null) return null;
  if (fields["wvo"] === "mcp") return mcpHello(fields);
  if (fields["wvo"] === "command") return commandHello(fields);
  return fields["wvo"] === "control" ? controlHello(fields) : null;
}

function objectIn(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Fields) : null;
  } catch {
    return null;
  }
}

/** A name that cannot be is refused: without it the session might do more than was meant. */
function mcpHello({ role = "operator", agent = null, task = null, session, sandbox }: Fields) {
  const id = session ?? systemClock.newId();
  if (!isRole(role) || !isNameOrNull(agent) || !isNameOrNull(task) || !isName(id)) return null;
  return { wvo: "mcp", role, agent, task, session: id, sandbox: sandbox === true } as const;
}

export const isName = (value: unknown): value is string =>
  typeof value === "string" && NAME.test(value);
const isNameOrNull = (value: unknown): value is string | null => value === null || isName(value);

function commandHello({ argv, cwd, env, colour }: Fields): CommandHello | null {
  const isList = Array.isArray(argv) && argv.every((each) => typeof each === "string");
  if (!isList || typeof cwd !== "string" || typeof env !== "object" || env === null) return null;
  const entries = Object.entries(env).filter(([, value]) => typeof value === "string");
  const own = Object.fromEntries(entries) as Record<string, string>;
  return { wvo: "command", argv, cwd, env: own, colour: colour === true };
}

function controlHello({ ask, limitMs }: Fields): ControlHello | null {
  if (ask !== "status" && ask !== "down") return null;
  const isLimit = typeof limitMs === "number" && limitMs >= 0 && limitMs <= LIMIT_MAX_MS;
  return { wvo: "control", ask, limitMs: isLimit ? limitMs : null };
}
