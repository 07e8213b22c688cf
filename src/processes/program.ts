/**
 * Starting the program of a run, and saying plainly why it did not start. What happens to it
 * afterwards is the runner's business.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { codeOf } from "./run-folder.ts";
import { programEnv } from "./run-spec.ts";
import type { MarkedSpec, RunSpec } from "./run-spec.ts";

/** Where the program writes: file descriptors of ours. */
export interface ProgramOutput {
  readonly stdout: number;
  readonly stderr: number;
}

/** A program that could not be started, and why; `detail` is for people. */
export interface StartFailure {
  readonly detail: string;
}

/**
 * Starts the program in a session of its own, with nothing to read: `codex exec` waits for ever on
 * an open stdin.
 */
export function startProgram(
  spec: MarkedSpec,
  { stdout, stderr }: ProgramOutput,
): Promise<ChildProcess | StartFailure> {
  const [file, ...args] = spec.argv;
  const options = { cwd: spec.cwd, env: programEnv(process.env, spec), detached: true } as const;
  if (file === undefined || file === "") return Promise.resolve({ detail: "no program was named" });
  if (!isFolder(spec.cwd))
    return Promise.resolve({ detail: `the working directory ${spec.cwd} is not a directory` });
  try {
    const program = spawn(file, args, { ...options, stdio: ["ignore", stdout, stderr] });
    return awaitStart(program, spec);
  } catch (thrown) {
    return Promise.resolve({ detail: explain(thrown, spec) });
  }
}

async function awaitStart(
  program: ChildProcess,
  spec: RunSpec,
): Promise<ChildProcess | StartFailure> {
  if (program.pid !== undefined) return program.on("error", () => {});
  const [thrown] = (await once(program, "error")) as [unknown];
  return { detail: explain(thrown, spec) };
}

function explain(thrown: unknown, { argv: [file = ""], cwd, env }: RunSpec): string {
  const searchPath = env["PATH"] ?? process.env["PATH"] ?? "";
  const path = file.includes("/") ? resolve(cwd, file) : findOnPath(file, searchPath);
  switch (codeOf(thrown)) {
    case "ENOENT":
      return path !== null && existsSync(path)
        ? `the interpreter that the first line of ${path} names was not found (ENOENT)`
        : `the program ${file} was not found (ENOENT)`;
    case "EACCES":
      return canEnter(cwd)
        ? `${path ?? file} is not executable (EACCES)`
        : `the working directory ${cwd} may not be entered (EACCES)`;
    case "E2BIG":
      return `the arguments and environment of ${file} are too long (E2BIG)`;
    default:
      return `${file} could not be started: ${String(thrown)}`;
  }
}

function findOnPath(file: string, searchPath: string): string | null {
  const places = searchPath.split(delimiter).map((folder) => join(folder, file));
  return places.find((place) => existsSync(place)) ?? null;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function canEnter(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
