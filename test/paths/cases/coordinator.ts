/** What the coordinator is walked with: rankings of both kinds, and agents that a drain waits for. */
import type { CoordinatorContext } from "../../../machines/coordinator.ts";
import type { CoordinatorEvent, Ranking } from "../../../machines/protocol.ts";
import type { Cases } from "../../../src/proof/cases.ts";
import { proposalOf } from "../../support/proposals.ts";

const picked: Ranking = { kind: "picked", ...proposalOf("T-1") };
const nothing: Ranking = { kind: "nothing", reason: "no task is ready", short: null };
const short = { reason: "T-1 waits: the day's budget has no room for it" };
const TOMORROW_MS = 1_700_006_400_000;
const today: Ranking = { ...nothing, short: { ...short, untilMs: TOMORROW_MS } };
const lasting: Ranking = { ...nothing, short: { ...short, untilMs: null } };

export const cases: Cases<CoordinatorContext, CoordinatorEvent> = {
  events: () => [
    { type: "start" },
    { type: "stop", agents: ["a-1", "a-2"] },
    { type: "stop", agents: [] },
    { type: "wake" },
    { type: "agentFree", agentId: "a-1" },
    { type: "agentFree", agentId: "a-2" },
    { type: "claimed", taskId: "T-1" },
    { type: "claimLost", taskId: "T-1" },
    {
      type: "dispatch",
      wishes: [{ taskId: "T-1", provider: "local", tier: null }],
      settled: ["T-2"],
    },
    { type: "limit", wipLimit: 2 },
  ],
  outputs: { rank: [picked, nothing, today, lasting] },
};
