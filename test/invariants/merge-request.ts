/** The invariants of a merge request (M1 to M6), what its chart is walked with, and its facts. */
import type { MergeRequestContext } from "../../machines/merge-request-setup.ts";
import type { GateVerdict, MergeRequestEvent } from "../../machines/protocol.ts";
import type { Facts, Resting } from "../../src/proof/checker/facts.ts";
import type { Samples } from "../../src/proof/checker/survey.ts";
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

// ── samples ───────────────────────────────────────────────────────────────────────────────────

const findings = [{ source: "git", text: "both changed src/a.ts" }];
const verdictsOf = (gateId: string): readonly GateVerdict[] => [
  { type: "gatePassed", gateId },
  { type: "gateFailed", gateId, findings },
  { type: "gateInconclusive", gateId, reason: "no evidence" },
];

/** The verdict of the present gate, and that of the one before. */
function events({ context }: Resting): readonly MergeRequestEvent[] {
  const rounds = Number(context["rounds"]);
  const gateOf = (round: number): string => `gate:merge-request-T-1.1.${round}`;
  const verdicts = [rounds, rounds - 1].flatMap((round) => verdictsOf(gateOf(round)));
  return [{ type: "takeTurn" }, { type: "withdraw" }, ...verdicts];
}

export const samples: Samples = {
  actor: "merge-request:T-1.1",
  inputs: [{ id: "merge-request:T-1.1", taskId: "T-1", commit: "c0ffee" }],
  events,
  outputs: {
    rebase: [
      { kind: "rebased", commit: "r1", onto: "m1" },
      { kind: "conflict", findings },
      { kind: "empty", findings },
    ],
    land: [{ kind: "landed" }, { kind: "moved" }, { kind: "held", reason: "in use" }],
    observeTarget: [{ contains: true }, { contains: false }],
  },
  essence: ({ rounds, faults, holds, rebased }: MergeRequestContext) => {
    return [rounds, faults, Math.min(holds, 2), rebased];
  },
};

export const facts: Facts = {
  samples,
  once: [{ effect: "land", renewedBy: ["rebasing", "landing.step.held"] }],
  destructive: [
    { effect: "land", after: "gatePassed", since: "rebasing" },
    { effect: "retireBranch", after: "landing.step.observing" },
  ],
};
