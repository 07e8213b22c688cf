/** `agent_list`: our own agents, and the visitors that came by themselves. */
import { z } from "zod";
import { defineTool, READS } from "../tool.ts";
import { id, timeOrNull } from "../words.ts";

const agent = z.object({
  agent_id: z.string(),
  kind: z.enum(["own", "visitor"]),
  state: z.string(),
  task_id: z.string().nullable(),
  run_id: z.string().nullable(),
  lease_until: z.string().nullable(),
  reason: z.string().nullable(),
});

export const agentList = defineTool({
  name: "agent_list",
  toolset: "ops",
  title: "List agents",
  description: "Own agents and visitors with tasks and leases; state may name a whole branch.",
  input: z.strictObject({ state: id.optional() }),
  output: z.object({ agents: z.array(agent) }),
  annotations: READS,
  run: async ({ state }, { app }) => {
    const { views } = app.store;
    const own = views.agents().map((row) => ({
      agent_id: row.agent_id,
      kind: "own" as const,
      state: row.substate,
      task_id: row.current_task_id,
      run_id: row.run_id,
      lease_until: timeOrNull(row.lease_until),
      reason: row.reason,
    }));
    const visitors = views.visitors().map((row) => ({
      agent_id: row.name,
      kind: "visitor" as const,
      state: row.status,
      task_id: row.task_id,
      run_id: row.run_id,
      lease_until: timeOrNull(row.lease_until),
      reason: row.reason,
    }));
    const isWanted = (row: { readonly state: string }): boolean =>
      state === undefined || row.state === state || row.state.startsWith(`${state}.`);
    return { agents: [...own, ...visitors].filter(isWanted) };
  },
});
