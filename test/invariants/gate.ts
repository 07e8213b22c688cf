/** The invariants of the gate (G1 to G3), what its chart is walked with, and its facts. */
import { judge } from "../../machines/gate.ts";
import type { GateContext } from "../../machines/gate.ts";
import type { CheckResult, GateInput } from "../../machines/protocol.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Samples } from "../../src/proof/checker/survey.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
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
    text: "a verdict is told once, on entering a final state",
    holds: (moment) => {
      const verdict =
        at(moment.before) === at(moment.after) ? undefined : VERDICTS[at(moment.after)];
      return typesIn(moment).join() === (verdict ?? "");
    },
  },
];

const check: CheckResult = {
  name: "tests",
  mandatory: true,
  passed: true,
  score: null,
  floor: 0,
  deep: false,
  evidence: { path: "checks/tests.json", sha256: "5eed" },
  excerpt: "the end",
};
const lost: CheckResult = { ...check, evidence: null, passed: false };
const input: GateInput = { id: "gate:T-1.1", taskId: "T-1", commit: "c0ffee", replyTo: "task:T-1" };

export const samples: Samples = {
  actor: input.id,
  inputs: [input, { ...input, id: "gate:merge-request-T-1.1.1", replyTo: "merge-request:T-1.1" }],
  outputs: {
    runChecks: [
      [check],
      [{ ...check, passed: false }],
      [{ ...check, passed: false, deep: true }],
      [{ ...check, score: 0.5 }],
      [check, lost],
      [{ ...lost, mandatory: false }],
      [],
    ],
  },
  essence: ({ tries, results, replyTo }: GateContext) => [tries, results, replyTo],
};

export const facts: Facts = { samples };
