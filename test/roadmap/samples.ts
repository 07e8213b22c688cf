/** Tasks and roadmap files that the tests of this room share. */
import { readFileSync } from "node:fs";
import type { TaskSpec } from "../../machines/protocol.ts";
import type { ExportTask } from "../../src/roadmap/drafts.ts";
import { planImport } from "../../src/roadmap/import.ts";
import type { ExistingTask, ExistingTasks } from "../../src/roadmap/pairing.ts";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import { RoadmapFault } from "../../src/roadmap/problems.ts";
import { renderRoadmap } from "../../src/roadmap/render.ts";
import type { StatusWord } from "../../src/roadmap/schema.ts";
import { difference } from "./line-difference.ts";

export const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/roadmaps/${name}`, import.meta.url), "utf8");

/** A spec as an empty task has it, with some fields of its own. */
export const specWith = (fields: Partial<TaskSpec> = {}): TaskSpec => ({
  title: "A task",
  description: "",
  type: "task",
  priority: "medium",
  value: 5,
  timeCriticality: 0,
  complexity: 5,
  epicId: null,
  milestoneId: null,
  acceptance: [],
  dependsOn: [],
  related: [],
  suggested: [],
  ...fields,
});

/** What the database has after a first import of a text, unknown dependencies allowed. */
export function imported(text: string): readonly ExistingTask[] {
  const { create } = planImport(parseRoadmap(text, "roadmap.yaml"), new Map(), {
    allowMissing: true,
  });
  return create.map(({ id, status, spec }) => ({ id, status, spec }));
}

export const byId = (tasks: readonly ExistingTask[]): ExistingTasks =>
  new Map(tasks.map((task) => [task.id, task]));

/** The fault that an action ends in. */
export function faultOf(action: () => unknown): RoadmapFault {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof RoadmapFault) return thrown;
    throw thrown;
  }
  throw new Error("nothing was refused");
}

/** What became of tasks since their import, by id. */
export type Changes = Readonly<
  Record<string, Partial<TaskSpec> & { readonly status?: StatusWord }>
>;

/** The tasks of a text, some of them changed since. */
function tasksOf(text: string, changes: Changes = {}): readonly ExportTask[] {
  return imported(text).map((task) => {
    const { status = task.status, ...fields } = changes[task.id] ?? {};
    return { id: task.id, status, spec: { ...task.spec, ...fields } };
  });
}

/** A text as an export writes it, after changes and with more tasks. */
export const exported = (text: string, changes: Changes = {}, added: readonly ExportTask[] = []) =>
  renderRoadmap(text, [...tasksOf(text, changes), ...added]);

/** The lines that an export changes. */
export const changed = (text: string, changes: Changes, added: readonly ExportTask[] = []) =>
  difference(text, exported(text, changes, added));

/** An import: tasks given as the inside of one flow mapping each, the first one in line 2. */
export interface World {
  readonly tasks: readonly string[];
  readonly has?: readonly ExistingTask[];
  readonly allowMissing?: boolean;
}

export function plan({ tasks, has = [], allowMissing = false }: World) {
  const text = `tasks:\n${tasks.map((each) => `  - {${each}}\n`).join("")}`;
  return planImport(parseRoadmap(text, "r.yaml"), byId(has), { allowMissing });
}

export const existing = (id: string, status: StatusWord, spec = specWith()): ExistingTask => ({
  id,
  status,
  spec,
});
