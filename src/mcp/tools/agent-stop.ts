/** `agent_stop`: ends the run of one of our agents; its task goes back and counts no attempt. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import { FaultError } from "../../fault.ts";
import { defineTool, DESTROYS } from "../tool.ts";
import type { McpHost } from "../tool.ts";
import { id, key, note } from "../words.ts";
import { recorded, sendOnce, standingOf } from "../writing.ts";

export const agentStop = defineTool({
  name: "agent_stop",
  toolset: "ops",
  title: "Stop an agent's run",
  description: "Ends the present run of one of our agents; its task goes back.",
  input: z.strictObject({ agent_id: id, reason: note, idempotency_key: key }),
  output: z.object({
    agent_id: id,
    state: z.string(),
    rev: z.number(),
    next_events: z.array(z.string()),
  }),
  annotations: DESTROYS,
  run: async ({ agent_id, reason }, call) => {
    const actor = actorId.agent(agent_id);
    if ((await recorded(call)) === null) {
      const runId = runOf(call.app.store, agent_id);
      await sendOnce(call, actor, { type: "stop", runId, reason });
    }
    return { agent_id, ...(await standingOf(call.app, actor)) };
  },
});

/** The run that an agent of ours is at; a fault where there is none. */
export function runOf({ views }: McpHost["store"], agentId: string): string {
  const runId = views.agents().find((row) => row.agent_id === agentId)?.run_id ?? null;
  if (runId === null) throw noRun(agentId);
  return runId;
}

const noRun = (agentId: string): FaultError =>
  new FaultError({
    code: "agent.no-run",
    kind: "notAccepted",
    where: `agent ${agentId}`,
    found: "no run under way",
    expected: "one of our agents that is at work",
    next: "agent_list shows who is; a visitor gives its task back itself",
  });
