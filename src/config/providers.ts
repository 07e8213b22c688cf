/**
 * What a provider may say in `weathervane.yaml`: any program, Claude Code or Codex. Limits are the
 * same for all of them; how a program is told is the business of its adapter in `src/agents/`.
 */
import { z } from "zod";
import { duration, size } from "./units.ts";

const word = z.string().min(1).max(1_000);
const words = (most: number) => z.array(word).max(most);
const program = words(200).min(1);
const variables = words(100).refine((names) => names.every((name) => /^\w+$/.test(name)), {
  error: "names of environment variables",
});

/** What every run is kept to. */
const limits = {
  /** Silence that ends a run (agents.md, trap 6: programs hang without a word). */
  idle_limit: duration.default(duration.parse("10m")),
  wall_limit: duration.default(duration.parse("2h")),
  /** Between being asked to end and being killed (agents.md, trap 8). */
  grace: duration.default(duration.parse("5s")),
  /** Kept of each output stream of a run. */
  output_limit: size.default(size.parse("32MB")),
};

const env = z.record(z.string(), z.string()).default({});

/** Servers of the Model Context Protocol that the program starts for itself. */
const servers = z
  .record(
    z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, { error: "up to 40 letters, digits, - or _" }),
    z.strictObject({ command: word, args: words(100).default([]), env }),
  )
  .default({});

/** Its runs are started with our own server, so that they can report, ask and write down. */
const wvoMcp = z.boolean().default(true);

/** Retries within the program multiply with ours (agents.md, trap 7). */
const retries = z.int().min(0).max(10).default(2);
/** No answer at all for this long ends a request; Codex has no time-out of its own (trap 6). */
const answerLimit = duration.default(duration.parse("5m"));
const flags = words(200).default([]);

const commandSchema = z.strictObject({
  kind: z.literal("command"),
  /** The agent program and its arguments; no shell reads them. */
  program,
  env,
  ...limits,
});

const claudeSchema = z.strictObject({
  kind: z.literal("claude"),
  program: program.default(["claude"]),
  /** The model of each tier, as the program calls it. */
  models: z
    .strictObject({
      low: word.default("haiku"),
      medium: word.default("sonnet"),
      high: word.default("opus"),
    })
    .prefault({}),
  /** Nobody is there to be asked: what is not allowed is denied (agents.md, trap 2). */
  permission_mode: z
    .enum(["default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"])
    .default("acceptEdits"),
  allowed_tools: words(100).default(["Bash(git *)"]),
  max_turns: z.int().min(1).max(10_000).default(200),
  /** Money that one run may spend; it overshoots by a turn (agents.md, trap 9). */
  max_cost_usd: z.number().positive().nullable().default(null),
  mcp_servers: servers,
  wvo_mcp: wvoMcp,
  retries,
  answer_limit: answerLimit,
  flags,
  env,
  /** Variables of ours that it gets where they are set. */
  pass_env: variables.default([
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CONFIG_DIR",
    "TZ",
  ]),
  ...limits,
});

const codexSchema = z.strictObject({
  kind: z.literal("codex"),
  program: program.default(["codex"]),
  /** The model of each tier; without one it is the program's own choice. */
  models: z
    .strictObject({
      low: word.nullable().default(null),
      medium: word.nullable().default(null),
      high: word.nullable().default(null),
    })
    .prefault({}),
  /** How long its model thinks, by tier. */
  efforts: z
    .strictObject({
      low: word.nullable().default("low"),
      medium: word.nullable().default("medium"),
      high: word.nullable().default("high"),
    })
    .prefault({}),
  sandbox: z
    .enum(["read-only", "workspace-write", "danger-full-access"])
    .default("workspace-write"),
  /** Another server than the program's own; only then can its retries be set. */
  endpoint: z
    .strictObject({
      base_url: z.url(),
      env_key: z.string().regex(/^\w+$/).default("OPENAI_API_KEY"),
    })
    .nullable()
    .default(null),
  mcp_servers: servers,
  wvo_mcp: wvoMcp,
  retries,
  answer_limit: answerLimit,
  flags,
  env,
  /** Variables of ours that it gets where they are set; it tells times in our time zone. */
  pass_env: variables.default(["CODEX_API_KEY", "OPENAI_API_KEY", "CODEX_HOME", "TZ"]),
  ...limits,
});

/** The shape of each kind: the error messages and the page on configuration name its keys. */
export const PROVIDER_KINDS = {
  command: commandSchema,
  claude: claudeSchema,
  codex: codexSchema,
} as const;

export const providerSchema = z.discriminatedUnion(
  "kind",
  [commandSchema, claudeSchema, codexSchema],
  { error: `one of ${Object.keys(PROVIDER_KINDS).join(", ")}` },
);

export type ProviderConfig = z.output<typeof providerSchema>;
export type CommandConfig = z.output<typeof commandSchema>;
export type ClaudeConfig = z.output<typeof claudeSchema>;
export type CodexConfig = z.output<typeof codexSchema>;
