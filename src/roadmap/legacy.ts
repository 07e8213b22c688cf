/**
 * The older WeatherVane format, told apart by its shape and put into the words of the present
 * one. It is lenient: fields that nobody reads any more stay in the text and are only counted.
 */
import { isMapping, outlineOf } from "./outline.ts";
import { fieldNamesAt, roadmapFile, STATUS_WORDS } from "./schema.ts";
import type { StatusWord } from "./schema.ts";
import { namesOf } from "./spellings.ts";
import type { Path } from "./yaml-places.ts";

/** Fields that only the older format has. */
const OLD_FIELDS = ["dependencies", "exit_criteria", "owner", "domain", "estimated_complexity"];
/** Fields that the older format spells otherwise. */
const NEW_FIELDS = ["depends_on", "acceptance", "complexity"];

/** Status words of older files; case, spaces, "-" and "_" do not matter. */
const OLD_STATUSES: Readonly<Record<string, StatusWord>> = {
  ...Object.fromEntries(STATUS_WORDS.map((word) => [word.replace("_", ""), word])),
  todo: "pending",
  inreview: "needs_review",
  intests: "needs_review",
  indocs: "needs_review",
};

/** The same words as messages name them. */
export const OLD_STATUS_WORDS: readonly string[] = [
  ...STATUS_WORDS,
  "todo",
  "in_review",
  "in_tests",
  "in_docs",
];

/** Two spellings of one field in one mapping: nobody can say which of them is meant. */
export interface Ambiguity {
  readonly path: Path;
  readonly names: readonly string[];
}

export interface Translation {
  readonly data: unknown;
  readonly ambiguities: readonly Ambiguity[];
  /** The name of each field that nobody reads, and how often it occurs. */
  readonly ignoredFields: Readonly<Record<string, number>>;
}

interface Notes {
  readonly ambiguities: Ambiguity[];
  readonly ignored: Map<string, number>;
}

/**
 * Is this the older format? A whole number as `version` says that it is not, and fields that only
 * the older format has say that it is. Otherwise a file whose tasks have a status counts as old
 * if it cannot be read strictly; so an export, which changes statuses, never changes the answer
 * for a file that needs leniency.
 */
export function isLegacy(data: unknown): boolean {
  if (!isMapping(data) || Number.isInteger(data["version"])) return false;
  const entries = outlineOf(data);
  const has = (names: readonly string[]) =>
    entries.some(({ fields }) => names.some((name) => Object.hasOwn(fields, name)));
  if (has(OLD_FIELDS)) return true;
  return has(["status"]) && !has(NEW_FIELDS) && !roadmapFile.safeParse(data).success;
}

/** The data in the words of the present format; their scalars must have been read as texts. */
export function translate(data: unknown): Translation {
  const notes: Notes = { ambiguities: [], ignored: new Map() };
  const translated = translateMapping(data, [], notes);
  const ignoredFields = Object.fromEntries(notes.ignored);
  return { data: translated, ambiguities: notes.ambiguities, ignoredFields };
}

function translateMapping(old: unknown, path: Path, notes: Notes): unknown {
  if (!isMapping(old)) return old;
  const fields = fieldNamesAt(path).filter((field) => field !== "version");
  const known = new Set(fields.flatMap(namesOf));
  for (const name of Object.keys(old).filter((each) => !known.has(each))) {
    notes.ignored.set(name, (notes.ignored.get(name) ?? 0) + 1);
  }
  const entries = fields.flatMap((field) => {
    const names = namesOf(field).filter((name) => Object.hasOwn(old, name));
    const [name] = names;
    if (name === undefined) return [];
    if (names.length > 1) notes.ambiguities.push({ path, names });
    const value = translateField([...path, field], old[name], notes);
    return value === undefined ? [] : [[field, value]];
  });
  return Object.fromEntries(entries);
}

/** A field's value, or undefined where it says nothing and the field may be left out. */
function translateField(path: Path, value: unknown, notes: Notes): unknown {
  const field = String(path.at(-1));
  switch (field) {
    case "id":
    case "title":
      return value;
    case "epics":
    case "milestones":
    case "tasks":
      if (!Array.isArray(value)) return isBlank(value) ? undefined : value;
      return value.map((item, index) => translateMapping(item, [...path, index], notes));
    default:
      return isBlank(value) ? undefined : translatePlain(field, value);
  }
}

function translatePlain(field: string, value: unknown): unknown {
  switch (field) {
    case "depends_on":
    case "related":
    case "suggested":
    case "acceptance":
    case "constraints":
      return Array.isArray(value) ? value.map(lineOf) : [value];
    case "value":
    case "time_criticality":
    case "complexity":
      return typeof value === "string" && Number.isFinite(Number(value)) ? Number(value) : value;
    case "status":
      return typeof value === "string" ? statusOf(value) : value;
    default:
      return value;
  }
}

const isBlank = (value: unknown): boolean => value === null || value === "";

/** `- critic: tests` is a mapping to YAML; whoever wrote it meant a line of text. */
function lineOf(item: unknown): unknown {
  const [pair, ...more] = isMapping(item) ? Object.entries(item) : [];
  if (pair === undefined || more.length > 0 || typeof pair[1] !== "string") return item;
  return `${pair[0]}: ${pair[1]}`;
}

function statusOf(word: string): string {
  const bare = word.toLowerCase().replaceAll(/[\s_-]/g, "");
  return Object.hasOwn(OLD_STATUSES, bare) ? (OLD_STATUSES[bare] ?? word) : word;
}
