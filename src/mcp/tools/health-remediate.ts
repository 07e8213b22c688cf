/** `health_remediate`: applies one remedy that `health` has named: an event to the actor it is for. */
import { z } from "zod";
import type { PlainEvent } from "../../../machines/chart.ts";
import { actorId } from "../../../machines/protocol.ts";
import { REMEDIES } from "../../app/health.ts";
import type { Remedy } from "../../app/health.ts";
import { FaultError } from "../../fault.ts";
import { defineTool, DESTROYS } from "../tool.ts";
import type { McpHost } from "../tool.ts";
import { id, key } from "../words.ts";
import { runOf } from "./agent-stop.ts";
import { recorded, sendOnce, standingOf } from "../writing.ts";

export const healthRemediate = defineTool({
  name: "health_remediate",
  toolset: "ops",
  title: "Apply a remedy",
  description: "Applies a remedy that health names; target is its provider, task or agent.",
  input: z.strictObject({ remedy: z.enum(REMEDIES), target: id.optional(), idempotency_key: key }),
  output: z.object({
    applied: z.boolean(),
    changed: z.string(),
    state: z.string(),
    rev: z.number(),
    next_events: z.array(z.string()),
  }),
  annotations: DESTROYS,
  run: async ({ remedy, target }, call) => {
    const actor = actorFor(remedy, target);
    if ((await recorded(call)) === null) {
      if (remedy === "start_autopilot") await call.app.openPool?.();
      await sendOnce(call, actor, eventFor(remedy, call.app, target));
    }
    return { applied: true, changed: actor, ...(await standingOf(call.app, actor)) };
  },
});

function actorFor(remedy: Remedy["remedy"], target?: string): string {
  const isForAll = remedy === "start_autopilot";
  if (isForAll !== (target === undefined)) throw misdirected(remedy, target);
  const actors: Readonly<Record<Remedy["remedy"], (name: string) => string>> = {
    start_autopilot: () => actorId.coordinator,
    recheck_provider: actorId.provider,
    unblock_task: actorId.task,
    stop_run: actorId.agent,
  };
  return actors[remedy](target ?? "");
}

function eventFor(remedy: Remedy["remedy"], { store }: McpHost, target?: string): PlainEvent {
  if (remedy === "start_autopilot") return { type: "start" };
  if (remedy === "recheck_provider") return { type: "recheck" };
  if (remedy === "unblock_task") return { type: "unblock" };
  return { type: "stop", runId: runOf(store, target ?? ""), reason: "it was out of touch" };
}

const misdirected = (remedy: string, target?: string): FaultError =>
  new FaultError({
    code: "health.target",
    kind: "invalid",
    where: `remedy ${remedy}`,
    found: target === undefined ? "no target" : `target ${target}`,
    expected: target === undefined ? "the provider, task or agent it is for" : "no target",
    next: "health names each remedy with its target",
  });
