/** What the budget is walked with: two tasks, caps that leave room for one run, ends of each kind. */
import type { BudgetContext } from "../../../machines/budget-setup.ts";
import type { BudgetEvent } from "../../../machines/bookkeeping.ts";
import type { Cases } from "../../../src/proof/cases.ts";
import { NO_CAPS, proposalOf } from "../../support/proposals.ts";

const small = { tokens: 1_500, microUsd: 3_000 };
const first = proposalOf("T-1");
const second = proposalOf("T-2");
const used = { inputTokens: 900, outputTokens: 50, costUsd: 0.0015 };
/** More changes nothing that can follow. */
const COUNTED = 4_000;

export const cases: Cases<BudgetContext, BudgetEvent> = {
  events: () => [
    { type: "reserve", ...first },
    { type: "reserve", ...second, caps: { ...NO_CAPS, day: small } },
    { type: "reserve", ...second, caps: { ...NO_CAPS, roadmap: small } },
    { type: "reserve", ...second, caps: { ...NO_CAPS, task: { ...small, tokens: 10 } } },
    { type: "settle", runId: first.runId, usage: used },
    { type: "settle", runId: second.runId, usage: null },
    { type: "release", runId: first.runId },
    { type: "release", runId: "T-9.1" },
  ],
  essence: ({ spentToday, spent, reservations }) => [
    Math.min(spentToday.microUsd, COUNTED),
    Math.min(spent.microUsd, COUNTED),
    reservations.map(({ runId }) => runId).toSorted(),
  ],
};
