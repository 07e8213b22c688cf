/**
 * The roadmap file as a schema: its fields, what they may hold and what they default to. Ids that
 * occur twice, cycles and unknown dependencies are left to the reader of whole files.
 */
import { z } from "zod";
import { isOurs, OURS_MESSAGE } from "./task-ids.ts";

/** The status words of a task; those of held tasks are read as pending. */
export const STATUS_WORDS = [
  "pending",
  "in_progress",
  "needs_review",
  "needs_improvement",
  "blocked",
  "done",
  "cancelled",
] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

/** An id is a part of git branches and of paths, hence the forms that git and paths refuse. */
export const ID_PATTERN = /^(?!.*\.\.)(?!.*(?:\.|\.lock)$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NOT_BLANK = /\S/;

const id = z.string().regex(ID_PATTERN).meta({ description: "Unique; part of a git branch" });
const taskId = id.refine((text) => !isOurs(text), { error: OURS_MESSAGE });
const line = z.string().regex(NOT_BLANK);
const ids = z.array(z.string().regex(NOT_BLANK)).default([]);

const taskShape = z.strictObject({
  id: taskId,
  title: line,
  description: z.string().default(""),
  type: line.default("task").meta({ description: "A free word: feature, bug, review, ..." }),
  priority: z.enum(["high", "medium", "low"]).default("medium"),
  value: z
    .number()
    .min(0)
    .max(10)
    .optional()
    .meta({ description: "Business value; by default 10, 5 or 1 from the priority" }),
  time_criticality: z.number().min(0).max(10).default(0),
  complexity: z.number().min(1).max(10).default(5),
  depends_on: ids.meta({ description: "Tasks that must be done first" }),
  related: ids.meta({ description: "For people; never holds the task back" }),
  suggested: ids.meta({ description: "For people; never holds the task back" }),
  acceptance: z.array(line).default([]).meta({ description: "What must be true at the end" }),
  status: z
    .enum(STATUS_WORDS)
    .optional()
    .meta({ description: "Read only where the task is new; a held task comes in as pending" }),
});
const task = taskShape.meta({ id: "roadmapTask" });

const milestone = z.strictObject({
  id,
  title: line.optional(),
  description: z.string().default(""),
  tasks: z.array(task).default([]),
});

const epic = z.strictObject({
  id,
  title: line.optional(),
  description: z.string().default(""),
  milestones: z.array(milestone).default([]),
  tasks: z.array(task).default([]),
});

/** The whole file. */
export const roadmapFile = z.strictObject({
  version: z.literal(1).default(1),
  constraints: z.array(line).default([]).meta({ description: "Text that is in every brief" }),
  epics: z.array(epic).default([]),
  tasks: z.array(task).default([]),
});

export type RoadmapFile = z.output<typeof roadmapFile>;
export type FileTask = z.output<typeof taskShape>;

/** What a task is that says nothing but its id and title. */
export const BARE_TASK: FileTask = taskShape.parse({ id: "bare", title: "bare" });

/** The names of the fields where a path leads: of the file, an epic, a milestone or a task. */
export function fieldNamesAt(path: readonly PropertyKey[]): readonly string[] {
  const shapes: Readonly<Record<string, object>> = {
    epics: epic.shape,
    milestones: milestone.shape,
    tasks: taskShape.shape,
  };
  const list = path.findLast((step) => typeof step === "string");
  return Object.keys((list === undefined ? undefined : shapes[list]) ?? roadmapFile.shape);
}

/** The schema as JSON Schema, for editors. */
export function roadmapJsonSchema(): object {
  return z.toJSONSchema(roadmapFile, { io: "input" });
}
