/**
 * How tools have errands done in the caller's worktree: once for each key, by an actor of its own,
 * and answered from its record when the call comes again.
 */
import { createHash } from "node:crypto";
import type { ErrandContext } from "../../machines/errand.ts";
import { actorId } from "../../machines/protocol.ts";
import type { Errand, ErrandInput } from "../../machines/visits.ts";
import type { Sandbox } from "../app/sandbox.ts";
import { systemClock } from "../clock.ts";
import { FaultError } from "../fault.ts";
import { openRoot, worktreePath } from "../git/linked-worktree.ts";
import type { SnapshotRecord } from "../host/record.ts";
import { visitOnly } from "./guards.ts";
import { foreignTask } from "./refusals.ts";
import type { ToolCall } from "./tool.ts";
import { agentOf, holdOf, keyPrefix } from "./visiting.ts";
import type { Hold } from "./visiting.ts";
import { awaitLeaving, recorded, standingOf, startOnce } from "./writing.ts";

/** Clients give up after a minute; an errand that takes longer is asked for again by its key. */
const ANSWER_LIMIT_MS = 45_000;
const ID_DIGITS = 32;

export interface Asked {
  readonly task_id: string;
  readonly agent_id?: string | undefined;
}

/** What became of an errand so far, with the key that asks again. */
export async function errand(call: ToolCall, asked: Asked, what: () => Errand) {
  const keyed = { ...call, key: call.key ?? keyPrefix(call.scope) + systemClock.newId() };
  const id = createHash("sha256").update(keyed.key).digest("hex").slice(0, ID_DIGITS);
  const actor = actorId.errand(id);
  if ((await recorded(keyed)) === null) {
    const { task_id: taskId, agent_id } = asked;
    refuseUnnamed(call);
    const hold = holdOf(call, taskId, agent_id);
    visitOnly(hold, "an errand");
    await renew(call, hold);
    const visitor = agentOf(call, agent_id);
    const input = { id, visitor, taskId, runId: hold.runId, what: what() } satisfies ErrandInput;
    await startOnce(keyed, actor, input);
  }
  await awaitLeaving(call, actor, { states: ["doing"], limitMs: ANSWER_LIMIT_MS });
  if (isHeld(call, asked)) await renew(call, holdOf(call, asked.task_id, asked.agent_id));
  const stored = await call.app.store.read(actor);
  const { context } = JSON.parse(stored?.snapshot ?? "{}") as SnapshotRecord;
  const { result, fault } = context as ErrandContext;
  if (fault !== null) throw Object.assign(new Error(fault.message), { code: fault.code });
  const again = keyed.key.slice(keyPrefix(call.scope).length);
  return { result, again, standing: await standingOf(call.app, actor) };
}

/** The worktree of the caller's run, for tools that only read. */
export async function worktreeOf(call: ToolCall, { task_id: taskId, agent_id }: Asked) {
  refuseUnnamed(call);
  const { runId, kind } = holdOf(call, taskId, agent_id);
  const name = agentOf(call, agent_id);
  if (kind === "run") return worktreePath(openRoot(call.app.config.worktree_root), name);
  return sandboxOf(call).worktreeOf({ visitor: name, taskId, runId });
}

/** Who works here lives: an errand is a sign of it, at its beginning and at its end. */
async function renew({ app, cause }: ToolCall, { actor, runId }: Hold): Promise<void> {
  const name = actor.slice(actorId.visitor("").length);
  const note = app.store.views.visitors().find((row) => row.name === name)?.note ?? null;
  // Refused where it is not at work any more: then there is no lease to renew.
  await app.host.send(actor, { type: "progress", runId, note }, { cause });
}

const isHeld = ({ app, ...call }: ToolCall, { task_id: taskId, agent_id }: Asked): boolean =>
  app.store.views.task(taskId)?.assigned_to ===
  actorId.visitor(agentOf({ app, ...call }, agent_id));

/** A worker that may call itself by any name would have the hands of all the others. */
function refuseUnnamed({ scope }: ToolCall): void {
  if (scope.agentId !== null || scope.role !== "worker") return;
  throw new FaultError({
    code: "sandbox.unnamed",
    kind: "notAccepted",
    where: "the sandbox",
    found: "a worker's session without a name of its own",
    expected: "a session that was opened for one agent",
    next: "start it with wvo mcp --sandbox --agent NAME, or with another role",
  });
}

export function sandboxOf({ app: { sandbox } }: ToolCall): Sandbox {
  if (sandbox !== undefined) return sandbox;
  throw new Error("a sandbox session where there is no sandbox");
}

/** The task in the caller's hands. */
export function ownTask(call: ToolCall, agent_id?: string): string {
  const { scope, app } = call;
  const name = agentOf(call, agent_id);
  const { views } = app.store;
  const visit = views.visitors().find((each) => each.name === name)?.task_id;
  const run = views.agents().find((each) => each.agent_id === name)?.current_task_id;
  const taskId = scope.taskId ?? visit ?? run ?? null;
  if (taskId !== null) return taskId;
  throw foreignTask("of the file", `a task that ${name} has claimed; task_claim claims one`);
}

export const underWay = (tool: string, again: string): FaultError =>
  new FaultError({
    code: "errand.under-way",
    where: tool,
    found: "an errand that waits for its turn or is still under way",
    expected: "its end",
    next: `call ${tool} again with the same arguments and idempotency_key ${again}`,
    retriable: true,
  });
