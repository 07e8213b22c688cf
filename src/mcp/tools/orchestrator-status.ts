/** `orchestrator_status`: how things stand, on one page. */
import { z } from "zod";
import type { CoordinatorContext } from "../../../machines/coordinator.ts";
import { actorId } from "../../../machines/protocol.ts";
import { wipLimitOf } from "../../app/dispatch.ts";
import { stateText } from "../../host/record.ts";
import type { SnapshotRecord } from "../../host/record.ts";
import { version } from "../../version.ts";
import { defineTool, READS } from "../tool.ts";
import type { McpHost } from "../tool.ts";
import { status, timeOrNull } from "../words.ts";

const agent = z.object({ id: z.string(), state: z.string(), task_id: z.string().nullable() });
const provider = z.object({
  name: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  until: z.string().nullable(),
});
const merge = z.object({ task_id: z.string(), state: z.string(), reason: z.string().nullable() });

const wholeStatus = z.object({
  version: z.string(),
  epoch: z.number(),
  state: z.string(),
  reason: z.string().nullable(),
  tasks: z.record(status, z.number()),
  running: z.number(),
  wip_limit: z.number(),
  agents: z.array(agent),
  providers: z.array(provider),
  merges: z.array(merge),
  dead_letters: z.number(),
});

export const orchestratorStatus = defineTool({
  name: "orchestrator_status",
  toolset: "ops",
  title: "How things stand",
  description: "Coordinator, task counts, agents, providers, merges and dead letters.",
  input: z.strictObject({}),
  output: wholeStatus,
  annotations: READS,
  run: (_args, { app }) => describeStatus(app),
});

const DEAD_LETTERS_COUNTED = 1_000;

/** How things stand, as tools and resources tell it. */
export async function describeStatus({ store, config }: McpHost) {
  const { views } = store;
  const owner = await store.owner();
  return {
    version,
    epoch: owner?.epoch ?? 0,
    ...(await coordinatorOf(store)),
    tasks: views.countByStatus(),
    running: views.countRunning(),
    wip_limit: wipLimitOf(views, config),
    agents: views.agents().map((row) => {
      return { id: row.agent_id, state: row.substate, task_id: row.current_task_id };
    }),
    providers: views.providers().map(({ name, status: state, reason, until }) => {
      return { name, state, reason, until: timeOrNull(until) };
    }),
    merges: views.mergeRequests().map(({ task_id, status: state, reason }) => {
      return { task_id, state, reason };
    }),
    dead_letters: (await store.deadLetters(DEAD_LETTERS_COUNTED)).length,
  };
}

async function coordinatorOf(store: McpHost["store"]) {
  const stored = await store.read(actorId.coordinator);
  if (stored === null) return { state: "never started", reason: null };
  const { value, context } = JSON.parse(stored.snapshot) as SnapshotRecord;
  return { state: stateText(value), reason: (context as CoordinatorContext).reason };
}
