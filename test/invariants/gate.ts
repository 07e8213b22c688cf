/** The invariants of the gate (G1 to G3), and what the checker cannot see in its chart. */
import { judge } from "../../machines/gate.ts";
import type { GateContext } from "../../machines/gate.ts";
import type { CheckResult } from "../../machines/protocol.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { cases } from "../paths/cases/gate.ts";
import { at, enters, isIn, known, typesIn, whatIn } from "./moments.ts";

const VERDICTS: Readonly<Record<string, string>> = {
  passed: "gatePassed",
  failed: "gateFailed",
  failedDeep: "gateFailed",
  inconclusive: "gateInconclusive",
};

const resultsIn = ({ after }: Moment): readonly CheckResult[] => known<GateContext>(after).results;

export const invariants: readonly Invariant[] = [
  {
    id: "G1",
    text: "it passes on evidence with a hash, of every mandatory check",
    holds: (moment) => {
      if (!enters(moment, "passed")) return true;
      const proven = resultsIn(moment).filter(({ evidence }) => (evidence?.sha256 ?? "") !== "");
      const isWhole = resultsIn(moment).every((each) => !each.mandatory || proven.includes(each));
      return whatIn(moment) === "runChecks done" && proven.length > 0 && isWhole;
    },
  },
  {
    id: "G2",
    text: "no evidence, a lost check or a gate that takes too long is inconclusive",
    holds: (moment) => {
      const isOver = whatIn(moment) === "gateLimit";
      const isDecided = ["passed", "failed", "failedDeep"].some((state) => enters(moment, state));
      if (isOver) return isIn(moment.after, "inconclusive");
      return !isDecided || judge(resultsIn(moment)) !== "inconclusive";
    },
  },
  {
    id: "G3",
    text: "a verdict is told once, on entering a final state, and that of a trial never",
    holds: (moment) => {
      const verdict =
        at(moment.before) === at(moment.after) ? undefined : VERDICTS[at(moment.after)];
      const isTrial = known<GateContext>(moment.after).replyTo === null;
      return typesIn(moment).join() === (isTrial ? "" : (verdict ?? ""));
    },
  },
];

const [input] = cases.inputs ?? [];
/** A gate is asked by the task, or by the merge request over the rebased tree. */
const ofMerge = { id: "gate:merge-request-T-1.1.1", replyTo: "merge-request:T-1.1" };

export const facts: Facts = {
  cases: { ...cases, inputs: [{ ...input }, { ...input, ...ofMerge }] },
};
