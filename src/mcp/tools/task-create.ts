/** `task_create`: more tasks, each an actor of its own; what it names must exist. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import type { TaskInput } from "../../../machines/protocol.ts";
import { existingTasks } from "../../app/roadmap-import.ts";
import { taskSpec } from "../../catalog/doors.ts";
import { FaultError } from "../../fault.ts";
import { inTurn } from "../../git/turns.ts";
import { ID_PATTERN } from "../../roadmap/schema.ts";
import { caseClash, isOurs, OURS_MESSAGE, twinOf } from "../../roadmap/task-ids.ts";
import { defineTool, WRITES } from "../tool.ts";
import type { ToolCall } from "../tool.ts";
import { id, key } from "../words.ts";
import { recorded, startOnce } from "../writing.ts";

const TASKS_MAX = 50;
/** Business value by priority (founding document 0; requirements C-1). */
const VALUE_BY_PRIORITY = { high: 10, medium: 5, low: 1 } as const;

const wanted = z.strictObject({
  id: z.string().regex(ID_PATTERN).optional(),
  title: z.string().min(1).max(500),
  description: z.string().max(20_000).optional(),
  type: z.string().min(1).max(50).optional(),
  priority: z.enum(["high", "medium", "low"]).optional(),
  complexity: z.int().min(1).max(10).optional(),
  value: z.int().min(0).max(10).optional(),
  acceptance: z.array(z.string()).max(100).optional(),
  depends_on: z.array(id).max(100).optional(),
});
type Wanted = z.output<typeof wanted>;

const created = z.object({ task_id: id, state: z.string(), rev: z.number() });

export const taskCreate = defineTool({
  name: "task_create",
  toolset: "plan",
  title: "Add tasks",
  description: "Adds tasks; depends_on names tasks that exist or stand earlier in the list.",
  input: z.strictObject({
    tasks: z.array(wanted).min(1).max(TASKS_MAX),
    idempotency_key: key,
  }),
  output: z.object({ created: z.array(created) }),
  annotations: WRITES,
  // Which ids are free is decided by one call at a time.
  run: ({ tasks }, call) => inTurn("task_create", () => createAll(tasks, call)),
});

/** What was made of the same call before is answered from the record; the rest is made now. */
async function createAll(tasks: readonly Wanted[], call: ToolCall) {
  const known = new Set((await existingTasks(call.app.store)).keys());
  const before = await Promise.all(tasks.map((_, index) => recorded(partOf(call, index))));
  const inputs = inputsOf(
    tasks.filter((_, index) => before[index] === null),
    known,
  ).values();
  const made: z.output<typeof created>[] = [];
  // In their order: a task tells those that it depends on of itself, so that they must be there.
  for (const [index, done] of before.entries()) {
    const input = done === null ? inputs.next().value : undefined;
    const answer =
      input === undefined
        ? done
        : await startOnce(partOf(call, index), actorId.task(input.id), input);
    if (answer === null) continue;
    const { actor, state, version } = answer;
    made.push({ task_id: actor.slice(actorId.task("").length), state, rev: version });
  }
  return { created: made };
}

/** Each task of a call has a key of its own, so that a call that was cut short goes on. */
const partOf = (call: ToolCall, index: number): ToolCall =>
  call.key === null ? call : { ...call, key: `${call.key}/${index}` };

/** All of them are looked at before the first one is made. */
function inputsOf(tasks: readonly Wanted[], known: Set<string>): readonly TaskInput[] {
  return tasks.map((task) => {
    const taskId = task.id ?? freeId(known);
    refuseId(taskId, known);
    const input = inputOf(taskId, task);
    const unknown = input.spec.dependsOn.find((each) => !known.has(each));
    if (unknown !== undefined) throw wrong(`depends_on of ${taskId}`, unknown, "tasks that exist");
    known.add(taskId);
    return input;
  });
}

function freeId(known: ReadonlySet<string>): string {
  let number = known.size + 1;
  while (known.has(`T${number}`) || known.has(`t${number}`)) number += 1;
  return `T${number}`;
}

/** The rules that a roadmap file keeps too. */
function refuseId(taskId: string, known: ReadonlySet<string>): void {
  if (known.has(taskId)) throw wrong("id", `${taskId}, which exists`, "an id that is free");
  if (isOurs(taskId)) throw wrong("id", taskId, OURS_MESSAGE);
  const twin = twinOf(taskId, known);
  if (twin === undefined) return;
  const { found, expected } = caseClash(taskId, twin);
  throw wrong("id", found, expected);
}

function inputOf(taskId: string, task: Wanted): TaskInput {
  const { title, description = "", type = "task", priority = "medium", complexity = 5 } = task;
  const spec = taskSpec.parse({
    title,
    description,
    type,
    priority,
    value: task.value ?? VALUE_BY_PRIORITY[priority],
    timeCriticality: 0,
    complexity,
    epicId: null,
    milestoneId: null,
    acceptance: task.acceptance ?? [],
    dependsOn: task.depends_on ?? [],
    related: [],
    suggested: [],
  });
  return { id: taskId, spec, status: "pending", reason: null };
}

const wrong = (where: string, found: string, expected: string): FaultError =>
  new FaultError({
    code: "task.malformed",
    kind: "invalid",
    where,
    found,
    expected,
    next: "correct it and call again; nothing was created",
  });
