/**
 * What may be said to the actors from outside, as zod schemas. Events that only actors send each
 * other are not here: nobody can tell a task that it was merged.
 */
import { z } from "zod";
import type { PlainEvent } from "../../machines/chart.ts";
import type { ProviderEvent } from "../../machines/capacity.ts";
import { WIP_LIMIT_MAX, WISHES_MAX } from "../../machines/coordinator.ts";
import type { AgentEvent, CoordinatorEvent } from "../../machines/protocol.ts";
import type { TaskEvent, TaskSpec } from "../../machines/protocol.ts";
import type { RoadmapEvent } from "../../machines/roadmap.ts";
import type { ArtifactsEvent, MessageEvent, VisitorEvent } from "../../machines/visits.ts";
import { FaultError } from "../fault.ts";

const id = z.string().min(1).max(200);
const reason = z.string().min(1).max(2_000);
/** From a second, so that nothing is lost to a slow answer, to a day. */
const leaseMs = z
  .int()
  .min(1_000)
  .max(24 * 60 * 60_000);
const tier = z.enum(["low", "medium", "high"]);
const ids = z.array(id).max(1_000).readonly();

export const taskSpec = z.strictObject({
  title: z.string().min(1).max(500),
  description: z.string().max(20_000),
  type: z.string().min(1).max(50),
  priority: z.enum(["high", "medium", "low"]),
  value: z.number().min(0).max(10),
  timeCriticality: z.number().min(0).max(10),
  complexity: z.number().min(1).max(10),
  epicId: id.nullable(),
  milestoneId: id.nullable(),
  acceptance: z.array(z.string().max(2_000)).max(100).readonly(),
  dependsOn: ids,
  related: ids,
  suggested: ids,
}) satisfies z.ZodType<TaskSpec>;

/** One door for each chart that understands something from outside. */
export const doors = {
  task: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("revise"), spec: taskSpec }),
    z.strictObject({ type: z.literal("cancel"), reason }),
    z.strictObject({ type: z.literal("unblock") }),
  ]) satisfies z.ZodType<TaskEvent>,
  agent: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("beat"), runId: id }),
    z.strictObject({ type: z.literal("stop"), runId: id, reason }),
  ]) satisfies z.ZodType<AgentEvent>,
  provider: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("recheck") }),
  ]) satisfies z.ZodType<ProviderEvent>,
  coordinator: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("start") }),
    z.strictObject({ type: z.literal("stop"), agents: ids }),
    z.strictObject({ type: z.literal("wake") }),
    z.strictObject({
      type: z.literal("dispatch"),
      wishes: z
        .array(z.strictObject({ taskId: id, provider: id.nullable(), tier: tier.nullable() }))
        .min(1)
        .max(WISHES_MAX)
        .readonly(),
      settled: ids,
    }),
    z.strictObject({
      type: z.literal("limit"),
      wipLimit: z.int().min(1).max(WIP_LIMIT_MAX).nullable(),
    }),
  ]) satisfies z.ZodType<CoordinatorEvent>,
  visitor: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("take"), taskId: id, runId: id, leaseMs }),
    z.strictObject({ type: z.literal("progress"), runId: id, note: reason.nullable() }),
    z.strictObject({ type: z.literal("block"), runId: id, reason }),
    z.strictObject({ type: z.literal("release"), runId: id, reason }),
    z.strictObject({ type: z.literal("complete"), runId: id, ref: id, summary: reason }),
  ]) satisfies z.ZodType<VisitorEvent>,
  message: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("claim"), agentId: id, leaseMs }),
    z.strictObject({ type: z.literal("acknowledge"), agentId: id }),
    z.strictObject({ type: z.literal("giveBack"), agentId: id, error: reason }),
  ]) satisfies z.ZodType<MessageEvent>,
  artifacts: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("store"),
      name: id,
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      bytes: z.int().min(0),
      mediaType: z.string().min(1).max(100),
      author: id,
      runId: id,
    }),
  ]) satisfies z.ZodType<ArtifactsEvent>,
  roadmap: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("imported"),
      path: z.string().min(1).max(4_096),
      text: z.string(),
      constraints: z.array(z.string().max(2_000)).max(100).readonly(),
    }),
  ]) satisfies z.ZodType<RoadmapEvent>,
} as const;

const doorOf = (chart: string) => (chart in doors ? doors[chart as keyof typeof doors] : null);

/** The names of the events that a chart takes from outside. */
export const eventsFromOutside = (chart: string): readonly string[] =>
  doorOf(chart)?.options.map((option) => option.shape.type.value) ?? [];

/** Lets an event in, or says which events the chart takes from outside. */
export function throughDoor(chart: string): (event: PlainEvent) => PlainEvent {
  const door = doorOf(chart);
  const names = eventsFromOutside(chart);
  return (event) => {
    const parsed = door?.safeParse(event);
    if (parsed?.success === true) return parsed.data;
    const isNamed = names.some((name) => name === event.type);
    throw new FaultError({
      code: "host.malformed-event",
      kind: "invalid",
      where: `${event.type} to a ${chart}`,
      found: isNamed
        ? z.prettifyError(parsed?.error ?? new z.ZodError([]))
        : "an event it takes from nobody outside",
      expected:
        names.length > 0 ? `one of ${names.join(", ")}, well formed` : "no event from outside",
      next: "use the command or tool that sends it",
    });
  };
}
