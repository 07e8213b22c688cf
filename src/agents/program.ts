/** Finding the program that a provider names, and asking it for its version. */
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { promisify } from "node:util";
import { FaultError, faultData } from "../fault.ts";
import { usersPath } from "../processes/run-spec.ts";

/** Whose program it is, for messages, and where paths are taken from. */
export interface ProgramPlace {
  readonly name: string;
  readonly workspace: string;
}

/** Both programs answer within a second; a starved machine gets this much. */
const VERSION_LIMIT_MS = 30_000;
const OUTPUT_BYTES_MAX = 100_000;
const VERSION = /\d+\.\d+\.\d+(?:[-+.\w]*\w)?/;

/**
 * A program with a slash is a path from the workspace; any other is looked for in the user's PATH, as
 * the run itself does: our own tools are not theirs.
 */
export function findProgram(program: string, { name, workspace }: ProgramPlace): string {
  const { PATH = "" } = usersPath(process.env);
  const folders = PATH.split(delimiter);
  const candidates =
    isAbsolute(program) || program.includes("/")
      ? [resolve(workspace, program)]
      : folders.map((folder) => join(folder, program));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  const isThere = candidates.find((each) => existsSync(each));
  throw new FaultError({
    code: isThere === undefined ? "agents.program-missing" : "agents.not-executable",
    where: `provider ${name} in weathervane.yaml`,
    found: isThere === undefined ? `no program ${program}` : `${isThere}, which is not executable`,
    expected: "a program that can be started",
    next:
      isThere === undefined
        ? "install it, or correct the provider's program"
        : `make it executable with: chmod +x ${isThere}`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // missing or not ours to run: the caller says which
  }
}

/** What `--version` prints, as far as it is a version. */
export async function askVersion(
  argv: readonly string[],
  { name, workspace }: ProgramPlace,
): Promise<string> {
  const [file = "", ...args] = argv;
  const limits = { timeout: VERSION_LIMIT_MS, maxBuffer: OUTPUT_BYTES_MAX, cwd: workspace };
  const asked = promisify(execFile)(file, [...args, "--version"], limits);
  // Nothing is there to be read: one that waits for its input ends at once.
  asked.child.stdin?.end();
  const said = await asked.then(
    ({ stdout }) => stdout,
    (thrown: unknown) => thrown,
  );
  const version = typeof said === "string" ? VERSION.exec(said)?.[0] : undefined;
  if (version !== undefined) return version;
  throw new FaultError({
    code: "agents.no-version",
    where: `provider ${name} in weathervane.yaml`,
    found: typeof said === "string" ? `the answer ${said.trim()}` : faultData(said).message,
    expected: `a version, from: ${argv.join(" ")} --version`,
    next: "run that command yourself, and install the program again where it fails",
    cause: said,
  });
}
