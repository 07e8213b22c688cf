/** Reads `weathervane.yaml`; what is wrong in it is told with its line. */
import { existsSync, readFileSync } from "node:fs";
import { closest } from "fastest-levenshtein";
import { isMap, isNode, LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";
import type { z } from "zod";
import { FaultError, faultData } from "../fault.ts";
import { isMoney, moneyKeys } from "./budget.ts";
import { PROVIDER_KINDS } from "./providers.ts";
import { configSchema } from "./schema.ts";
import type { FileConfig } from "./schema.ts";

export const CONFIG_FILE = "weathervane.yaml";
/** A config larger than this is a mistake. */
const CONFIG_BYTES_MAX = 1_000_000;
const ALIASES_MAX = 100;

export interface ConfigFile {
  readonly values: FileConfig;
  /** The line of each key that the file sets. */
  readonly lines: ReadonlyMap<string, number>;
}

/** The file's values over the defaults; a missing file sets nothing. */
export function readConfigFile(path: string): ConfigFile {
  const text = readText(path);
  if (text.length > CONFIG_BYTES_MAX)
    throw refused(path, {
      found: `${text.length} characters`,
      expected: `at most ${CONFIG_BYTES_MAX}`,
    });
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const line = counter.linePos(syntax.pos[0]).line;
    throw refused(`${path}:${line}`, { found: syntax.message, expected: "YAML that parses" });
  }
  const parsed = configSchema.safeParse(dataOf(path, document) ?? {});
  if (!parsed.success) throw invalid({ path, document, counter }, parsed.error.issues);
  return { values: parsed.data, lines: linesOf(document, counter) };
}

function readText(path: string): string {
  if (!existsSync(path)) return "";
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw refused(path, { found: faultData(thrown).message, expected: "a file that can be read" });
  }
}

/** Aliases are looked up only here: of nothing, or of so many that they fill the memory. */
function dataOf(path: string, document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (thrown) {
    const expected = `aliases of anchors above them, and not more than ${ALIASES_MAX}`;
    throw refused(path, { found: faultData(thrown).message, expected });
  }
}

interface Source {
  readonly path: string;
  readonly document: Document.Parsed;
  readonly counter: LineCounter;
}
type Issue = z.core.$ZodIssue;

function invalid(source: Source, issues: readonly Issue[]): FaultError {
  const told = issues.map((issue) => describe(source, issue));
  const [first] = told;
  const rest = told
    .slice(1)
    .map(({ where, found, expected }) => `${where}: ${found}; expected ${expected}`);
  const expected = [first?.expected ?? "a valid file", ...rest].join("\n  ");
  return refused(first?.where ?? source.path, { found: first?.found ?? "", expected });
}

function describe({ path, document, counter }: Source, issue: Issue) {
  const key = issue.path.join(".") || "the file";
  const where = `${path}:${lineAt(document, counter, issue)}`;
  if (issue.code === "unrecognized_keys") {
    const [unknown = ""] = issue.keys;
    const known = knownKeys(issue.path, document.getIn([...issue.path, "kind"]));
    const meant = `one of ${known.join(", ")}; did you mean ${closest(unknown, known)}?`;
    return {
      where,
      found: `the unknown field ${unknown}`,
      expected: known.length > 0 ? meant : "no such field here",
    };
  }
  const value: unknown = document.getIn(issue.path);
  return { where, found: `${key} = ${JSON.stringify(value)}`, expected: issue.message };
}

function knownKeys(path: Issue["path"], kind: unknown): readonly string[] {
  const [top] = path;
  if (top === undefined) return Object.keys(configSchema.shape);
  if (top === "providers" && path.length === 2) return keysOfKind(kind);
  if (isMoney(top)) return moneyKeys(path);
  return top === "checks" ? Object.keys(configSchema.shape.checks.unwrap().element.shape) : [];
}

function keysOfKind(kind: unknown): readonly string[] {
  const found = Object.entries(PROVIDER_KINDS).find(([name]) => name === kind);
  return found === undefined ? [] : Object.keys(found[1].shape);
}

/** The line of the offending node, or of the nearest one around it that the file has. */
function lineAt(document: Document.Parsed, counter: LineCounter, issue: Issue): number {
  const tail = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...issue.path, ...tail];
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return 1;
}

function linesOf({ contents }: Document.Parsed, counter: LineCounter): Map<string, number> {
  const items = isMap(contents) ? contents.items : [];
  return new Map(
    items.flatMap(({ key }) => {
      const offset = isNode(key) ? key.range?.[0] : undefined;
      return offset === undefined ? [] : [[String(key), counter.linePos(offset).line]];
    }),
  );
}

function refused(where: string, words: { found: string; expected: string }): FaultError {
  const next = "correct the file, then look at the result with: wvo config show";
  return new FaultError({ code: "config.invalid", kind: "invalid", where, ...words, next });
}
