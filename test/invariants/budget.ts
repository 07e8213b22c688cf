/** The invariants of the budget (B1 to B4). */
import type { BudgetContext } from "../../machines/budget-setup.ts";
import type { Proposal } from "../../machines/protocol.ts";
import type { Cap, Spent } from "../../machines/spending.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { eventIn, known, toldIn, typesIn, whatIn } from "./moments.ts";

const NONE = { tokens: 0, microUsd: 0 };
const DAY_MS = 86_400_000;
const NEW: BudgetContext = { day: 0, spentToday: NONE, spent: NONE, reservations: [] };
const was = ({ before }: Moment): BudgetContext => known<BudgetContext | undefined>(before) ?? NEW;
const is = ({ after }: Moment): BudgetContext => known<BudgetContext>(after);
const idsOf = ({ reservations }: BudgetContext): readonly string[] =>
  reservations.map(({ runId }) => runId);

const isWithin = ({ tokens, microUsd }: Spent, cap: Cap): boolean =>
  tokens <= (cap.tokens ?? Infinity) && microUsd <= (cap.microUsd ?? Infinity);

/** All that is spent and reserved after a grant, the new run included, is within the caps. */
function grantsWithinCaps(moment: Moment): boolean {
  const after = is(moment);
  const isGrant = after.reservations.length > was(moment).reservations.length;
  if (!isGrant) return true;
  const { caps, spentOnTask } = eventIn(moment) as unknown as Proposal;
  const sum = (start: Spent, all: BudgetContext["reservations"]): Spent => ({
    tokens: all.reduce(
      (total, { estimate }) => total + estimate.inputTokens + estimate.outputTokens,
      start.tokens,
    ),
    microUsd: all.reduce((total, { estimate }) => total + (estimate.microUsd ?? 0), start.microUsd),
  });
  const ofRun = after.reservations.slice(-1);
  return (
    isWithin(sum(spentOnTask, ofRun), caps.task) &&
    isWithin(sum(after.spentToday, after.reservations), caps.day) &&
    isWithin(sum(after.spent, after.reservations), caps.roadmap)
  );
}

/** One reservation a run; it comes with a claim, and goes with a receipt or a release. */
function reservesOnce(moment: Moment): boolean {
  const [before, after] = [idsOf(was(moment)), idsOf(is(moment))];
  const runId = String(eventIn(moment)?.["runId"]);
  const come = after.filter((each) => !before.includes(each));
  const gone = before.filter((each) => !after.includes(each));
  const receipts = moment.requests.messages.flatMap((each) => ("start" in each ? [each.to] : []));
  const claims = toldIn(moment, "task").filter(({ type }) => type === "claim");
  const isSettled = whatIn(moment) === "settle" && before.includes(runId);
  const isReleased = whatIn(moment) === "release" && before.includes(runId);
  const isClaimed = claims.every((each) => after.includes(String(each["runId"])));
  return (
    new Set(after).size === after.length &&
    come.every((each) => each === runId && claims.length === 1) &&
    gone.join() === (isSettled || isReleased ? runId : "") &&
    receipts.join() === (isSettled ? `receipt:${runId}` : "") &&
    isClaimed
  );
}

const SAID = ["claim", "claimLost"];

/** The day's total is what was settled since midnight; nothing else takes anything away. */
function growsByTheDay(moment: Moment): boolean {
  if (moment.happening.kind === "start") return true;
  const [before, after] = [was(moment), is(moment)];
  const today = Math.floor(moment.atMs / DAY_MS);
  const isNew = after.day > before.day;
  const isGrowing = (now: Spent, then: Spent): boolean =>
    now.tokens >= then.tokens && now.microUsd >= then.microUsd;
  return (
    isGrowing(after.spent, before.spent) &&
    after.day >= before.day &&
    (!isNew || after.day === today) &&
    after.spentToday.tokens - (isNew ? 0 : before.spentToday.tokens) ===
      after.spent.tokens - before.spent.tokens
  );
}

export const invariants: readonly Invariant[] = [
  {
    id: "B1",
    text: "at a grant all that is spent and reserved is within every cap",
    holds: grantsWithinCaps,
  },
  {
    id: "B2",
    text: "a run has one reservation, which is settled or released once",
    holds: reservesOnce,
  },
  {
    id: "B3",
    text: "a running run is let be: nobody is told to stop",
    holds: (moment) => typesIn(moment).every((type) => SAID.includes(type)),
  },
  {
    id: "B4",
    text: "totals grow, and the day's begins anew after midnight",
    holds: growsByTheDay,
  },
];

/** It counts as long as there is a roadmap. */
export const facts: Facts = { ends: ["open"] };
