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
 * M6 A withdrawn request lands at most what was already on its way: it is merged or withdrawn,
 *    and rebases nothing again.
 *
 * Differs from the design sketch: a conflict ends the request, because the rework is a new run of
 * the task with a new request; the user's checked-out tree adds `held`.
 */
import { message, MICROSTEPS_MAX } from "./chart.ts";
import { gateOf, mergeRequestSetup, ROUNDS_MAX, tellEnd, toGate } from "./merge-request-setup.ts";
import { actorId } from "./protocol.ts";
import type { GateEvent, RefineryEvent } from "./protocol.ts";

export const machine = mergeRequestSetup.createMachine({
  id: "merge-request",
  context: ({ input: { id, taskId, commit } }) => ({
    id,
    taskId,
    commit,
    rounds: 0,
    holds: 0,
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
      type: "parallel",
      states: {
        /** A withdrawal cannot undo a landing that is under way; it forbids the next one. */
        wish: {
          initial: "wanted",
          states: { wanted: { on: { withdraw: "unwanted" } }, unwanted: {} },
        },
        step: {
          initial: "moving",
          states: {
            moving: {
              invoke: {
                id: "land",
                src: "land",
                input: ({ context: { rebased, onto } }) => ({
                  commit: rebased ?? "",
                  onto: onto ?? "",
                }),
                onDone: [
                  { guard: "hasLanded", target: "observing" },
                  { guard: "isUnwanted", target: "#merge-request.withdrawn" },
                  { guard: "isHeld", target: "held", actions: ["recordHold", "countHold"] },
                  { guard: "hasRoundsLeft", target: "#merge-request.rebasing" },
                  {
                    target: "#merge-request.inconclusive",
                    actions: {
                      type: "explain",
                      params: `the target moved ${ROUNDS_MAX} times meanwhile`,
                    },
                  },
                ],
                onError: { target: "observing", actions: "quoteFault" },
              },
            },
            held: {
              always: { guard: "isUnwanted", target: "#merge-request.withdrawn" },
              after: { holdRecheck: "moving" },
            },
            observing: {
              invoke: {
                id: "observeTarget",
                src: "observeTarget",
                input: ({ context: { rebased } }) => ({ commit: rebased ?? "" }),
                onDone: [
                  { guard: "isContained", target: "#merge-request.retiring" },
                  { guard: "isUnwanted", target: "#merge-request.withdrawn" },
                  { guard: "hasRoundsLeft", target: "#merge-request.rebasing" },
                  {
                    target: "#merge-request.inconclusive",
                    actions: { type: "explain", params: "it was landed and is not on the target" },
                  },
                ],
                onError: { target: "wondering", actions: "quoteFault" },
              },
            },
            wondering: { after: { faultWait: "observing" } },
          },
        },
      },
    },
    retiring: {
      invoke: {
        id: "retireBranch",
        src: "retireBranch",
        input: ({ context: { taskId } }) => ({ taskId }),
        onDone: "merged",
        onError: { target: "merged", actions: "quoteFault" },
      },
    },
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
