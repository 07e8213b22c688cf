/** Runs as the budget is asked for them, for tests that care for something else. */
import type { Claim, Proposal, TaskEvent } from "../../machines/protocol.ts";
import { NOTHING_SPENT } from "../../machines/spending.ts";
import type { Caps, Estimate } from "../../machines/spending.ts";

export const ESTIMATE: Estimate = {
  inputTokens: 1_000,
  outputTokens: 100,
  microUsd: 2_000,
  price: null,
};

const NO_CAP = { tokens: null, microUsd: null };
export const NO_CAPS: Caps = { task: NO_CAP, day: NO_CAP, roadmap: NO_CAP };

const CLAIM: Omit<Claim, "runId"> = {
  agentId: "a-1",
  provider: "local",
  tier: "low",
  rationale: "it is first",
  estimate: ESTIMATE,
};

/** The claim of a task's run after so many. */
export const claimAfter = (runs: number, taskId = "T-1"): TaskEvent & Claim => ({
  type: "claim",
  runId: `${taskId}.${runs + 1}`,
  ...CLAIM,
});

export const proposalOf = (taskId: string, runs = 0): Proposal => ({
  ...CLAIM,
  taskId,
  runId: `${taskId}.${runs + 1}`,
  spentOnTask: NOTHING_SPENT,
  caps: NO_CAPS,
});
