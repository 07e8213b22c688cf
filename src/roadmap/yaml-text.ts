/**
 * A YAML text, opened: its data, its nodes and their places. Texts that are too large, empty, not
 * a mapping or not YAML are refused here; what the data mean is left to the schema.
 */
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import type { Alias, Node, YAMLError, YAMLMap } from "yaml";
import { problemAt, RoadmapFault } from "./problems.ts";
import type { Complaint, Place } from "./problems.ts";
import { dataOf } from "./yaml-data.ts";
import type { Trouble } from "./yaml-data.ts";

/** 1 MiB holds some 7,000 tasks; reading them takes about a second. */
export const ROADMAP_BYTES_MAX = 1024 * 1024;

export interface YamlText {
  readonly path: string;
  readonly text: string;
  readonly root: YAMLMap;
  readonly data: unknown;
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
  placeOf(offset: number): Place;
}

/** Reads a text that must be one YAML mapping; throws a `RoadmapFault` where it is not. */
export function openYaml(text: string, path: string): YamlText {
  refuseLarge(path, Buffer.byteLength(text));
  const { document, placeOf } = parseYaml(text);
  const faulty = document.errors.map(syntaxTrouble);
  if (faulty.length > 0) throw faultFor(path, faulty, placeOf);
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) throw faultFor(path, [EMPTY]);
  const { data, targets, troubles } = dataOf(root, "values");
  if (troubles.length > 0) throw faultFor(path, troubles, placeOf);
  if (!isMap(root)) throw faultFor(path, [notMapping(data, root.range[0])], placeOf);
  return { path, text, root, data, targets, placeOf };
}

/** Throws where a file is too large; can be asked before the file is read. */
export function refuseLarge(path: string, bytes: number): void {
  if (bytes > ROADMAP_BYTES_MAX) throw faultFor(path, [tooLarge(bytes)]);
}

function parseYaml(text: string) {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // The library's own check compares every key of a mapping with every other one.
    uniqueKeys: false,
    keepSourceTokens: true,
    logLevel: "error",
  });
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  return { document, placeOf };
}

const atStart = (): Place => ({ line: 1, column: 1 });

function faultFor(
  path: string,
  troubles: readonly Trouble[],
  placeOf: YamlText["placeOf"] = atStart,
) {
  const problems = troubles.map(({ offset, ...complaint }) =>
    problemAt(path, placeOf(offset), complaint),
  );
  return new RoadmapFault(path, problems);
}

const tooLarge = (bytes: number): Trouble => ({
  offset: 0,
  code: "roadmap.tooLarge",
  found: `a file of ${bytes} bytes`,
  expected: `at most ${ROADMAP_BYTES_MAX} bytes (1 MiB)`,
  next: "check that this is the roadmap; if it is, split it into several files",
});

const EMPTY: Trouble = {
  offset: 0,
  code: "roadmap.empty",
  found: "an empty file",
  expected: "a mapping with epics or tasks",
  next: 'write "tasks:" and under it the first task, with id and title',
};

const notMapping = (data: unknown, offset: number): Trouble => ({
  offset,
  code: "roadmap.notMapping",
  found: Array.isArray(data) ? "a list" : "a single value",
  expected: "a mapping with epics or tasks",
  next: 'put the tasks under "tasks:"',
});

const UNQUOTED: Pick<Complaint, "code" | "expected" | "next"> = {
  code: "roadmap.yaml",
  expected: "one value for each field",
  next: 'put a text that contains ": " in quotes, and check the indentation',
};

/** What to say of the syntax errors that people make; the library's words do for the rest. */
const SYNTAX: Partial<Record<YAMLError["code"], Partial<Complaint>>> = {
  TAB_AS_INDENT: {
    code: "roadmap.tab",
    found: "a tab as indentation",
    expected: "spaces",
    next: "replace the tab with spaces",
  },
  MULTIPLE_DOCS: {
    code: "roadmap.severalDocuments",
    found: "a second YAML document",
    expected: "one document",
    next: "remove the line --- and what should not be read",
  },
  RESOURCE_EXHAUSTION: {
    code: "roadmap.tooDeep",
    found: "lists or mappings nested too deep to be read",
    expected: "at most epics, milestones, tasks and their lists",
    next: "put brackets and braces of a text in quotes",
  },
  BLOCK_AS_IMPLICIT_KEY: UNQUOTED,
  MULTILINE_IMPLICIT_KEY: UNQUOTED,
};

function syntaxTrouble({ code, message, pos }: YAMLError): Trouble {
  return {
    offset: pos[0],
    code: "roadmap.yaml",
    found: `YAML that does not parse: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    expected: "valid YAML",
    next: "correct the text here or just above",
    ...SYNTAX[code],
  };
}
