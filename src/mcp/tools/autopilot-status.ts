/** `autopilot_status`: does WeatherVane hand out tasks by itself now, and what holds it back. */
import { z } from "zod";
import type { CoordinatorContext } from "../../../machines/coordinator.ts";
import { actorId } from "../../../machines/protocol.ts";
import { planViewOf, wipLimitOf } from "../../app/dispatch.ts";
import { systemClock } from "../../clock.ts";
import type { SnapshotRecord } from "../../host/record.ts";
import { planNext } from "../../planning/plan.ts";
import { defineTool, READS } from "../tool.ts";
import type { McpHost } from "../tool.ts";
import { standingOf } from "../writing.ts";

export const autopilot = z.object({
  state: z.string(),
  rev: z.number(),
  next_events: z.array(z.string()),
  running: z.number(),
  wip_limit: z.number(),
  last_reason: z.string().nullable(),
  next: z.string(),
});

export const autopilotStatus = defineTool({
  name: "autopilot_status",
  toolset: "ops",
  title: "The autopilot",
  description: "Whether tasks are handed out by itself, and what comes next or holds it back.",
  input: z.strictObject({}),
  output: autopilot,
  annotations: READS,
  run: (_args, { app }) => describeAutopilot(app),
});

export async function describeAutopilot(app: McpHost) {
  const { store, config } = app;
  const stored = await store.read(actorId.coordinator);
  const { context } = JSON.parse(stored?.snapshot ?? "{}") as SnapshotRecord;
  const next = planNext(planViewOf(store.views, config, systemClock.now()));
  return {
    ...(await standingOf(app, actorId.coordinator)),
    running: store.views.countRunning(),
    wip_limit: wipLimitOf(store.views, config),
    last_reason: (context as CoordinatorContext | undefined)?.reason ?? null,
    next:
      next.kind === "picked"
        ? `${next.taskId} to ${next.agentId}`
        : (next.short?.reason ?? next.reason),
  };
}
