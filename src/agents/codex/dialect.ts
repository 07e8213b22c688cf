/** Codex as a provider: what it is called with, and how it is logged in. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CodexConfig } from "../../config/providers.ts";
import type { Dialect, Variables } from "../transcript-provider.ts";
import { codexAdapter } from "./adapter.ts";
import { argumentsFor } from "./command-line.ts";
import type { CodexTranscript } from "./transcript.ts";

export const codexDialect: Dialect<CodexConfig, CodexTranscript> = {
  adapter: codexAdapter,
  madeFor: "0.169.0",
  argumentsFor,
  variablesFor: () => ({}),
  passes: ({ endpoint }) => (endpoint === null ? [] : [endpoint.env_key]),
  loginOf,
  howToLogIn: ({ program, endpoint }) =>
    endpoint === null
      ? `log in with: ${program.join(" ")} login; or set CODEX_API_KEY for wvo run`
      : `set ${endpoint.env_key}, the key of ${endpoint.base_url}, for wvo run`,
};

/** Settings under which the login is not in the usual file. */
const IN_SETTINGS = /^\s*(?:cli_auth_credentials_store|model_provider|profile)\s*=/m;

/** Read from files and variables: the program itself would have to ask its server. */
function loginOf(variables: Variables, { endpoint }: CodexConfig): string | null {
  const key = endpoint?.env_key ?? "CODEX_API_KEY";
  if ((variables[key] ?? "") !== "") return `logged in by ${key}`;
  if (endpoint !== null) return null;
  const folder = variables["CODEX_HOME"] ?? join(variables["HOME"] ?? "", ".codex");
  if (existsSync(join(folder, "auth.json"))) return "logged in by itself";
  const settings = join(folder, "config.toml");
  const isElsewhere = existsSync(settings) && IN_SETTINGS.test(readFileSync(settings, "utf8"));
  return isElsewhere ? "its login can't be seen" : null;
}
