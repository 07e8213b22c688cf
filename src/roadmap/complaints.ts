/**
 * What the schema objects to, in words for people: what stands there, what should, and what was
 * probably meant.
 */
import type { z } from "zod";
import { problemAt } from "./problems.ts";
import type { Complaint, RoadmapProblem } from "./problems.ts";
import { fieldNamesAt, ID_PATTERN } from "./schema.ts";
import { wordMeantBy } from "./spellings.ts";
import { namePlaces, placeAt } from "./yaml-places.ts";
import type { Path } from "./yaml-places.ts";
import type { YamlText } from "./yaml-text.ts";

type Issue = z.core.$ZodIssue;

/** What was read: the text, the data that the schema saw, and the status words of the format. */
export interface Seen {
  readonly source: YamlText;
  readonly data: unknown;
  readonly statusWords: readonly string[];
}

/** Letters of a wrong text that a message quotes. */
const QUOTED_MAX = 60;

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  array: "a list",
  object: "a mapping",
};

/** All problems behind one objection of the schema. */
export function problemsOf(issue: Issue, seen: Seen): readonly RoadmapProblem[] {
  const { source } = seen;
  if (issue.code === "unrecognized_keys") {
    const placeOf = namePlaces(source, issue.path);
    return issue.keys.map((name) =>
      problemAt(source.path, placeOf(name), unknownField(issue.path, name)),
    );
  }
  return [problemAt(source.path, placeAt(source, issue.path), complaintOf(issue, seen))];
}

function unknownField(path: Path, name: string): Complaint {
  const known = fieldNamesAt(path);
  const meant = wordMeantBy(name, known);
  return {
    code: "roadmap.unknownField",
    found: `the unknown field ${quote(name)}`,
    expected: `one of ${known.join(", ")}`,
    next: meant === null ? "remove it or correct its name" : `did you mean ${quote(meant)}?`,
  };
}

function complaintOf(issue: Issue, seen: Seen): Complaint {
  const value = valueAt(seen.data, issue.path);
  const field = issue.path.findLast((step) => typeof step === "string") ?? "roadmap";
  if (value === undefined) return missingField(field);
  const wrong = { found: `${describe(value)} as ${quote(field)}`, next: `correct ${quote(field)}` };
  return { ...wrong, ...expectation(issue, value, seen) };
}

function expectation(issue: Issue, value: unknown, seen: Seen) {
  if (issue.code === "invalid_type") return typeExpected(issue.expected, value);
  if (issue.code === "invalid_format") return formExpected(issue);
  if (issue.code === "invalid_value") return wordExpected(issue, value, seen);
  const code = "roadmap.outOfRange";
  if (issue.code === "too_small") return { code, expected: `at least ${issue.minimum}` };
  if (issue.code === "too_big") return { code, expected: `at most ${issue.maximum}` };
  if (issue.code === "custom") return { code: "roadmap.reservedId", expected: issue.message };
  return { code: "roadmap.invalid", expected: issue.message };
}

const missingField = (field: string): Complaint => ({
  code: "roadmap.missingField",
  found: `nothing as ${quote(field)}`,
  expected: `the field ${quote(field)}`,
  next: `add ${quote(field)}`,
});

function typeExpected(expected: string, value: unknown) {
  const isUnquoted = expected === "string" && isPlain(value);
  const isEmptyList = expected === "array" && value === null;
  return {
    code: "roadmap.wrongType",
    expected: KINDS[expected] ?? expected,
    ...(isUnquoted ? { next: `put it in quotes: "${value}"` } : {}),
    ...(isEmptyList ? { next: "write [] or remove the field" } : {}),
  };
}

function wordExpected(
  issue: Extract<Issue, { code: "invalid_value" }>,
  value: unknown,
  seen: Seen,
) {
  const isStatus = issue.path.at(-1) === "status";
  const words = isStatus ? seen.statusWords : issue.values.map(String);
  const meant = typeof value === "string" ? wordMeantBy(value, words) : null;
  return {
    code: isStatus ? "roadmap.unknownStatus" : "roadmap.unknownWord",
    expected: words.length === 1 ? words.join() : `one of ${words.join(", ")}`,
    ...(meant === null ? {} : { next: `did you mean ${quote(meant)}?` }),
  };
}

function formExpected(issue: Extract<Issue, { code: "invalid_format" }>) {
  if (!("pattern" in issue) || issue.pattern !== String(ID_PATTERN)) {
    return { code: "roadmap.blank", expected: "a text that is not blank" };
  }
  return {
    code: "roadmap.badId",
    expected:
      'up to 64 letters, digits, ".", "_" and "-" that begin with a letter or digit, without ' +
      '".." and without "." or ".lock" at the end: the id names a git branch and a directory',
    next: "choose another id, also where others depend on it",
  };
}

/** The value where a path leads, or undefined. */
export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? Reflect.get(value, step)
        : undefined,
    data,
  );
}

const quote = (text: string): string =>
  JSON.stringify(text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}...` : text);

const isPlain = (value: unknown): value is number | boolean =>
  typeof value === "number" || typeof value === "boolean";

function describe(value: unknown): string {
  if (value === null) return "nothing";
  if (typeof value === "string") return `the text ${quote(value)}`;
  if (isPlain(value)) return `the ${typeof value} ${value}`;
  return Array.isArray(value) ? "a list" : "a mapping";
}
