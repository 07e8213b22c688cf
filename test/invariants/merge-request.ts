/** The invariants of a merge request (M1 to M6), and what the checker cannot see in its chart. */
import type { MergeRequestContext } from "../../machines/merge-request-setup.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { at, enters, isIn, known, startedIn, typesIn, whatIn } from "./moments.ts";

const is = ({ after }: Moment): MergeRequestContext => known<MergeRequestContext>(after);

const REPORTS: Readonly<Record<string, string>> = {
  merged: "merged",
  conflicted: "mergeConflicted",
  rejected: "mergeRejected",
  inconclusive: "mergeInconclusive",
  withdrawn: "mergeWithdrawn",
};

const isSeen = ({ happening }: Moment): boolean =>
  happening.kind === "done" &&
  happening.child === "observeTarget" &&
  (happening.output as { readonly contains: boolean }).contains;

const isUnwanted = ({ before }: Moment): boolean => at(before).includes("wish.unwanted");

/** Rebases at most ten times for a moving target, and four times more after faults of git. */
const ROUNDS_EVER = 14;
const FAULTS_MAX = 5;

/** A landing begins with the verdict over this very tree, or goes on where it was held up. */
function landsChecked(moment: Moment): boolean {
  if (!startedIn(moment).includes("land")) return true;
  if (isIn(moment.before, "landing")) return whatIn(moment) === "holdRecheck";
  return at(moment.before) === "checking" && whatIn(moment) === "gatePassed";
}

const mayNotBeLanded = ({ before }: Moment): boolean =>
  /step\.(observing|wondering)/.test(at(before));

export const invariants: readonly Invariant[] = [
  {
    id: "M1",
    text: "it is merged only where the target was seen to contain the commit",
    holds: (moment) =>
      (!enters(moment, "retiring") || isSeen(moment)) &&
      (!enters(moment, "merged") || at(moment.before) === "retiring"),
  },
  {
    id: "M2",
    text: "only a tree that passed the gate after its last rebase is landed",
    holds: landsChecked,
  },
  {
    id: "M3",
    text: "after a crash while landing nobody lands again before git was asked",
    holds: (moment) =>
      (whatIn(moment) !== "land failed" || startedIn(moment).join() === "observeTarget") &&
      (!mayNotBeLanded(moment) || !startedIn(moment).includes("land")),
  },
  {
    id: "M4",
    text: "task and refinery hear of the end once, on entering a final state",
    holds: (moment) => {
      const isEnd = at(moment.before) !== at(moment.after);
      const report = isEnd ? REPORTS[at(moment.after)] : undefined;
      const told = [...typesIn(moment, "task"), ...typesIn(moment, "refinery")];
      const ends = told.filter((type) => type !== "enqueue");
      return ends.join() === (report === undefined ? "" : `${report},settled`);
    },
  },
  {
    id: "M5",
    text: "there are few rebases and few faults in a row",
    holds: (moment) => is(moment).rounds <= ROUNDS_EVER && is(moment).faults <= FAULTS_MAX,
  },
  {
    id: "M6",
    text: "a withdrawn request rebases and lands nothing again",
    holds: (moment) =>
      !isUnwanted(moment) || !startedIn(moment).some((kind) => ["rebase", "land"].includes(kind)),
  },
];

export const facts: Facts = {
  once: [{ effect: "land", renewedBy: ["rebasing", "landing.step.held"] }],
  destructive: [
    { effect: "land", after: "gatePassed", since: "rebasing" },
    { effect: "retireBranch", after: "landing.step.observing" },
  ],
};
