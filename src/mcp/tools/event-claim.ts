/** `event_claim`: the oldest message for an agent, which is its own until the lease ends. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import { FaultError } from "../../fault.ts";
import type { MessageRow } from "../../store/views/visit-tables.ts";
import { defineTool, WRITES } from "../tool.ts";
import type { ToolCall } from "../tool.ts";
import { agentOf } from "../visiting.ts";
import { agentId, id, key, leaseSeconds, timeOrNull } from "../words.ts";
import { recorded, sendOnce } from "../writing.ts";

/** Messages looked at in one call: others may take them at the same moment. */
const LOOKED_AT = 100;
const TYPES_MAX = 20;

const message = z.object({
  event_id: id,
  type: z.string(),
  from: z.string(),
  payload: z.record(z.string(), z.unknown()),
  lease_until: z.string().nullable(),
  claims: z.number(),
});

export const eventClaim = defineTool({
  name: "event_claim",
  toolset: "work",
  title: "Take a message",
  description: "The oldest message for you, yours until lease_until; null when there is none.",
  input: z.strictObject({
    agent_id: agentId,
    types: z.array(id).max(TYPES_MAX).optional(),
    lease_s: leaseSeconds,
    idempotency_key: key,
  }),
  output: z.object({ event: message.nullable() }),
  annotations: WRITES,
  run: async ({ agent_id, types, lease_s }, call) => {
    const { views } = call.app.store;
    const name = agentOf(call, agent_id);
    const before = await recorded(call);
    if (before !== null)
      return { event: tell(stillHeld(views.message(nameOf(before.actor)), name)) };
    const waiting = views
      .messagesFor(name, LOOKED_AT)
      .filter(({ topic }) => types === undefined || types.includes(topic));
    for (const row of waiting) {
      const event = { type: "claim", agentId: name, leaseMs: lease_s * 1_000 };
      const isMine = await isTaken(sendOnce(call, actorId.message(row.id), event), call);
      if (isMine) return { event: tell(views.message(row.id)) };
    }
    return { event: null };
  },
});

/** A message whose lease has ended may be another agent's by now. */
const stillHeld = (row: MessageRow | null, name: string): MessageRow | null =>
  row?.holder === name ? row : null;

const nameOf = (actor: string): string => actor.slice(actor.indexOf(":") + 1);

/** Another agent may have been quicker: then the next message is tried. */
async function isTaken(claiming: Promise<unknown>, { signal }: ToolCall): Promise<boolean> {
  try {
    await claiming;
    return true;
  } catch (thrown) {
    if (thrown instanceof FaultError && thrown.code === "host.not-accepted" && !signal.aborted)
      return false;
    throw thrown;
  }
}

function tell(row: MessageRow | null) {
  if (row === null) return null;
  return {
    event_id: row.id,
    type: row.topic,
    from: row.sender,
    payload: JSON.parse(row.payload) as Record<string, unknown>,
    lease_until: timeOrNull(row.lease_until),
    claims: row.claims,
  };
}
