/**
 * How Codex is called for one run. Its standard input must be closed, which the runner does: with an
 * open one `codex exec` waits for ever (agents.md, trap 5).
 */
import type { CodexConfig } from "../../config/providers.ts";
import { ownServer } from "../own-server.ts";
import type { McpServer } from "../provider.ts";
import type { Call } from "../transcript-provider.ts";

/** Without the first it would sync plugins from the network; with the second it retries for ever. */
const DISABLED = ["plugins", "unbounded_connection_retries"];

/** `resume` knows neither `-s` nor `--disable`; without a sandbox it falls back to read-only. */
export function argumentsFor(config: CodexConfig, { prompt, tier, sessionId, server }: Call) {
  const { models, efforts, sandbox } = config;
  const [model, effort] = [models[tier], efforts[tier]];
  const isNew = sessionId === null;
  return [
    ...(isNew ? ["exec", "--json"] : ["exec", "resume", "--json"]),
    ...(model === null ? [] : ["-m", model]),
    ...(isNew ? ["-s", sandbox] : setting("sandbox_mode", toml(sandbox))),
    ...DISABLED.flatMap((name) =>
      isNew ? ["--disable", name] : setting(`features.${name}`, "false"),
    ),
    ...setting("check_for_update_on_startup", "false"),
    ...setting("analytics.enabled", "false"),
    ...(effort === null ? [] : setting("model_reasoning_effort", toml(effort))),
    ...endpointOf(config),
    ...(server === null ? [] : START_LIMIT),
    ...serversOf(config, server),
    ...config.flags,
    ...(isNew ? [] : [sessionId]),
    prompt.text,
  ];
}

/** A setting is TOML, and no shell reads it. */
const setting = (key: string, value: string): readonly string[] => ["-c", `${key}=${value}`];

/** Retries belong to an endpoint: those of the program's own one can't be set. */
function endpointOf({ endpoint, retries, answer_limit }: CodexConfig): readonly string[] {
  if (endpoint === null) return [];
  const provider = {
    name: "wvo",
    base_url: endpoint.base_url,
    env_key: endpoint.env_key,
    wire_api: "responses",
    request_max_retries: retries,
    stream_max_retries: retries,
    stream_idle_timeout_ms: answer_limit,
  };
  return [
    ...setting("model_provider", toml("wvo")),
    ...setting("model_providers.wvo", toml(provider)),
  ];
}

/** It may have to wait for the next orchestrator, but the work does not wait longer for it. */
const START_LIMIT_S = 30;
/** A server that is not required and not there after a second would else be left out unsaid. */
const START_LIMIT = ["-c", `mcp_optional_startup_grace_ms=${START_LIMIT_S * 1_000}`];

/**
 * A server that is broken is told nowhere unless it is required (agents.md, trap 10). Ours is not:
 * the work can be done without it.
 */
function serversOf({ mcp_servers }: CodexConfig, own: McpServer | null): readonly string[] {
  const ours = { required: false, startup_timeout_sec: START_LIMIT_S };
  const servers = { ...ownServer(own), ...mcp_servers };
  return Object.entries(servers).flatMap(([name, server]) => {
    const terms = name in mcp_servers ? { required: true } : ours;
    return setting(
      `mcp_servers.${name}`,
      toml({ ...server, ...terms, default_tools_approval_mode: "approve" }),
    );
  });
}

type Toml = string | number | boolean | readonly string[] | { readonly [key: string]: Toml };

/** A value on one line. JSON's texts and lists are TOML's too, tables are written otherwise. */
function toml(value: Toml): string {
  if (typeof value !== "object" || Array.isArray(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${quoted(key)}=${toml(each)}`);
  return `{${entries.join(",")}}`;
}

const quoted = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));
