/** What the coordinator is walked with: rankings of both kinds, and agents that a drain waits for. */
import type { CoordinatorContext } from "../../../machines/coordinator.ts";
import type { CoordinatorEvent, Ranking } from "../../../machines/protocol.ts";
import type { Cases } from "../../../src/proof/cases.ts";
import { proposalOf } from "../../support/proposals.ts";

const picked: Ranking = { kind: "picked", ...proposalOf("T-1") };
const nothing: Ranking = { kind: "nothing", reason: "no task is ready" };

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
  ],
  outputs: { rank: [picked, nothing] },
};
