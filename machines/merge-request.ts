/**
 * One branch on its way to the target: rebased, checked as rebased, landed by compare-and-swap,
 * and then looked for in git. It holds the refinery's only place from `takeTurn` to its end.
 *
 * M1 Every path to `merged` passes `observing`, where the target was seen to contain the commit
 *    (P9); `retiring` only tidies up, and whatever becomes of that, the merge is a fact.
 * M2 Only a tree that passed the gate after its last rebase is landed, so the target always
 *    points to a tree that passed.
 * M3 After a crash while landing nobody lands again before git was asked.
 * M4 The task and the refinery are told the end exactly once, on entering a final state.
 * M5 A target that keeps moving or a rebase that keeps failing ends as `inconclusive`.
 *
 * Differs from the design sketch: a conflict ends the request, because the rework is a new run of
 * the task with a new request; the user's checked-out tree adds `held`.
 */
import { assign, setup } from "xstate";
import { faultOf, message, MICROSTEPS_MAX, outputOf, tell } from "./chart.ts";
import type { Finding, Message } from "./chart.ts";
import { effect } from "./effects.ts";
import { actorId } from "./protocol.ts";
import type { GateEvent, GateInput, Landing, MergeReport, Rebase } from "./protocol.ts";
import type { MergeRequestEvent, MergeRequestInput, RefineryEvent } from "./protocol.ts";
import type { TaskEvent } from "./protocol.ts";

export interface MergeRequestContext extends MergeRequestInput {
  /** Rebases so far; the last one's number is in its gate's id. */
  readonly rounds: number;
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
const ROUNDS_MAX = 10;
const FAULTS_MAX = 5;
const HOLD_RECHECK_MS = 2_000;
const FAULT_WAIT_MS = 1_000;

type Memory = { readonly context: MergeRequestContext };
type ReportOf<Type extends MergeReport["type"]> = Extract<MergeReport, { type: Type }>;

const gateOf = ({ id, rounds }: MergeRequestContext): string =>
  actorId.gate(`${id.replace(":", "-")}.${rounds}`);

/** Both who wait for the end hear of it: the task what came of it, the refinery that it may go on. */
const tellEnd =
  <Type extends MergeReport["type"]>(
    report: (context: MergeRequestContext) => ReportOf<Type> & TaskEvent,
  ) =>
  ({ context }: Memory): readonly Message[] => [
    message<TaskEvent>(actorId.task(context.taskId), report(context)),
    message<RefineryEvent>(actorId.refinery, { type: "settled", mergeId: context.id }),
  ];

const toGate = ({ context }: Memory): Message => {
  const { id, taskId, rebased } = context;
  const gate = { id: gateOf(context), taskId, commit: rebased ?? "", replyTo: id };
  return { to: gate.id, start: gate satisfies GateInput };
};

const mergeRequest = setup({
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
      return { rebased: rebase.commit, onto: rebase.onto, faults: 0, reason: null };
    }),
    recordHold: assign(({ event }) => {
      const landing = outputOf<Landing>(event);
      return landing.kind === "held" ? { reason: landing.reason } : {};
    }),
    recordFault: assign(({ context, event }) => ({
      faults: context.faults + 1,
      reason: faultOf(event).message,
    })),
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
    hasRoundsLeft: ({ context }) => context.rounds < ROUNDS_MAX,
    hasFaultsLeft: ({ context }) => context.faults + 1 < FAULTS_MAX,
  },
  delays: { holdRecheck: HOLD_RECHECK_MS, faultWait: FAULT_WAIT_MS },
});

export const machine = mergeRequest.createMachine({
  id: "merge-request",
  context: ({ input: { id, taskId, commit } }) => ({
    id,
    taskId,
    commit,
    rounds: 0,
    faults: 0,
    rebased: null,
    onto: null,
    findings: [],
    reason: null,
  }),
  initial: "queued",
  options: { maxIterations: MICROSTEPS_MAX },
  on: { withdraw: {} },
  states: {
    queued: {
      entry: {
        type: "tell",
        params: ({ context: { id, taskId } }) =>
          message<RefineryEvent>(actorId.refinery, { type: "enqueue", mergeId: id, taskId }),
      },
      on: { takeTurn: "rebasing", withdraw: "withdrawn" },
    },
    rebasing: {
      entry: "countRound",
      on: { withdraw: "withdrawn" },
      invoke: {
        id: "rebase",
        src: "rebase",
        input: ({ context: { taskId, commit } }) => ({ taskId, commit }),
        onDone: [
          { guard: "isRebased", target: "checking", actions: "recordRebase" },
          { guard: "isConflict", target: "conflicted", actions: "recordRebase" },
          { target: "rejected", actions: "recordRebase" },
        ],
        onError: [
          { guard: "hasFaultsLeft", target: "faltering", actions: "recordFault" },
          { target: "inconclusive", actions: "recordFault" },
        ],
      },
    },
    faltering: { after: { faultWait: "rebasing" }, on: { withdraw: "withdrawn" } },
    checking: {
      entry: { type: "tell", params: toGate },
      on: {
        gatePassed: { guard: "isCurrentGate", target: "landing" },
        gateFailed: { guard: "isCurrentGate", target: "rejected", actions: "quoteVerdict" },
        gateInconclusive: {
          guard: "isCurrentGate",
          target: "inconclusive",
          actions: "quoteVerdict",
        },
        withdraw: {
          target: "withdrawn",
          actions: {
            type: "tell",
            params: ({ context }) => message<GateEvent>(gateOf(context), { type: "cancel" }),
          },
        },
      },
    },
    landing: {
      invoke: {
        id: "land",
        src: "land",
        input: ({ context: { rebased, onto } }) => ({ commit: rebased ?? "", onto: onto ?? "" }),
        onDone: [
          { guard: "hasLanded", target: "observing" },
          { guard: "isHeld", target: "held", actions: "recordHold" },
          { guard: "hasRoundsLeft", target: "rebasing" },
          {
            target: "inconclusive",
            actions: { type: "explain", params: `the target moved ${ROUNDS_MAX} times meanwhile` },
          },
        ],
        onError: { target: "observing", actions: "recordFault" },
      },
    },
    held: { after: { holdRecheck: "landing" }, on: { withdraw: "withdrawn" } },
    observing: {
      invoke: {
        id: "observeTarget",
        src: "observeTarget",
        input: ({ context: { rebased } }) => ({ commit: rebased ?? "" }),
        onDone: [
          { guard: "isContained", target: "retiring" },
          { guard: "hasRoundsLeft", target: "rebasing" },
          {
            target: "inconclusive",
            actions: { type: "explain", params: "it was landed and is not on the target" },
          },
        ],
        onError: { target: "wondering", actions: "recordFault" },
      },
    },
    retiring: {
      invoke: {
        id: "retireBranch",
        src: "retireBranch",
        input: ({ context: { taskId } }) => ({ taskId }),
        onDone: "merged",
        onError: { target: "merged", actions: "recordFault" },
      },
    },
    wondering: { after: { faultWait: "observing" } },
    merged: {
      type: "final",
      entry: {
        type: "tell",
        params: tellEnd(({ id, rebased }) => ({
          type: "merged",
          mergeId: id,
          commit: rebased ?? "",
        })),
      },
    },
    conflicted: {
      type: "final",
      entry: {
        type: "tell",
        params: tellEnd(({ id, findings }) => ({ type: "mergeConflicted", mergeId: id, findings })),
      },
    },
    rejected: {
      type: "final",
      entry: {
        type: "tell",
        params: tellEnd(({ id, findings }) => ({ type: "mergeRejected", mergeId: id, findings })),
      },
    },
    inconclusive: {
      type: "final",
      entry: {
        type: "tell",
        params: tellEnd(({ id, reason }) => ({
          type: "mergeInconclusive",
          mergeId: id,
          reason: reason ?? "unknown",
        })),
      },
    },
    withdrawn: {
      type: "final",
      entry: {
        type: "tell",
        params: tellEnd(({ id }) => ({ type: "mergeWithdrawn", mergeId: id })),
      },
    },
  },
});
