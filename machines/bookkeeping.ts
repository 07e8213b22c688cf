/**
 * What is said to the budget and to receipts: the part of the protocol that is about money. What
 * goes on between the others is in `protocol.ts`.
 */
import type { Proposal, Tier, Used } from "./protocol.ts";
import type { Estimate } from "./spending.ts";

export type BudgetEvent =
  | ({ readonly type: "reserve" } & Proposal)
  /** The run has ended, however it did. */
  | ({ readonly type: "settle" } & Used)
  /** The task could not be claimed: the run never began. */
  | { readonly type: "release"; readonly runId: string };

/** What a run was expected to use, and what its program told that it used. */
export interface ReceiptInput extends Used {
  readonly taskId: string;
  readonly provider: string;
  readonly tier: Tier;
  readonly estimate: Estimate;
}
