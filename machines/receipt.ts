/**
 * What one run was expected to use and what it did use, kept for good: the budget writes it when
 * the run has ended, and nothing changes it.
 *
 * P1 It says what the run is counted with: what its program told, and the estimate for the rest.
 */
import { setup } from "xstate";
import type { ReceiptInput } from "./bookkeeping.ts";
import { MICROSTEPS_MAX } from "./chart.ts";
import { chargeOf } from "./spending.ts";
import type { Charge } from "./spending.ts";

export interface ReceiptContext extends Omit<ReceiptInput, "usage"> {
  readonly charge: Charge;
  readonly settledAtMs: number;
}

const receipt = setup({
  types: {
    context: {} as ReceiptContext,
    input: {} as ReceiptInput & { readonly at?: number },
  },
});

export const machine = receipt.createMachine({
  id: "receipt",
  context: ({ input: { at, runId, taskId, provider, tier, estimate, usage } }) => ({
    runId,
    taskId,
    provider,
    tier,
    estimate,
    charge: chargeOf(estimate, usage),
    settledAtMs: at ?? 0,
  }),
  initial: "kept",
  options: { maxIterations: MICROSTEPS_MAX },
  states: { kept: { type: "final" } },
});
