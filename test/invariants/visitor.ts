/** The invariants of a visitor (N1 to N4), and what the checker cannot see in its chart. */
import type { VisitorContext } from "../../machines/visitor-setup.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { enters, eventIn, isIn, known, toldIn, whatIn } from "./moments.ts";

const was = ({ before }: Moment): VisitorContext | undefined =>
  known<VisitorContext | undefined>(before);
const is = ({ after }: Moment): VisitorContext => known<VisitorContext>(after);

const REPORTS = ["workFinished", "runReleased", "runBlocked"];

/** The present run is reported when its visitor becomes free, and a refused one at once. */
function reportsOnce(moment: Moment): boolean {
  const runId = was(moment)?.work?.runId;
  const isEnding = isIn(moment.before, "held") && !isIn(moment.after, "held");
  const reports = toldIn(moment, "task").filter(
    ({ type, ...event }) =>
      REPORTS.includes(type) && runId !== undefined && event["runId"] === runId,
  );
  return (
    isIn(moment.after, "held") === (is(moment).work !== null) &&
    reports.length === (isEnding ? 1 : 0)
  );
}

const leasesOf = ({ timers }: Moment["after"]): number =>
  [...timers.keys()].filter((name) => name.startsWith("lease@")).length;

/** A word about a run, which is not the present one; `take` and `assign` begin one. */
const isStrange = (moment: Moment): boolean => {
  const runId = eventIn(moment)?.["runId"];
  const begins = ["take", "assign"].includes(whatIn(moment));
  return runId !== undefined && runId !== was(moment)?.work?.runId && !begins;
};

export const invariants: readonly Invariant[] = [
  {
    id: "N1",
    text: "between assign and the report there is one run, and its end is reported once",
    holds: reportsOnce,
  },
  {
    id: "N2",
    text: "whoever works has a lease, and nobody else",
    holds: (moment) =>
      leasesOf(moment.after) === (isIn(moment.after, "held.working") ? 1 : 0) &&
      (is(moment).leaseUntilMs !== null) === isIn(moment.after, "held.working"),
  },
  {
    id: "N3",
    text: "only a commit that was found in git is handed in",
    holds: (moment) => {
      const [handedIn] = toldIn(moment, "task").filter(({ type }) => type === "workFinished");
      return (
        handedIn === undefined ||
        (whatIn(moment) === "collectVisit done" && handedIn["commit"] !== "")
      );
    },
  },
  {
    id: "N4",
    text: "a word about another run changes nothing",
    holds: (moment) =>
      !isStrange(moment) ||
      (!enters(moment, "free") && !enters(moment, "held") && toldIn(moment).length === 0),
  },
];

const ITSELF = ["take", "progress", "block", "release", "complete"];

export const facts: Facts = {
  sentBy: {
    ...Object.fromEntries(ITSELF.map((type) => [type, ["outside agent"]])),
    ...Object.fromEntries(["assign", "claimLost", "stop"].map((type) => [type, ["task"]])),
  },
  waits: { free: "outside agent" },
};
