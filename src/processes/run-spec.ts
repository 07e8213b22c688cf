/**
 * What a run is asked to be and what became of it: the words that orchestrator and runner share.
 * How they lie on disk is in `run-folder.ts`.
 */
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProcessIdentity } from "./identity.ts";

export interface RunLimits {
  /** So long without a sign of life ends the run. */
  readonly idleMs: number;
  readonly wallMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  /** Kept of each output stream, from its beginning and its end; the rest is counted. */
  readonly outputBytesMax: number;
}

export interface RunSpec {
  readonly runId: string;
  /** The program and its arguments; no shell reads them. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Added to the few variables that every program needs. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits: RunLimits;
  /** What counts as a sign of life: any output, which is the default, or new events alone. */
  readonly signs?: "output" | "events";
  /** Kept with the run for whoever reads its folder later; the runner passes over it. */
  readonly notes?: Readonly<Record<string, string | number | null>>;
}

/** A spec as it lies on disk. The mark is of this run alone; two workspaces may use one run id. */
export interface MarkedSpec extends RunSpec {
  readonly mark: string;
}

/** Who may start the program: one runner, or nobody any more. */
export type Claim = ProcessIdentity | { readonly void: true };

/** The program as it was started. */
export interface ProgramRecord extends ProcessIdentity {
  readonly startedAtMs: number;
}

export interface ExitRecord {
  readonly outcome: "exited" | "notStarted" | "idleTimeout" | "wallTimeout" | "stopped";
  readonly code: number | null;
  readonly signal: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** What the program wrote, whether or not it was kept. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** True where a log lacks something that the program wrote. */
  readonly truncated: boolean;
  /** True where the last line of standard output is missing; earlier versions did not say. */
  readonly lacksEnd?: boolean;
  /** Processes found alive after the program itself had ended; they were ended too. */
  readonly leftovers: number;
  readonly detail: string;
}

/**
 * How a run ended. `lost`: its runner died without a record, so that parts of the program may
 * live on until `endRun`. `void`: it never began and never will.
 */
export type RunEnd =
  | { readonly kind: "ended"; readonly exit: ExitRecord }
  | { readonly kind: "lost" }
  | { readonly kind: "void" };

/** The variables a program gets from our own environment. */
const INHERITED = ["PATH", "HOME", "LANG", "TERM", "USER", "SHELL", "TMPDIR"] as const;
/** Borne by the program and all it starts; a runner within a run keeps the outer run's. */
const RUN_MARK = "WVO_RUN_MARK";
/** Borne by the runner, and by its child until that has become the program. */
const RUNNER_MARK = "WVO_RUNNER_OF";

type Environment = Readonly<Record<string, string | undefined>>;

export const programMark = ({ mark }: MarkedSpec): string => `${RUN_MARK}=${mark}`;
export const runnerMark = ({ mark }: MarkedSpec): string => `${RUNNER_MARK}=${mark}`;

export function programEnv(own: Environment, spec: MarkedSpec): Record<string, string> {
  const { env, runId, mark } = spec;
  return {
    ...pick(own, INHERITED),
    ...usersPath(own),
    ...env,
    WVO_RUN_ID: runId,
    [RUN_MARK]: mark,
  };
}

export function runnerEnv(own: Environment, { mark }: MarkedSpec): Record<string, string> {
  return { ...pick(own, [...INHERITED, RUN_MARK]), [RUNNER_MARK]: mark };
}

/** Our own package, whose tools npm puts first in PATH when it starts us from a checkout. */
const PACKAGE_ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NPM_TOOLS = /[\\/]node-gyp-bin$/;

/** The user's PATH: work is to be checked with their tools and their Node, not with ours. */
export function usersPath({ PATH }: Environment): Record<string, string> {
  if (PATH === undefined) return {};
  const ours = join(PACKAGE_ROOT, "node_modules");
  const theirs = PATH.split(delimiter).filter(
    (folder) => !folder.startsWith(ours) && !NPM_TOOLS.test(folder),
  );
  return { PATH: theirs.join(delimiter) };
}

function pick(own: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])),
  );
}
