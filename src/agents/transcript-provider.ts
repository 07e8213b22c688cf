/**
 * A provider whose program writes a transcript: one process a run, judged by what it wrote. What is
 * its own of each program is its dialect; all dialects are used alike.
 */
import type { Tier } from "../../machines/protocol.ts";
import type { ProviderConfig } from "../config/providers.ts";
import { FaultError } from "../fault.ts";
import type { RunSpec } from "../processes/run-spec.ts";
import { askVersion, findProgram } from "./program.ts";
import type { ProgramPlace } from "./program.ts";
import { faultOr, NOT_EXAMINED } from "./provider.ts";
import type { AgentRun, Examined, McpServer, Provider } from "./provider.ts";
import { limitsOf, passed, promptOf, runEnv } from "./run-terms.ts";
import type { Prompt } from "./run-terms.ts";
import { judgeRun, notesOf } from "./run-verdict.ts";
import type { Adapter } from "./transcript.ts";

/** What differs from run to run. */
export interface Call {
  readonly prompt: Prompt;
  readonly tier: Tier;
  /** The session to go on with; null for a new one. */
  readonly sessionId: string | null;
  /** The server by which it reaches us; null where it is not to. */
  readonly server: McpServer | null;
}

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Dialect<Config, Transcript> {
  readonly adapter: Adapter<Transcript>;
  /** The version whose recordings it was written for. */
  readonly madeFor: string;
  readonly argumentsFor: (config: Config, call: Call) => readonly string[];
  readonly variablesFor: (config: Config) => Readonly<Record<string, string>>;
  /** Names of variables of ours that it gets besides the configured ones. */
  readonly passes: (config: Config) => readonly string[];
  /** How it is logged in, for people; null where it is not. */
  readonly loginOf: (variables: Variables, config: Config) => string | null;
  /** What a person does to log it in. */
  readonly howToLogIn: (config: Config) => string;
}

type ProgramConfig = Exclude<ProviderConfig, { readonly kind: "command" }>;

export function transcriptProvider<Config extends ProgramConfig, Transcript>(
  dialect: Dialect<Config, Transcript>,
  config: Config,
  place: ProgramPlace,
): Provider {
  const [file = "", ...first] = config.program;
  let version: string | null = null;
  const look = (): Promise<Examined> => examine(dialect, config, place);
  return {
    name: place.name,
    examine: look,
    probe: async () => {
      const examined = await look();
      const { program, note, login, fault } = examined;
      if (fault !== null || program === null) throw fault;
      version = examined.version;
      const detail = [version, note, login].filter((part) => part !== null).join(", ");
      return { program, version, detail };
    },
    specOf: (run) => {
      const argv = [findProgram(file, place), ...first];
      return specOf(dialect, config, { run, argv, version });
    },
    judge: (end, runDir) => judgeRun(dialect.adapter, end, runDir),
  };
}

interface Start {
  readonly run: AgentRun;
  readonly argv: readonly string[];
  readonly version: string | null;
}

function specOf<Config extends ProgramConfig, Transcript>(
  dialect: Dialect<Config, Transcript>,
  config: Config,
  { run, argv, version }: Start,
): RunSpec {
  const { runId, tier, worktree: cwd } = run;
  const server = config.wvo_mcp ? (run.server ?? null) : null;
  const call = { prompt: promptOf(run), tier, sessionId: run.resume?.sessionId ?? null, server };
  return {
    runId,
    argv: [...argv, ...dialect.argumentsFor(config, call)],
    cwd,
    env: { ...variablesOf(dialect, config), ...runEnv(run) },
    limits: limitsOf(config),
    signs: "events",
    notes: notesOf(version, run),
  };
}

function variablesOf<Config extends ProgramConfig, Transcript>(
  { passes, variablesFor }: Dialect<Config, Transcript>,
  config: Config,
): Record<string, string> {
  const names = [...config.pass_env, ...passes(config)];
  return { ...passed(names, process.env), ...variablesFor(config), ...config.env };
}

async function examine<Config extends ProgramConfig, Transcript>(
  dialect: Dialect<Config, Transcript>,
  config: Config,
  place: ProgramPlace,
): Promise<Examined> {
  const [file = "", ...first] = config.program;
  const program = await faultOr(() => findProgram(file, place));
  if (program instanceof FaultError) return { ...NOT_EXAMINED, fault: program };
  const version = await faultOr(() => askVersion([program, ...first], place));
  if (version instanceof FaultError) return { ...NOT_EXAMINED, program, fault: version };
  const { madeFor } = dialect;
  const isOlder = version.localeCompare(madeFor, "en", { numeric: true }) < 0;
  const note = isOlder ? `older than ${madeFor} that we know` : null;
  const login = loginOf(dialect, config);
  const fault = login === null ? loggedOut(place, config.kind, dialect.howToLogIn(config)) : null;
  return { program, version, note, login, fault };
}

function loginOf<Config extends ProgramConfig, Transcript>(
  dialect: Dialect<Config, Transcript>,
  config: Config,
): string | null {
  const variables = { HOME: process.env["HOME"], ...variablesOf(dialect, config) };
  return dialect.loginOf(variables, config);
}

const loggedOut = ({ name }: ProgramPlace, kind: string, next: string): FaultError =>
  new FaultError({
    code: "agents.logged-out",
    where: `provider ${name} in weathervane.yaml`,
    found: `no login of ${kind}: neither a key in its variables nor a login of its own`,
    expected: "a program that may use its account",
    next,
  });
