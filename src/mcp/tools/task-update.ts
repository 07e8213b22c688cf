/** `task_update`: a sign of progress, a task that cannot go on, or one that may again. */
import { z } from "zod";
import type { PlainEvent } from "../../../machines/chart.ts";
import { actorId } from "../../../machines/protocol.ts";
import { refuseRevision, refuseWorker, visitOnly } from "../guards.ts";
import { defineTool, WRITES } from "../tool.ts";
import { holdOf, refuseForeign } from "../visiting.ts";
import type { Hold } from "../visiting.ts";
import { agentId, id, key, note, outcome, revision } from "../words.ts";
import { recorded, sendOnce } from "../writing.ts";
import { taskOutcome } from "./task-outcome.ts";

export const taskUpdate = defineTool({
  name: "task_update",
  toolset: "work",
  title: "Report on a task",
  description: "progress renews your lease; block hands the task to a person; unblock retries it.",
  input: z.strictObject({
    task_id: id,
    event: z.enum(["progress", "block", "unblock"]),
    agent_id: agentId,
    note: note.optional(),
    expected_rev: revision,
    idempotency_key: key,
  }),
  output: outcome,
  annotations: WRITES,
  isLoop: true,
  run: async ({ task_id, event, agent_id, note: text, expected_rev }, call) => {
    refuseForeign(call, task_id);
    if (event === "unblock") refuseWorker(call, task_id);
    const actor = actorId.task(task_id);
    if ((await recorded(call)) === null) {
      await refuseRevision(call, actor, expected_rev);
      if (event === "unblock") await sendOnce(call, actor, { type: "unblock" });
      else {
        const hold = holdOf(call, task_id, agent_id);
        await sendOnce(call, hold.actor, eventFor(hold, event, text ?? null));
      }
    }
    return taskOutcome(call.app, task_id);
  },
});

function eventFor(hold: Hold, event: "progress" | "block", text: string | null): PlainEvent {
  const { runId } = hold;
  if (hold.kind === "run" && event === "progress") return { type: "beat", runId };
  visitOnly(hold, "block");
  return event === "progress"
    ? { type: "progress", runId, note: text }
    : { type: "block", runId, reason: text ?? "it cannot go on" };
}
