/** What a message is walked with: the one it is for, another one, and one that is for anybody. */
import type { MessageContext } from "../../../machines/message.ts";
import type { MessageEvent, MessageInput } from "../../../machines/visits.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const input: MessageInput = {
  id: "m1",
  to: "a-1",
  topic: "ROUTE_TASK",
  payload: "{}",
  sender: "a-0",
};
const leaseMs = 60_000;

export const cases: Cases<MessageContext, MessageEvent> = {
  actor: "message:m1",
  inputs: [input, { ...input, to: "*" }],
  events: () =>
    ["a-1", "a-2"].flatMap((agentId): readonly MessageEvent[] => [
      { type: "claim", agentId, leaseMs },
      { type: "acknowledge", agentId },
      { type: "giveBack", agentId, error: "it broke" },
    ]),
  essence: ({ to, claims, holder }) => [to, claims, holder],
};
