/** `task_claim`: takes one task for an agent that comes by itself, under a lease. */
import { z } from "zod";
import { actorId, nextRunId } from "../../../machines/protocol.ts";
import type { VisitorContext } from "../../../machines/visitor-setup.ts";
import { FaultError } from "../../fault.ts";
import type { SnapshotRecord } from "../../host/record.ts";
import { defineTool, WRITES } from "../tool.ts";
import type { ToolCall } from "../tool.ts";
import { agentOf, refuseForeign } from "../visiting.ts";
import { agentId, id, key, leaseSeconds, timeOrNull } from "../words.ts";
import { awaitLeaving, recorded, sendOnce, standingOf } from "../writing.ts";
import { describeTask } from "./task-get.ts";

/** The task answers in the same commit, or in the next one where very much happens at once. */
const ANSWER_LIMIT_MS = 10_000;

export const claim = z.object({
  task_id: id,
  run_id: id,
  state: z.string(),
  rev: z.number(),
  next_events: z.array(z.string()),
  lease_until: z.string().nullable(),
  start_from: z.string(),
  commit: z.string().nullable(),
  title: z.string(),
  description: z.string(),
  acceptance: z.array(z.string()).readonly(),
  found_wrong: z.array(z.object({ source: z.string(), text: z.string() })),
});

export const taskClaim = defineTool({
  name: "task_claim",
  toolset: "work",
  title: "Take a task",
  description: "Takes a ready task for you until lease_until; task_update progress renews it.",
  input: z.strictObject({
    task_id: id,
    agent_id: agentId,
    lease_s: leaseSeconds,
    idempotency_key: key,
  }),
  output: claim,
  annotations: WRITES,
  isLoop: true,
  run: async ({ task_id, agent_id, lease_s }, call) => {
    refuseForeign(call, task_id);
    const { views } = call.app.store;
    const name = agentOf(call, agent_id);
    const holder = (): string | null => views.task(task_id)?.assigned_to ?? null;
    if (call.scope.agentId !== null && holder() === name)
      return describeClaim(call, task_id, actorId.agent(name));
    const actor = actorId.visitor(name);
    const isDone = (await recorded(call)) !== null || holder() === actor;
    if (!isDone) await take(call, task_id, { name, leaseMs: lease_s * 1_000 });
    if (holder() !== actor) throw await notTaken(call, task_id);
    return describeClaim(call, task_id, actor);
  },
});

/** The visitor asks the task, whose answer comes in the same commit or soon after it. */
async function take(
  call: ToolCall,
  taskId: string,
  { name, leaseMs }: { readonly name: string; readonly leaseMs: number },
): Promise<void> {
  const { host, store } = call.app;
  const actor = actorId.visitor(name);
  const runId = nextRunId(taskId, store.views.task(taskId)?.runs ?? 0);
  // Both go into one commit, in this order: a caller at rest waits for the disk once less.
  await Promise.all([
    host.start(actor, { id: name }, { cause: call.cause }),
    sendOnce(call, actor, { type: "take", taskId, runId, leaseMs }),
  ]);
  await awaitLeaving(call, actor, { states: ["asking"], limitMs: ANSWER_LIMIT_MS });
}

async function describeClaim(call: ToolCall, taskId: string, actor: string) {
  const { app } = call;
  const task = await describeTask(app, taskId);
  const stored = await app.store.read(actor);
  const { work, leaseUntilMs } = (JSON.parse(stored?.snapshot ?? "{}") as SnapshotRecord)
    .context as VisitorContext;
  return {
    task_id: taskId,
    run_id: work?.runId ?? "",
    ...(await standingOf(app, actor)),
    lease_until: timeOrNull(leaseUntilMs),
    start_from: work?.startFrom ?? "target",
    commit: work?.commit ?? null,
    title: task.title,
    description: task.description,
    acceptance: task.acceptance,
    found_wrong: task.found_wrong,
  };
}

async function notTaken({ app }: ToolCall, taskId: string): Promise<FaultError> {
  const { status, state, assignee, waits_for, next_events } = await describeTask(app, taskId);
  const held = assignee === null ? "" : `, held by ${assignee}`;
  const waits = waits_for.length === 0 ? "" : `, waiting for ${waits_for.join(", ")}`;
  const answer = { state, accepts: next_events };
  return new FaultError({
    code: "task.not-ready",
    kind: "notAccepted",
    where: `task ${taskId}`,
    found: `it is ${status} (${state}${held}${waits})`,
    expected: "a task that is ready",
    next: "plan_next shows the tasks that are ready",
    cause: answer,
  });
}
