/** `event_ack`: what became of a message that one has taken. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import { defineTool, WRITES } from "../tool.ts";
import { agentOf } from "../visiting.ts";
import { agentId, id, key, note } from "../words.ts";
import { sendOnce, standingOf } from "../writing.ts";

export const eventAck = defineTool({
  name: "event_ack",
  toolset: "work",
  title: "Answer a message",
  description: "ack ends a message you took; nack gives it back, and after 5 claims it is dead.",
  input: z.strictObject({
    event_id: id,
    agent_id: agentId,
    outcome: z.enum(["ack", "nack"]),
    error: note.optional(),
    idempotency_key: key,
  }),
  output: z.object({
    event_id: id,
    state: z.string(),
    rev: z.number(),
    next_events: z.array(z.string()),
  }),
  annotations: WRITES,
  run: async ({ event_id, agent_id, outcome, error = "it did not say why" }, call) => {
    const name = agentOf(call, agent_id);
    const actor = actorId.message(event_id);
    const event =
      outcome === "ack"
        ? { type: "acknowledge", agentId: name }
        : { type: "giveBack", agentId: name, error };
    await sendOnce(call, actor, event);
    return { event_id, ...(await standingOf(call.app, actor)) };
  },
});
