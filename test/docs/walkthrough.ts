/**
 * Runs the examples of a page as a person would: every `sh` block in one shell, in an empty folder,
 * and every block that begins with a comment naming a file is that file. A `text` block is what the
 * `sh` block before it printed.
 */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { emptyFolder } from "../support/workbench.ts";
import { blocksOf, ROOT } from "./pages.ts";
import type { Block } from "./pages.ts";

/** What a page promises of one `sh` block, and what that printed. */
export interface Shown {
  readonly commands: string;
  readonly printed: string;
  /** The `text` block after it; null where the page shows none. */
  readonly promised: string | null;
}

export interface Walk {
  readonly folder: string;
  readonly shown: readonly Shown[];
}

const WALK_LIMIT_MS = 5 * 60_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
/** Printed between the blocks, so that each block's own output is known. */
const MARK = "=== the next block ===";
/** A comment that is nothing but a path: the block is that file. */
const FILE_NAME = /^(?:#|\/\/) ([\w./-]+\.\w+)$/m;

/** Carries out the blocks of a text. Throws with all output where a command fails. */
export async function walk(text: string): Promise<Walk> {
  const folder = emptyFolder();
  const blocks = blocksOf(text);
  const script = ["set -eu -o pipefail", ...blocks.map(stepOf)].join("\n");
  const home = join(folder, "home");
  const work = join(folder, "work");
  for (const each of [home, work]) mkdirSync(each);
  const run = promisify(execFile)("bash", ["-c", `exec 2>&1\n${script}`], {
    cwd: work,
    env: environment(home),
    timeout: WALK_LIMIT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  const { stdout } = await run.catch((thrown: { stdout: string }) => {
    throw new Error(`the examples of the page fail:\n${thrown.stdout}`);
  });
  const outputs = stdout.split(`${MARK}\n`).slice(1);
  const commands = blocks.filter(isCommands);
  return {
    folder: work,
    shown: commands.map((block, at) => ({
      commands: block.text,
      printed: outputs[at] ?? "",
      promised: promiseAfter(blocks, block),
    })),
  };
}

/** A promise that the output did not keep: the lines that are missing, and what was printed. */
interface Broken {
  readonly missing: readonly string[];
  readonly printed: string;
}

/** What a page promises and the output does not keep. Commits, times and the folder may differ. */
export function brokenPromises({ folder, shown }: Walk): readonly Broken[] {
  return shown.flatMap(({ printed, promised }) => {
    const output = plain(printed.replaceAll(folder, "~"));
    const missing = missingIn(output, plain(promised ?? ""));
    return missing.length > 0 ? [{ missing, printed: output }] : [];
  });
}

/** Lines between two `...` stand together, and all of them stand in the order of the page. */
function missingIn(output: string, promise: string): readonly string[] {
  const lines = linesOf(output);
  let from = 0;
  return promise.split(/^\s*\.\.\.\n/m).flatMap((part) => {
    const wanted = linesOf(part);
    const at = placeOf(wanted, lines, from);
    if (at < 0) return wanted;
    from = at + wanted.length;
    return [];
  });
}

const isCommands = ({ language }: Block): boolean => language === "sh";

function stepOf({ language, text }: Block): string {
  const name = FILE_NAME.exec(text.split("\n", 1)[0] ?? "")?.[1];
  if (language === "sh") return `echo "${MARK}"\n${text}`;
  if (name === undefined) return "";
  return `mkdir -p "$(dirname ${name})"\ncat > ${name} <<'END OF FILE'\n${text}END OF FILE\n`;
}

function promiseAfter(blocks: readonly Block[], block: Block): string | null {
  const next = blocks[blocks.indexOf(block) + 1];
  return next?.language === "text" ? next.text : null;
}

function placeOf(wanted: readonly string[], lines: readonly string[], from: number): number {
  for (let at = from; at + wanted.length <= lines.length; at += 1) {
    if (wanted.every((line, offset) => lines[at + offset] === line)) return at;
  }
  return -1;
}

/** Without blank lines, which a page may leave out. */
const linesOf = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");

/** What differs from run to run, made the same; ends of lines hold no blanks. */
const plain = (text: string): string =>
  text
    .replaceAll(/\b[0-9a-f]{40}\b/g, "COMMIT40")
    .replaceAll(/\b[0-9a-f]{9}\b/g, "COMMIT9")
    .replaceAll(/\b[0-9a-f]{7}\b/g, "COMMIT7")
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "MOMENT")
    .replaceAll(/\b\d\d:\d\d:\d\d\b/g, "TIME")
    .replaceAll(/\b\d+(?:\.\d)? s\b/g, "SECONDS")
    .replaceAll(/[ \t]+$/gm, "");

/** A person's shell: a home of its own, no settings of ours, and this checkout as WEATHERVANE. */
function environment(home: string): Record<string, string> {
  const PATH = process.env["PATH"] ?? "";
  const identity = { name: "You", email: "you@example.invalid" };
  return {
    PATH,
    HOME: home,
    XDG_STATE_HOME: join(home, "state"),
    WEATHERVANE: ROOT,
    NO_COLOR: "1",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
  };
}
