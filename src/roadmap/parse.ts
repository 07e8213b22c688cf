/**
 * A roadmap text as typed data for the import: constraints, epics, and for each task its spec,
 * its status and the dependencies that the file does not know.
 */
import type { TaskInput, TaskSpec } from "../../machines/protocol.ts";
import { specOf } from "./fields.ts";
import type { Place } from "./problems.ts";
import { readRoadmap } from "./reading.ts";
import type { Reading, ReadTask, RoadmapFormat } from "./reading.ts";
import type { RoadmapFile, StatusWord } from "./schema.ts";
import { placeAt } from "./yaml-places.ts";

/** One task; `line` and `column` are where it begins. */
export interface ParsedTask extends Place {
  readonly id: string;
  readonly spec: TaskSpec;
  /** The status it comes in with; nobody holds a task of a file, so a held one is pending. */
  readonly status: TaskInput["status"];
  /** The status that the file names, or null where it names none. */
  readonly statusWord: StatusWord | null;
  /** Dependencies that are no task of this file. */
  readonly missing: readonly string[];
  /** Where each dependency is written. */
  readonly dependencyPlaces: ReadonlyMap<string, Place>;
}

interface ParsedMilestone {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

interface ParsedEpic extends ParsedMilestone {
  readonly milestones: readonly ParsedMilestone[];
}

export interface ParsedRoadmap {
  readonly format: RoadmapFormat;
  readonly path: string;
  readonly text: string;
  readonly constraints: readonly string[];
  readonly epics: readonly ParsedEpic[];
  readonly tasks: readonly ParsedTask[];
  /** The name of each field of the older format that nobody reads, and how often it occurs. */
  readonly ignoredFields: Readonly<Record<string, number>>;
}

/**
 * Reads a roadmap of either format; `path` is only named in messages. Throws a `RoadmapFault`
 * with every problem and its place. Unknown dependencies are left to the import, which knows
 * more tasks than the file.
 */
export function parseRoadmap(text: string, path: string): ParsedRoadmap {
  const reading = readRoadmap(text, path);
  const { format, file, ignoredFields } = reading;
  const known = new Set(reading.tasks.map(({ id }) => id));
  return {
    format,
    path,
    text,
    constraints: file.constraints,
    epics: file.epics.map(epicOf),
    tasks: reading.tasks.map((task) => parsedTask(reading, task, known)),
    ignoredFields,
  };
}

/** The status with which a word of a file comes in. */
export function statusFor(word: StatusWord | undefined): TaskInput["status"] {
  return word === "done" || word === "cancelled" || word === "blocked" ? word : "pending";
}

function parsedTask(
  { source }: Reading,
  { id, path, home, fields }: ReadTask,
  known: ReadonlySet<string>,
): ParsedTask {
  const spec = specOf(fields, home);
  const places = fields.depends_on.map(
    (each, index) => [each, placeAt(source, [...path, "depends_on", index])] as const,
  );
  return {
    id,
    spec,
    status: statusFor(fields.status),
    statusWord: fields.status ?? null,
    ...placeAt(source, path),
    missing: spec.dependsOn.filter((each) => !known.has(each)),
    dependencyPlaces: new Map(places),
  };
}

const titled = (part: { id: string; title?: string | undefined; description: string }) => ({
  id: part.id,
  title: part.title ?? part.id,
  description: part.description,
});

const epicOf = (epic: RoadmapFile["epics"][number]): ParsedEpic => ({
  ...titled(epic),
  milestones: epic.milestones.map(titled),
});
