/**
 * What the words of the merge request chart mean: its memory, effects, guards and messages. The
 * chart itself, with its invariants, is `merge-request.ts`.
 */
import { assign, setup, stateIn } from "xstate";
import { faultOf, message, outputOf, tell } from "./chart.ts";
import type { Finding, Message } from "./chart.ts";
import { effect } from "./effects.ts";
import { actorId } from "./protocol.ts";
import type { GateInput, Landing, MergeReport, Rebase } from "./protocol.ts";
import type { MergeRequestEvent, MergeRequestInput, RefineryEvent } from "./protocol.ts";
import type { TaskEvent } from "./protocol.ts";

export interface MergeRequestContext extends MergeRequestInput {
  /** Rebases so far; the last one's number is in its gate's id. */
  readonly rounds: number;
  /** How often the target was held in a row. */
  readonly holds: number;
  /** Git faults in a row. */
  readonly faults: number;
  /** The rebased commit and the target's tip it was rebased onto. */
  readonly rebased: string | null;
  readonly onto: string | null;
  readonly findings: readonly Finding[];
  /** Why the merge waits or was given up. */
  readonly reason: string | null;
}

/** Rebases of one request: the target moves only by people and other tools meanwhile. */
export const ROUNDS_MAX = 10;
const FAULTS_MAX = 5;
/** A held target is looked at again after this; twice as long each time, up to the maximum. */
const HOLD_FIRST_MS = 2_000;
const HOLD_MAX_MS = 60_000;
const FAULT_WAIT_MS = 1_000;

export type Memory = { readonly context: MergeRequestContext };
type ReportOf<Type extends MergeReport["type"]> = Extract<MergeReport, { type: Type }>;

export const gateOf = ({ id, rounds }: MergeRequestContext): string =>
  actorId.gate(`${id.replace(":", "-")}.${rounds}`);

/** Both who wait for the end hear of it: the task what came of it, the refinery that it may go on. */
export const tellEnd =
  <Type extends MergeReport["type"]>(
    report: (context: MergeRequestContext) => ReportOf<Type> & TaskEvent,
  ) =>
  ({ context }: Memory): readonly Message[] => [
    message<TaskEvent>(actorId.task(context.taskId), report(context)),
    message<RefineryEvent>(actorId.refinery, { type: "settled", mergeId: context.id }),
  ];

export const toGate = ({ context }: Memory): Message => {
  const { id, taskId, rebased } = context;
  const gate = { id: gateOf(context), taskId, commit: rebased ?? "", replyTo: id };
  return { to: gate.id, start: gate satisfies GateInput };
};

/** The setup that `merge-request.ts` makes its chart with. */
export const mergeRequestSetup = setup({
  types: {
    context: {} as MergeRequestContext,
    input: {} as MergeRequestInput,
    events: {} as MergeRequestEvent,
  },
  actors: {
    rebase: effect<"rebase">("retry"),
    land: effect<"land">("interrupted"),
    observeTarget: effect<"observeTarget">("retry"),
    retireBranch: effect<"retireBranch">("retry"),
  },
  actions: {
    tell,
    recordRebase: assign(({ event }) => {
      const rebase = outputOf<Rebase>(event);
      if (rebase.kind !== "rebased") return { findings: rebase.findings };
      const { commit: rebased, onto } = rebase;
      return { rebased, onto, faults: 0, holds: 0, reason: null };
    }),
    recordHold: assign(({ event }) => {
      const landing = outputOf<Landing>(event);
      return landing.kind === "held" ? { reason: landing.reason } : {};
    }),
    countHold: assign({ holds: ({ context }) => context.holds + 1 }),
    recordFault: assign(({ context, event }) => ({
      faults: context.faults + 1,
      reason: faultOf(event).message,
    })),
    /** What git could not say is no failed rebase, so it does not count as one. */
    quoteFault: assign(({ event }) => ({ reason: faultOf(event).message })),
    quoteVerdict: assign(({ event }) => {
      if (event.type === "gateFailed") return { findings: event.findings };
      return event.type === "gateInconclusive" ? { reason: event.reason } : {};
    }),
    countRound: assign({ rounds: ({ context }) => context.rounds + 1 }),
    explain: assign((_, reason: string) => ({ reason })),
  },
  guards: {
    isRebased: ({ event }) => outputOf<Rebase>(event).kind === "rebased",
    isConflict: ({ event }) => outputOf<Rebase>(event).kind === "conflict",
    hasLanded: ({ event }) => outputOf<Landing>(event).kind === "landed",
    isHeld: ({ event }) => outputOf<Landing>(event).kind === "held",
    isContained: ({ event }) => outputOf<{ contains: boolean }>(event).contains,
    isCurrentGate: ({ context, event }) => "gateId" in event && event.gateId === gateOf(context),
    isUnwanted: stateIn({ landing: { wish: "unwanted" } }),
    hasRoundsLeft: ({ context }) => context.rounds < ROUNDS_MAX,
    hasFaultsLeft: ({ context }) => context.faults + 1 < FAULTS_MAX,
  },
  delays: {
    holdRecheck: ({ context: { holds } }) =>
      Math.min(HOLD_MAX_MS, HOLD_FIRST_MS * 2 ** (holds - 1)),
    faultWait: FAULT_WAIT_MS,
  },
});
