/** Refusals of tools: each says where, what was found, what was expected and what to do next. */
import { FaultError } from "../fault.ts";
import type { Refusal } from "../host/answer.ts";

export const unknownTask = (id: string): FaultError =>
  new FaultError({
    code: "task.unknown",
    kind: "notFound",
    where: `task ${id}`,
    found: "no such task",
    expected: "a task that exists",
    next: "task_list shows the tasks that exist",
  });

/** What the chart does not accept, with what it does accept. */
export const notAccepted = (answer: Refusal): FaultError =>
  new FaultError({
    code: `host.${answer.code}`,
    kind: "notAccepted",
    where: answer.actor,
    found: answer.refusal,
    expected: answer.accepts.length > 0 ? `one of ${answer.accepts.join(", ")}` : "another state",
    next: answer.hint,
    cause: answer,
  });

export const keyReused = (actor: string): FaultError =>
  new FaultError({
    code: "mcp.key-reused",
    kind: "invalid",
    where: actor,
    found: "the key of an earlier call that had other arguments",
    expected: "a new key for a new call, or the same arguments for the same key",
    next: "send it again with another idempotency_key, or none",
  });

export const foreignTask = (taskId: string, own: string): FaultError =>
  new FaultError({
    code: "mcp.foreign-task",
    kind: "notAccepted",
    where: `task ${taskId}`,
    found: "a task that is not yours",
    expected: own,
    next: "work on your own task; plan_next shows what you hold",
  });

export const foreignAgent = (named: string | undefined, own: string | null): FaultError =>
  new FaultError({
    code: "mcp.agent",
    kind: "invalid",
    where: "agent_id",
    found: named ?? "nobody",
    expected: own ?? "the name that you go by",
    next: own === null ? "say agent_id in every call" : "leave agent_id out",
  });
