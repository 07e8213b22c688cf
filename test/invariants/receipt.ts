/** The invariant of a receipt (P1). */
import type { ReceiptContext } from "../../machines/receipt.ts";
import type { ReceiptInput } from "../../machines/bookkeeping.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { known } from "./moments.ts";

/** Told figures count as they are; for the others the estimate does. */
function countsWhatIsKnown({ happening, after }: Moment): boolean {
  if (happening.kind !== "start") return true;
  const { estimate, usage } = happening.input as unknown as ReceiptInput;
  const { tokens, microUsd, costSource } = known<ReceiptContext>(after).charge;
  const input = usage?.inputTokens ?? estimate.inputTokens;
  const output = usage?.outputTokens ?? estimate.outputTokens;
  const told = usage?.costUsd ?? null;
  const isTold = told !== null && Math.abs(told * 1_000_000 - microUsd) < 1;
  const isForeseen = microUsd === (estimate.microUsd ?? 0);
  const isRight = { reported: isTold, priced: told === null, unknown: isForeseen }[costSource];
  return tokens === input + output && isRight;
}

export const invariants: readonly Invariant[] = [
  {
    id: "P1",
    text: "it says what the run is counted with: what was told, and the estimate for the rest",
    holds: countsWhatIsKnown,
  },
];
