/** What a receipt is walked with: a run whose program told everything, a part, and nothing. */
import type { ReceiptContext } from "../../../machines/receipt.ts";
import type { ReceiptInput } from "../../../machines/bookkeeping.ts";
import type { Cases } from "../../../src/proof/cases.ts";
import { ESTIMATE } from "../../support/proposals.ts";

const run = { runId: "T-1.1", taskId: "T-1", provider: "local", tier: "low" } as const;
const inputOf = (
  usage: ReceiptInput["usage"],
  price: ReceiptInput["estimate"]["price"] = null,
): ReceiptInput => ({ ...run, estimate: { ...ESTIMATE, price }, usage });
const tokens = { inputTokens: 900, outputTokens: 50, costUsd: null };

export const cases: Cases<ReceiptContext> = {
  actor: "receipt:T-1.1",
  inputs: [
    inputOf({ ...tokens, costUsd: 0.01 }),
    inputOf(tokens, { input: 3, output: 15 }),
    inputOf({ ...tokens, outputTokens: null }),
    inputOf(null),
  ],
};
