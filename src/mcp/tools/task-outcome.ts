/** What a tool that has changed a task answers: where the task stands now. */
import { actorId } from "../../../machines/protocol.ts";
import type { McpHost } from "../tool.ts";
import { standingOf } from "../writing.ts";

export async function taskOutcome(app: McpHost, taskId: string) {
  const row = app.store.views.task(taskId);
  const standing = await standingOf(app, actorId.task(taskId));
  const { status = "pending" as const, reason = null } = row ?? {};
  return { task_id: taskId, status, ...standing, reason };
}
