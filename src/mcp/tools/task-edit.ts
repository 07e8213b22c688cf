/** `task_edit`: changes what a task says or waits for, or cancels it. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import type { TaskSpec } from "../../../machines/protocol.ts";
import type { TaskContext } from "../../../machines/task-setup.ts";
import { existingTasks } from "../../app/roadmap-import.ts";
import { FaultError } from "../../fault.ts";
import { inTurn } from "../../git/turns.ts";
import type { SnapshotRecord } from "../../host/record.ts";
import { findCycle } from "../../planning/graph.ts";
import { refuseRevision } from "../guards.ts";
import { unknownTask } from "../refusals.ts";
import { defineTool, DESTROYS } from "../tool.ts";
import type { McpHost } from "../tool.ts";
import { id, key, note, outcome, revision } from "../words.ts";
import { recorded, sendOnce } from "../writing.ts";
import { taskOutcome } from "./task-outcome.ts";

const DEPENDENCIES_MAX = 100;

const change = {
  title: z.string().min(1).max(500).optional(),
  description: z.string().max(20_000).optional(),
  complexity: z.int().min(1).max(10).optional(),
  value: z.int().min(0).max(10).optional(),
  add_dependencies: z.array(id).max(DEPENDENCIES_MAX).optional(),
  remove_dependencies: z.array(id).max(DEPENDENCIES_MAX).optional(),
};
type Change = z.output<z.ZodObject<typeof change>>;

export const taskEdit = defineTool({
  name: "task_edit",
  toolset: "plan",
  title: "Change a task",
  description: "Changes a task; with cancel, the reason why nobody wants it, it is cancelled.",
  input: z.strictObject({
    task_id: id,
    ...change,
    cancel: note.optional(),
    expected_rev: revision,
    idempotency_key: key,
  }),
  output: outcome,
  annotations: DESTROYS,
  run: async ({ task_id, cancel, expected_rev, ...changes }, call) => {
    const actor = actorId.task(task_id);
    // What is written is the whole text: nobody else's change may come between reading and writing.
    await inTurn(`task_edit ${task_id}`, async () => {
      if ((await recorded(call)) !== null) return;
      const spec = await revisedSpec(call.app, task_id, changes);
      await refuseRevision(call, actor, expected_rev);
      const event =
        cancel === undefined ? { type: "revise", spec } : { type: "cancel", reason: cancel };
      await sendOnce(call, actor, event);
    });
    return taskOutcome(call.app, task_id);
  },
});

async function revisedSpec({ store }: McpHost, taskId: string, changes: Change): Promise<TaskSpec> {
  const stored = await store.read(actorId.task(taskId));
  if (stored === null) throw unknownTask(taskId);
  const { spec } = (JSON.parse(stored.snapshot) as SnapshotRecord).context as TaskContext;
  const { add_dependencies: added = [], remove_dependencies: removed = [], ...rest } = changes;
  const kept = spec.dependsOn.filter((each) => !removed.includes(each));
  const dependsOn = [...new Set([...kept, ...added])];
  if (added.length > 0) await refuseKnot(store, taskId, dependsOn);
  const said = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { ...spec, ...Object.fromEntries(said), dependsOn };
}

/** What it waits for must exist, and must not wait for it. */
async function refuseKnot(
  store: McpHost["store"],
  taskId: string,
  dependsOn: readonly string[],
): Promise<void> {
  const tasks = await existingTasks(store);
  const unknown = dependsOn.find((each) => !tasks.has(each));
  if (unknown !== undefined) throw unknownTask(unknown);
  const edges = new Map([...tasks].map(([each, { spec }]) => [each, spec.dependsOn]));
  const cycle = findCycle(edges.set(taskId, dependsOn));
  if (cycle === null) return;
  throw new FaultError({
    code: "task.cycle",
    kind: "invalid",
    where: `add_dependencies of ${taskId}`,
    found: `the cycle ${cycle.join(" -> ")}`,
    expected: "no task that waits for itself",
    next: "leave one of these dependencies out",
  });
}
