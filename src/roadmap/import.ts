/**
 * What importing a roadmap has to do to the tasks that exist: which to create and which to
 * revise. Pure; carrying it out is left to the caller.
 *
 * I1 No task is moved: a status of the file counts only where the task is new.
 * I2 An import that is repeated creates and revises nothing.
 * I3 What is created comes dependencies first, and depends only on tasks that exist by then.
 */
import type { TaskInput, TaskSpec } from "../../machines/protocol.ts";
import { topologicalOrder } from "../planning/graph.ts";
import { cyclesIn } from "./cycles.ts";
import { isSameSpec } from "./fields.ts";
import { reportOf } from "./import-report.ts";
import type { ImportReport } from "./import-report.ts";
import { isSettled, pairWith } from "./pairing.ts";
import type { ExistingTasks, Pairing } from "./pairing.ts";
import type { ParsedRoadmap } from "./parse.ts";
import { problemAt, RoadmapFault } from "./problems.ts";
import type { RoadmapProblem } from "./problems.ts";
import { caseClash, foldedId } from "./task-ids.ts";

/** Unknown dependencies that a message names: in effect the whole list. */
const UNKNOWN_NAMED_MAX = 1_000;

export interface ImportOptions {
  /** Take tasks with dependencies that nobody knows, as blocked. */
  readonly allowMissing: boolean;
}

interface Revision {
  readonly id: string;
  readonly spec: TaskSpec;
}

export interface ImportPlan {
  /** Dependencies first. */
  readonly create: readonly TaskInput[];
  /** For delivery after `create`: a revision may depend on a new task. */
  readonly revise: readonly Revision[];
  readonly report: ImportReport;
}

/**
 * Compares a roadmap with the tasks that exist. Throws a `RoadmapFault` for dependencies that
 * nobody knows, unless they are allowed, for ids that only differ from those of other tasks in
 * upper and lower case, and for a cycle that file and database close together.
 */
export function planImport(
  parsed: ParsedRoadmap,
  existing: ExistingTasks,
  { allowMissing }: ImportOptions,
): ImportPlan {
  const pairings = parsed.tasks.map((task) => pairWith(existing, task));
  const twins = twinsOf(parsed.path, pairings, existing);
  if (twins.length > 0) throw new RoadmapFault(parsed.path, twins);
  const unknown = pairings.flatMap((each) => unknownDependencies(parsed.path, each));
  if (unknown.length > 0 && !allowMissing) {
    throw new RoadmapFault(parsed.path, unknown, UNKNOWN_NAMED_MAX);
  }
  const cycles = cyclesThrough(parsed, pairings, existing);
  if (cycles.length > 0) throw new RoadmapFault(parsed.path, cycles);
  const create = inputsOf(parsed, pairings);
  const revise = pairings.flatMap(revisionOf);
  return { create, revise, report: reportOf({ parsed, existing, pairings, create, revise }) };
}

/** New tasks whose id only differs in upper and lower case from one that the database has. */
function twinsOf(path: string, pairings: readonly Pairing[], all: ExistingTasks) {
  const known = new Map([...all.keys()].map((id) => [foldedId(id), id]));
  return pairings.flatMap(({ task, existing }) => {
    const other = existing === null ? known.get(foldedId(task.id)) : undefined;
    const clash = other === undefined ? [] : [caseClash(task.id, `${other} in the database`)];
    return clash.map((complaint) => problemAt(path, task, complaint));
  });
}

function unknownDependencies(path: string, { task, missing }: Pairing): readonly RoadmapProblem[] {
  return missing.map((id) => {
    return problemAt(path, task.dependencyPlaces.get(id) ?? task, {
      code: "roadmap.unknownDependency",
      found: `the unknown dependency ${id} of ${task.id}`,
      expected: "dependencies on tasks of this file, or on tasks that were imported before",
      next: "correct or add these tasks, or import with --allow-missing to take them as blocked",
    });
  });
}

function cyclesThrough(parsed: ParsedRoadmap, pairings: readonly Pairing[], all: ExistingTasks) {
  const edges = new Map([...all].map(([id, { spec }]) => [id, spec.dependsOn]));
  for (const { task, spec } of pairings) edges.set(task.id, spec.dependsOn);
  const places = new Map(parsed.tasks.map((task) => [task.id, task]));
  return cyclesIn({ path: parsed.path, edges, places });
}

function inputsOf({ path }: ParsedRoadmap, pairings: readonly Pairing[]): readonly TaskInput[] {
  const created = pairings.filter(({ existing }) => existing === null);
  const inputs = new Map(created.map((pairing) => [pairing.task.id, inputOf(path, pairing)]));
  const edges = new Map([...inputs].map(([id, { spec }]) => [id, spec.dependsOn]));
  return topologicalOrder(edges).flatMap((id) => inputs.get(id) ?? []);
}

function inputOf(path: string, { task: { id, status }, missing, spec }: Pairing): TaskInput {
  if (missing.length > 0 && !isSettled(status)) {
    return { id, spec, status: "blocked", reason: `unknown dependency ${missing.join(", ")}` };
  }
  const reason = status === "blocked" || status === "cancelled" ? `${status} in ${path}` : null;
  return { id, spec, status, reason };
}

function revisionOf({ task, existing, spec }: Pairing): readonly Revision[] {
  if (existing === null || isSameSpec(existing.spec, spec)) return [];
  return [{ id: task.id, spec }];
}
