/**
 * Who is speaking, and what is in their hands: a visitor that took a task by itself, or an agent of
 * ours whose run is about one task. A worker touches no task but its own.
 */
import { actorId } from "../../machines/protocol.ts";
import type { Role, SessionScope, ToolCall } from "./tool.ts";
import { foreignAgent, foreignTask, unknownTask } from "./refusals.ts";

/** The name that the caller goes by: the session's, where that is fixed. */
export function agentOf({ scope }: ToolCall, named?: string): string {
  const agentId = scope.agentId ?? named;
  if (agentId === undefined || (named !== undefined && named !== agentId))
    throw foreignAgent(named, scope.agentId);
  return agentId;
}

/** A run of ours is about one task, and no other may be claimed in it. */
export function refuseForeign({ app, scope }: ToolCall, taskId: string): void {
  if (app.store.views.task(taskId) === null) throw unknownTask(taskId);
  if (scope.taskId !== null && scope.taskId !== taskId) throw foreignTask(taskId, scope.taskId);
}

export type Hold =
  | { readonly kind: "visit"; readonly actor: string; readonly runId: string }
  /** A run that we have started ourselves: its program ends it. */
  | { readonly kind: "run"; readonly actor: string; readonly runId: string };

/** What the caller holds of a task; anybody else's is refused. */
export function holdOf(call: ToolCall, taskId: string, named?: string): Hold {
  refuseForeign(call, taskId);
  const { views } = call.app.store;
  const row = views.task(taskId);
  const agentId = agentOf(call, named);
  const runId = row?.run_id ?? "";
  const visitor = actorId.visitor(agentId);
  if (row?.assigned_to === visitor) return { kind: "visit", actor: visitor, runId };
  if (row?.assigned_to === agentId && mayBeOurs(call.scope.role, call.scope.agentId)) {
    return { kind: "run", actor: actorId.agent(agentId), runId };
  }
  throw foreignTask(taskId, `a task that ${agentId} has claimed; task_claim claims one`);
}

/** Only a session that was opened for an agent of ours speaks for it; people may. */
const mayBeOurs = (role: Role, agentId: string | null): boolean =>
  agentId !== null || role === "operator";

/**
 * Whose keys they are. A run of ours is one session: what its agent said in an earlier one is no
 * repetition.
 */
export function keyPrefix({ agentId, role, taskId, sessionId }: SessionScope): string {
  const caller = agentId ?? role;
  return taskId === null ? `mcp:${caller}:` : `mcp:${caller}:${taskId}:${sessionId}:`;
}
