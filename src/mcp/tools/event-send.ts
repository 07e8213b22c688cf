/** `event_send`: leaves a message for one agent, or for whoever asks first. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import type { MessageInput } from "../../../machines/visits.ts";
import { defineTool, WRITES } from "../tool.ts";
import { id, key } from "../words.ts";
import { recorded, standingOf, startOnce } from "../writing.ts";
import { digestOf } from "./context-write.ts";

const PAYLOAD_CHARS_MAX = 20_000;

export const eventSend = defineTool({
  name: "event_send",
  toolset: "work",
  title: "Leave a message",
  description: "Queues a message for agent `to`, or for anybody with *. The same one is kept once.",
  input: z.strictObject({
    to: id,
    type: id,
    payload: z.record(z.string(), z.unknown()).optional(),
    idempotency_key: key,
  }),
  output: z.object({
    event_id: id,
    state: z.string(),
    rev: z.number(),
    next_events: z.array(z.string()),
  }),
  annotations: WRITES,
  run: async ({ to, type, payload = {}, idempotency_key = null }, call) => {
    const text = z.string().max(PAYLOAD_CHARS_MAX).parse(JSON.stringify(payload));
    const sender = call.scope.agentId ?? call.scope.role;
    const eventId = `m${digestOf([sender, to, type, payload, idempotency_key])}`;
    const input: MessageInput = { id: eventId, to, topic: type, payload: text, sender };
    const actor = actorId.message(eventId);
    const { views } = call.app.store;
    const isKnown = (await recorded(call)) !== null || views.message(eventId) !== null;
    if (!isKnown) await startOnce(call, actor, input);
    return { event_id: eventId, ...(await standingOf(call.app, actor)) };
  },
});
