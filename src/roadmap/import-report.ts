/** What an import does and what it leaves as it is, for people and as plain JSON. */
import type { TaskInput } from "../../machines/protocol.ts";
import { excessOf } from "../planning/brief.ts";
import { isSameSpec, without } from "./fields.ts";
import { isBegun, isSettled } from "./pairing.ts";
import type { ExistingTasks, Pairing } from "./pairing.ts";
import { statusFor } from "./parse.ts";
import type { ParsedRoadmap } from "./parse.ts";
import type { StatusWord } from "./schema.ts";

interface WithMissing {
  readonly id: string;
  readonly missing: readonly string[];
}

export interface ImportReport {
  readonly created: readonly string[];
  readonly revised: readonly string[];
  /** Tasks of the file that the database has just so. */
  readonly unchanged: number;
  /** New tasks that the file calls held, which nobody does. */
  readonly resetToPending: readonly { readonly id: string; readonly was: StatusWord }[];
  /** New tasks that come in as blocked, since they depend on what nobody knows. */
  readonly blockedByMissing: readonly WithMissing[];
  /** Unknown dependencies that were left out of other tasks: settled ones, or not new. */
  readonly leftOut: readonly WithMissing[];
  /** New dependencies of tasks whose work has begun; they are not taken. */
  readonly tooLate: readonly { readonly id: string; readonly dependsOn: readonly string[] }[];
  /** Done or cancelled tasks that the file describes otherwise; they stay. */
  readonly settled: readonly string[];
  /** Where file and database disagree; the word of the database stands. */
  readonly statusIgnored: readonly {
    readonly id: string;
    readonly file: StatusWord;
    readonly database: StatusWord;
  }[];
  /** Tasks of the database that this file does not name; they stay. */
  readonly notInFile: readonly string[];
  /** Tasks whose text and constraints alone are more than a brief should have: told whole. */
  readonly longBriefs: readonly { readonly id: string; readonly tokens: number }[];
  /** The name of each field of the older format that nobody reads, and how often it occurs. */
  readonly ignoredFields: Readonly<Record<string, number>>;
}

/** What was compared, and what is to be done about it. */
export interface Outcome {
  readonly parsed: ParsedRoadmap;
  readonly existing: ExistingTasks;
  readonly pairings: readonly Pairing[];
  readonly create: readonly TaskInput[];
  readonly revise: readonly { readonly id: string }[];
}

export function reportOf({ parsed, existing, pairings, create, revise }: Outcome): ImportReport {
  const comesInAs = new Map(create.map(({ id, status }) => [id, status]));
  const inFile = new Set(parsed.tasks.map(({ id }) => id));
  const settled = pairings.filter(isSettledOtherwise).map(({ task }) => task.id);
  const lacking = pairings.filter(({ missing }) => missing.length > 0).map(withMissing);
  return {
    created: create.map(({ id }) => id),
    revised: revise.map(({ id }) => id),
    unchanged: pairings.length - create.length - revise.length - settled.length,
    resetToPending: pairings.flatMap(({ task: { id, statusWord: was } }) =>
      comesInAs.get(id) === "pending" && was !== null && was !== "pending" ? [{ id, was }] : [],
    ),
    blockedByMissing: lacking.filter(({ id }) => comesInAs.get(id) === "blocked"),
    leftOut: lacking.filter(({ id }) => comesInAs.get(id) !== "blocked"),
    tooLate: pairings.flatMap(lateDependencies),
    settled,
    statusIgnored: pairings.flatMap(ignoredStatus),
    notInFile: [...existing.keys()].filter((id) => !inFile.has(id)),
    longBriefs: pairings.flatMap((each) => longBrief(each, parsed.constraints)),
    ignoredFields: parsed.ignoredFields,
  };
}

const withMissing = ({ task: { id }, missing }: Pairing): WithMissing => ({ id, missing });

function isSettledOtherwise({ task, existing, missing }: Pairing): boolean {
  if (existing === null || !isSettled(existing.status)) return false;
  const dependsOn = without(task.spec.dependsOn, missing);
  return !isSameSpec(existing.spec, { ...task.spec, dependsOn });
}

function lateDependencies({ task, existing, missing }: Pairing): ImportReport["tooLate"] {
  if (existing === null || !isBegun(existing.status)) return [];
  const dependsOn = without(task.spec.dependsOn, [...existing.spec.dependsOn, ...missing]);
  return dependsOn.length > 0 ? [{ id: task.id, dependsOn }] : [];
}

/** Settled tasks get no brief any more. */
function longBrief({ task, existing, spec }: Pairing, constraints: readonly string[]) {
  const { id } = task;
  if (isSettled(existing?.status ?? task.status)) return [];
  const { title, description, acceptance } = spec;
  const tokens = excessOf({ taskId: id, title, description, acceptance, constraints });
  return tokens === null ? [] : [{ id, tokens }];
}

/** A held task is as pending to a file, which knows nothing of runs. */
function ignoredStatus({ task, existing, missing }: Pairing): ImportReport["statusIgnored"] {
  const file = task.statusWord;
  if (existing === null || file === null) return [];
  const isBlockedByMissing = missing.length > 0 && existing.status === "blocked";
  if (isBlockedByMissing || statusFor(file) === statusFor(existing.status)) return [];
  return [{ id: task.id, file, database: existing.status }];
}
