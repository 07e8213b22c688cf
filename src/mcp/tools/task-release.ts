/** `task_release`: gives a task back, for anybody to take. */
import { z } from "zod";
import { visitOnly } from "../guards.ts";
import { defineTool, WRITES } from "../tool.ts";
import { holdOf } from "../visiting.ts";
import { agentId, id, key, note, outcome } from "../words.ts";
import { recorded, sendOnce } from "../writing.ts";
import { taskOutcome } from "./task-outcome.ts";

export const taskRelease = defineTool({
  name: "task_release",
  toolset: "work",
  title: "Give a task back",
  description: "Gives your task back so that another agent can take it; no failed attempt.",
  input: z.strictObject({
    task_id: id,
    agent_id: agentId,
    reason: note.optional(),
    idempotency_key: key,
  }),
  output: outcome,
  annotations: WRITES,
  run: async ({ task_id, agent_id, reason = "it was given back" }, call) => {
    if ((await recorded(call)) === null) {
      const hold = holdOf(call, task_id, agent_id);
      visitOnly(hold, "release");
      await sendOnce(call, hold.actor, { type: "release", runId: hold.runId, reason });
    }
    return taskOutcome(call.app, task_id);
  },
});
