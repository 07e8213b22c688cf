/** `task_complete`: names the commit that holds the work; the gate and the merge decide about it. */
import { z } from "zod";
import { actorId, nextRunId } from "../../../machines/protocol.ts";
import type { VisitorContext } from "../../../machines/visitor-setup.ts";
import { FaultError } from "../../fault.ts";
import type { SnapshotRecord } from "../../host/record.ts";
import { refuseRevision, visitOnly } from "../guards.ts";
import { defineTool, WRITES } from "../tool.ts";
import type { ToolCall } from "../tool.ts";
import { agentOf, holdOf } from "../visiting.ts";
import { agentId, id, key, note, outcome, revision, waitSeconds } from "../words.ts";
import { awaitLeaving, recorded, sendOnce } from "../writing.ts";
import { taskOutcome } from "./task-outcome.ts";

export const taskComplete = defineTool({
  name: "task_complete",
  toolset: "work",
  title: "Hand in a task",
  description: "Hands in your committed work by commit or branch; checks and the merge follow.",
  input: z.strictObject({
    task_id: id,
    agent_id: agentId,
    commit: id.describe("commit or branch"),
    summary: note,
    expected_rev: revision,
    wait_s: waitSeconds,
    idempotency_key: key,
  }),
  output: outcome.extend({ run_id: z.string(), uri: z.string() }),
  annotations: WRITES,
  isLoop: true,
  run: async ({ task_id, agent_id, commit: ref, summary, expected_rev, wait_s }, call) => {
    const actor = actorId.visitor(agentOf(call, agent_id));
    if ((await recorded(call)) === null) {
      const hold = holdOf(call, task_id, agent_id);
      visitOnly(hold, "complete");
      await refuseRevision(call, actorId.task(task_id), expected_rev);
      const { runId } = hold;
      await sendOnce(call, actor, { type: "complete", runId, ref, summary });
    }
    const states = ["held.collecting"];
    const now = await awaitLeaving(call, actor, { states, limitMs: wait_s * 1_000 });
    if (now === "held.working") throw await notFound(call, actor, ref);
    // The gate has the task now and no run does: what was handed in is of the last one it had.
    const run_id = nextRunId(task_id, (call.app.store.views.task(task_id)?.runs ?? 1) - 1);
    const uri = `wvo://tasks/${encodeURIComponent(task_id)}`;
    return { ...(await taskOutcome(call.app, task_id)), run_id, uri };
  },
});

/** The visitor is still at work, since what it named is no work: it may name something else. */
async function notFound({ app }: ToolCall, actor: string, ref: string): Promise<FaultError> {
  const stored = await app.store.read(actor);
  const { context } = JSON.parse(stored?.snapshot ?? "{}") as SnapshotRecord;
  const { reason } = context as VisitorContext;
  return new FaultError({
    code: "visit.not-collected",
    kind: "notAccepted",
    where: ref,
    found: reason ?? "nothing that could be taken",
    expected: "a commit of this repository that changes something against the target",
    next: "commit your work here, or push it here, and call task_complete again with its name",
    cause: { state: "held.working", accepts: await app.host.accepts(actor) },
  });
}
