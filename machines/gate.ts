/**
 * One run of the quality gate over one commit. It starts the configured checks, and judges what
 * they left behind; it never asks the agent.
 *
 * G1 `passed` is entered from `scoring` alone, on evidence files that have a hash.
 * G2 No evidence, a lost check or a gate that takes too long is `inconclusive`, never a pass.
 * G3 A verdict is told once, on entering a final state; that of a trial is told nobody, so that no
 *    trial moves a task.
 *
 * Differs from the design sketch: collecting and running are one state, because a check that
 * runs is the collecting of its evidence.
 */
import { assign, setup } from "xstate";
import { faultOf, message, tell, MICROSTEPS_MAX } from "./chart.ts";
import type { Finding, Message } from "./chart.ts";
import { effect } from "./effects.ts";
import type { CheckResult, GateEvent, GateInput, GateVerdict } from "./protocol.ts";

export interface GateContext extends GateInput {
  readonly tries: number;
  readonly results: readonly CheckResult[];
  readonly reason: string | null;
}

/** The mean score that passes (founding document 1, section 3). */
export const SCORE_MIN = 0.85;
/** Sums of decimal fractions miss by a few units in the last place; no score is that fine. */
const ROUNDING = 1e-9;
const TRIES_MAX = 3;
const GATE_LIMIT_MS = 2 * 60 * 60_000;

const measured = (result: CheckResult): boolean => result.evidence !== null;

/** The mean of the measured scores, or null where nothing was scored. */
export function meanScore(results: readonly CheckResult[]): number | null {
  const scores = results.filter(measured).flatMap(({ score }) => (score === null ? [] : [score]));
  if (scores.length === 0) return null;
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Judges a list of results. Pure: the same evidence always gives the same verdict. */
export function judge(results: readonly CheckResult[]): "pass" | "fail" | "inconclusive" {
  const mandatory = results.filter((result) => result.mandatory);
  if (!results.some(measured) || !mandatory.every(measured)) return "inconclusive";
  if (!mandatory.every(({ passed }) => passed)) return "fail";
  const tooLow = results.some((each) => measured(each) && (each.score ?? 1) < each.floor);
  const mean = meanScore(results);
  return tooLow || (mean !== null && mean < SCORE_MIN - ROUNDING) ? "fail" : "pass";
}

/** Why there is no verdict: the check to blame, and what it said. */
function lackOf(results: readonly CheckResult[]): string {
  const blamed = results.find((result) => result.mandatory && !measured(result));
  if (blamed !== undefined) return `check ${blamed.name} left no evidence: ${blamed.excerpt}`;
  return results.length === 0 ? "no check is configured" : "no check left evidence";
}

const isWanting = (result: CheckResult): boolean =>
  measured(result) && (!result.passed || (result.score ?? 1) < Math.max(result.floor, SCORE_MIN));

function findingsOf(results: readonly CheckResult[]): readonly Finding[] {
  return results.filter(isWanting).map(({ name, excerpt, deep, score }) => ({
    source: `check ${name}`,
    text: score === null ? excerpt : `score ${score.toFixed(4)}\n${excerpt}`,
    ...(deep ? { deep } : {}),
  }));
}

export const machine = setup({
  types: { context: {} as GateContext, input: {} as GateInput, events: {} as GateEvent },
  actors: {
    runChecks: effect<"runChecks">("retry"),
  },
  actions: { tell },
  guards: {
    hasTriesLeft: ({ context }) => context.tries + 1 < TRIES_MAX,
    isPass: ({ context }) => judge(context.results) === "pass",
    isInconclusive: ({ context }) => judge(context.results) === "inconclusive",
    isDeep: ({ context }) => context.results.some((each) => each.deep && isWanting(each)),
  },
  delays: { gateLimit: GATE_LIMIT_MS, breath: ({ context }) => 1_000 * 4 ** context.tries },
}).createMachine({
  id: "gate",
  context: ({ input }) => ({ ...input, tries: 0, results: [], reason: null }),
  initial: "running",
  options: { maxIterations: MICROSTEPS_MAX },
  states: {
    running: {
      invoke: {
        id: "runChecks",
        src: "runChecks",
        input: ({ context: { id, taskId, commit, only } }) => {
          return { gateId: id, taskId, commit, ...(only === undefined ? {} : { only }) };
        },
        onDone: { target: "scoring", actions: assign({ results: ({ event }) => event.output }) },
        onError: [
          {
            guard: "hasTriesLeft",
            target: "waiting",
            actions: assign({
              tries: ({ context }) => context.tries + 1,
              reason: ({ event }) => faultOf(event).message,
            }),
          },
          {
            target: "inconclusive",
            actions: assign({ reason: ({ event }) => faultOf(event).message }),
          },
        ],
      },
      after: {
        gateLimit: {
          target: "inconclusive",
          actions: assign({ reason: "the checks did not end within two hours" }),
        },
      },
      on: { cancel: "cancelled" },
    },
    waiting: { after: { breath: "running" }, on: { cancel: "cancelled" } },
    scoring: {
      always: [
        { guard: "isPass", target: "passed" },
        {
          guard: "isInconclusive",
          target: "inconclusive",
          actions: assign({
            reason: ({ context }) => lackOf(context.results),
          }),
        },
        { guard: "isDeep", target: "failedDeep" },
        { target: "failed" },
      ],
    },
    passed: {
      type: "final",
      entry: {
        type: "tell",
        params: ({ context: { id, replyTo } }) =>
          verdict(replyTo, { type: "gatePassed", gateId: id }),
      },
    },
    failed: { type: "final", entry: { type: "tell", params: tellFailed } },
    failedDeep: { type: "final", entry: { type: "tell", params: tellFailed } },
    inconclusive: {
      type: "final",
      entry: {
        type: "tell",
        params: ({ context: { id, replyTo, reason } }) =>
          verdict(replyTo, {
            type: "gateInconclusive",
            gateId: id,
            reason: reason ?? "no evidence",
          }),
      },
    },
    cancelled: { type: "final" },
  },
});

function tellFailed({ context: { id, replyTo, results } }: { context: GateContext }) {
  const findings = findingsOf(results);
  return verdict(replyTo, { type: "gateFailed", gateId: id, findings });
}

function verdict(replyTo: string | null, event: GateVerdict): readonly Message[] {
  return replyTo === null ? [] : [message<GateVerdict>(replyTo, event)];
}
