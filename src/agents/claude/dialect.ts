/** Claude Code as a provider: what it is called with, and how it is logged in. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClaudeConfig } from "../../config/providers.ts";
import type { Dialect, Variables } from "../transcript-provider.ts";
import { claudeAdapter } from "./adapter.ts";
import { argumentsFor, variablesFor } from "./command-line.ts";
import type { ClaudeTranscript } from "./transcript.ts";

export const claudeDialect: Dialect<ClaudeConfig, ClaudeTranscript> = {
  adapter: claudeAdapter,
  madeFor: "2.1.329",
  argumentsFor,
  variablesFor,
  passes: () => [],
  loginOf,
  howToLogIn: ({ program }) =>
    `start it with: ${program.join(" ")}, and type /login; or set ANTHROPIC_API_KEY for wvo run`,
};

const KEYS = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];
/** Other clouds log in in ways of their own. */
const CLOUD = /^CLAUDE_CODE_USE_\w+$/;
/** Settings that name a key, or a program that gives one. */
const IN_SETTINGS = /"(?:apiKeyHelper|ANTHROPIC_\w+|CLAUDE_CODE_(?:USE|OAUTH)_\w+)"/;

/** Read from files and variables: the program itself would have to ask its server. */
function loginOf(variables: Variables): string | null {
  const key = [...KEYS, ...Object.keys(variables).filter((name) => CLOUD.test(name))].find(
    (name) => (variables[name] ?? "") !== "",
  );
  if (key !== undefined) return `logged in by ${key}`;
  const folder = variables["CLAUDE_CONFIG_DIR"] ?? join(variables["HOME"] ?? "", ".claude");
  if (existsSync(join(folder, ".credentials.json"))) return "logged in by itself";
  const settings = join(folder, "settings.json");
  if (existsSync(settings) && IN_SETTINGS.test(readFileSync(settings, "utf8")))
    return "logged in by its settings";
  // There the login is in the keychain, where it can't be seen.
  return process.platform === "darwin" ? "its login can't be seen" : null;
}
