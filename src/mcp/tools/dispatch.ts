/** `dispatch`: asks that tasks come next, and where it is said, where they go. */
import { z } from "zod";
import { WISHES_MAX } from "../../../machines/coordinator.ts";
import { actorId } from "../../../machines/protocol.ts";
import type { Wish } from "../../../machines/wishes.ts";
import { planViewOf, wishesIn } from "../../app/dispatch.ts";
import { systemClock } from "../../clock.ts";
import { FaultError } from "../../fault.ts";
import { whyNot } from "../../planning/plan.ts";
import { unknownTask } from "../refusals.ts";
import { defineTool, STARTS } from "../tool.ts";
import type { McpHost, ToolCall } from "../tool.ts";
import { id, key, waitSeconds } from "../words.ts";
import { awaitSoon, recorded, sendOnce, standingOf } from "../writing.ts";
import { tellConvoy } from "./convoy-list.ts";

const input = z.strictObject({
  task_id: id.optional(),
  convoy_id: id.optional(),
  provider: id.optional(),
  tier: z.enum(["low", "medium", "high"]).optional(),
  wait_s: waitSeconds,
  idempotency_key: key,
});
type Given = z.output<typeof input>;

const dispatched = z.object({
  task_id: z.string(),
  run_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  provider: z.string().nullable(),
  /** Why it has no run yet. */
  reason: z.string().nullable(),
});

export const dispatch = defineTool({
  name: "dispatch",
  toolset: "plan",
  title: "Run tasks next",
  description: "A ready task, or all of a convoy, comes next; provider and tier say where.",
  input,
  output: z.object({
    tasks: z.array(dispatched),
    state: z.string(),
    rev: z.number(),
    next_events: z.array(z.string()),
  }),
  annotations: STARTS,
  run: async (given, call) => {
    const { app } = call;
    const isRepeated = (await recorded(call)) !== null;
    const taskIds = await tasksOf(given, app, isRepeated);
    if (!isRepeated) await ask(taskIds, given, call);
    const isOn = (taskId: string): boolean => app.store.views.task(taskId)?.run_id != null;
    await awaitSoon(call, () => taskIds.every(isOn), given.wait_s * 1_000);
    const tasks = taskIds.map((each) => tell(app, each));
    return { tasks, ...(await standingOf(app, actorId.coordinator)) };
  },
});

/** The one task that was named, or those of the convoy that are ready. */
async function tasksOf(
  { task_id, convoy_id }: Given,
  { store }: McpHost,
  isRepeated: boolean,
): Promise<readonly string[]> {
  if ((task_id === undefined) === (convoy_id === undefined)) throw needsOne(task_id);
  if (task_id !== undefined) return [task_id];
  const { tasks } = await tellConvoy(store, convoy_id ?? "");
  // What was asked for has begun since: a repetition tells how all of them are.
  const wanted = tasks.filter((each) => isRepeated || isReady(store, each));
  if (!isRepeated && wanted.length > WISHES_MAX) throw tooMany(wanted.length);
  return wanted;
}

const isReady = ({ views }: McpHost["store"], taskId: string): boolean =>
  (views.task(taskId)?.lane ?? null) !== null;

const isSettled = ({ views }: McpHost["store"], taskId: string): boolean =>
  ["done", "cancelled"].includes(views.task(taskId)?.status ?? "cancelled");

async function ask(taskIds: readonly string[], given: Given, call: ToolCall): Promise<void> {
  const { store, config } = call.app;
  const { provider = null, tier = null } = given;
  if (provider !== null && !Object.hasOwn(config.providers, provider))
    throw unknownProvider(provider, Object.keys(config.providers));
  const [first] = taskIds;
  if (first === undefined) throw nothingReady(`convoy ${given.convoy_id ?? ""}`, "no ready task");
  const row = store.views.task(first);
  if (row === null) throw unknownTask(first);
  if (!isReady(store, first)) throw nothingReady(`task ${first}`, `it is ${row.substate}`);
  const wishes = taskIds.map((taskId): Wish => ({ taskId, provider, tier }));
  const old = wishesIn(store.views).map(({ taskId }) => taskId);
  // A wish that can come true no more makes room.
  const settled = old.filter((each) => isSettled(store, each));
  await sendOnce(call, actorId.coordinator, { type: "dispatch", wishes, settled });
}

function tell({ store, config }: McpHost, taskId: string): z.output<typeof dispatched> {
  const { views } = store;
  const row = views.task(taskId);
  const { run_id = null, assigned_to: agent_id = null, provider = null } = row ?? {};
  const waits = () => whyNot(planViewOf(views, config, systemClock.now()), taskId);
  const why = isReady(store, taskId) ? waits() : `it is ${row?.substate ?? "gone"}`;
  return { task_id: taskId, run_id, agent_id, provider, reason: run_id === null ? why : null };
}

const needsOne = (taskId?: string): FaultError =>
  new FaultError({
    code: "dispatch.target",
    kind: "invalid",
    where: "dispatch",
    found: taskId === undefined ? "neither task_id nor convoy_id" : "task_id and convoy_id",
    expected: "one of them",
    next: "name a task or a convoy",
  });

const tooMany = (count: number): FaultError =>
  new FaultError({
    code: "dispatch.too-many",
    kind: "notAccepted",
    where: "convoy_id",
    found: `${count} ready tasks`,
    expected: `at most ${WISHES_MAX} that are asked for at once`,
    next: "name them one by one as task_id, the most urgent last",
  });

const nothingReady = (where: string, found: string): FaultError =>
  new FaultError({
    code: "dispatch.not-ready",
    kind: "notAccepted",
    where,
    found,
    expected: "a task that is ready, or sent back for rework",
    next: "plan_next shows what is ready; task_get says what holds a task",
  });

const unknownProvider = (name: string, known: readonly string[]): FaultError =>
  new FaultError({
    code: "dispatch.provider",
    kind: "invalid",
    where: "provider",
    found: name,
    expected: `one of ${known.join(", ")}`,
    next: "auth_status shows the providers, or leave provider out",
  });
