/**
 * One task of the roadmap, from the backlog to a merge that was seen in git. Who works on it is
 * the coordinator's decision; how the work is done is the agent's.
 *
 * T1 `active` if and only if exactly one run holds the task (`run` is set nowhere else); an event
 *    of any other run is refused by its run id, so an agent that wakes late changes nothing.
 *    A claim names the run that it is for: one that comes late or twice begins nothing.
 * T2 Every path to `done` passes `working`, `checking` and `merging`. `imported` is the status
 *    `done` of a task that was finished before WeatherVane knew it; nothing else leads there.
 * T3 `ready`, `rework` and `active` have no unfinished `blocks` dependency.
 * T4 The third failed attempt blocks, and so does a worker's word that only a person can help. A
 *    release (rate limit, stop, missing program) is no attempt.
 *    A merge conflict is no attempt either, since the work was good; the fifth one blocks.
 *    From the second one on the target is reserved for the next try, so somebody gets through.
 * T5 A settled task (`done`, `imported`, `cancelled`) never becomes unsettled, so that what
 *    depends on it can never regress. It still answers a new dependent, hence it is not `final`.
 * T6 A cancelled task has no run and no merge under way: `cancelling` and `withdrawing` wait.
 * T7 A run that was cut off and the one that goes on with its session are one attempt; there is no
 *    third. The next run of the provider that has the session goes on with it, any other one
 *    begins on a fresh tree. So is a session that was released at a limit, each time.
 *
 * Differs from the design sketch: reviewing and testing are one gate run (`checking`); the lease
 * is the agent chart's, whose every way out reports here; rework says which tree it starts from.
 */
import { assign } from "xstate";
import { including, MICROSTEPS_MAX, without } from "./chart.ts";
import {
  ATTEMPTS_MAX,
  CONFLICTS_MAX,
  lastWord,
  newTask,
  taskSetup,
  telling,
} from "./task-setup.ts";
import type { StartFrom } from "./protocol.ts";
import type { Explained } from "./task-setup.ts";

const wake = { type: "tell", params: telling.wake } as const;
const reserve = { type: "tell", params: telling.reserve } as const;
const release = { type: "tell", params: telling.release } as const;
const reviseText = { actions: "reviseText" } as const;
const reviseWhole = {
  actions: [{ type: "tell", params: telling.bothEnds }, "reviseWhole"],
} as const;
const giveUp = (last: string) =>
  [
    "countAttempt",
    "learn",
    {
      type: "explain",
      params: (scope: Explained) => `${ATTEMPTS_MAX} attempts failed${last}${lastWord(scope)}`,
    },
  ] as const;
const takeFrom = (params: StartFrom) =>
  ({ guard: "isNext", target: "#task.active", actions: { type: "takeRun", params } }) as const;
const answering = (word: "dependencyDone" | "dependencyCancelled") =>
  ({ actions: { type: "tell", params: telling.newDependent(word) } }) as const;
const cancel = { target: "#task.cancelled", actions: "quoteReason" } as const;

export const machine = taskSetup.createMachine({
  id: "task",
  context: ({ input }) => newTask(input),
  initial: "created",
  options: { maxIterations: MICROSTEPS_MAX },
  on: {
    addDependent: {
      actions: assign({
        dependents: ({ context, event }) => including(context.dependents, event.taskId),
      }),
    },
    dropDependent: {
      actions: assign({
        dependents: ({ context, event }) => without(context.dependents, event.taskId),
      }),
    },
    dependencyDone: { actions: "dropBlocker" },
    dependencyCancelled: { actions: "dropBlocker" },
    claim: { actions: { type: "tell", params: telling.claimLost } },
  },
  states: {
    created: {
      exit: { type: "tell", params: telling.dependencies },
      always: [
        { guard: { type: "isImportedAs", params: "done" }, target: "imported" },
        { guard: { type: "isImportedAs", params: "cancelled" }, target: "cancelled" },
        { guard: { type: "isImportedAs", params: "blocked" }, target: "blocked" },
        { target: "backlog" },
      ],
    },
    backlog: {
      initial: "waiting",
      on: {
        revise: reviseWhole,
        cancel,
        dependencyCancelled: {
          target: "blocked",
          actions: [
            "dropBlocker",
            {
              type: "explain",
              params: ({ event }) => `its dependency ${event.taskId} was cancelled`,
            },
          ],
        },
      },
      states: {
        waiting: { always: { guard: "hasNoBlockers", target: "ready" } },
        ready: {
          entry: wake,
          always: { guard: "hasBlockers", target: "waiting" },
          on: {
            claim: [{ ...takeFrom("overlay"), guard: "isNextAfterWork" }, takeFrom("target")],
          },
        },
      },
    },
    active: {
      initial: "claimed",
      entry: { type: "tell", params: telling.assignment },
      exit: "endRun",
      on: {
        claim: { guard: "isCurrent", actions: { type: "tell", params: telling.claimed } },
        revise: reviseText,
        runFailed: [
          { guard: "mayGoOn", target: ".returning", actions: ["countCut", "learn", "keepLeft"] },
          {
            guard: "isLastAttempt",
            target: "blocked",
            actions: giveUp(""),
          },
          { guard: "isCurrent", target: ".returning", actions: ["countAttempt", "learn"] },
        ],
        runReleased: {
          guard: "isCurrent",
          target: ".returning",
          actions: ["quoteReason", "keepLeft"],
        },
        runBlocked: { guard: "isCurrent", target: "blocked", actions: "quoteReason" },
      },
      states: {
        claimed: {
          on: {
            runStarted: { guard: "isCurrent", target: "working" },
            cancel: { target: "cancelling", actions: "quoteReason" },
          },
        },
        working: {
          on: {
            workFinished: { guard: "isCurrent", target: "#task.gate", actions: "handIn" },
            cancel: { target: "cancelling", actions: "quoteReason" },
          },
        },
        cancelling: {
          entry: { type: "tell", params: telling.stop },
          on: {
            workFinished: { guard: "isCurrent", target: "#task.cancelled" },
            runFailed: { guard: "isCurrent", target: "#task.cancelled" },
            runReleased: { guard: "isCurrent", target: "#task.cancelled" },
            runBlocked: { guard: "isCurrent", target: "#task.cancelled" },
          },
        },
        returning: {
          always: [
            { guard: "startedFromOverlay", target: "#task.rework.reapplying" },
            { guard: "hasHandedIn", target: "#task.rework.correcting" },
            { target: "#task.backlog" },
          ],
        },
      },
    },
    gate: {
      initial: "checking",
      on: { revise: reviseText },
      states: {
        checking: {
          entry: { type: "tell", params: telling.startGate },
          on: {
            gatePassed: { guard: "isCurrent", target: "merging" },
            gateFailed: [
              {
                guard: "isLastAttempt",
                target: "#task.blocked",
                actions: giveUp(", the last at the gate"),
              },
              {
                guard: "isCurrent",
                target: "#task.rework.correcting",
                actions: ["countAttempt", "learn"],
              },
            ],
            gateInconclusive: {
              guard: "isCurrent",
              target: "#task.blocked",
              actions: {
                type: "explain",
                params: ({ event }) => `the gate is inconclusive: ${event.reason}`,
              },
            },
            cancel: {
              target: "#task.cancelled",
              actions: ["quoteReason", { type: "tell", params: telling.cancelGate }],
            },
          },
        },
        merging: {
          entry: { type: "tell", params: telling.startMerge },
          on: {
            merged: { guard: "isCurrent", target: "#task.done", actions: "recordMerge" },
            mergeConflicted: [
              {
                guard: "isLastConflict",
                target: "#task.blocked",
                actions: [
                  "countConflict",
                  "learn",
                  { type: "explain", params: `${CONFLICTS_MAX} merge conflicts` },
                ],
              },
              {
                guard: "isCurrent",
                target: "#task.rework.reapplying",
                actions: ["countConflict", "learn", reserve],
              },
            ],
            mergeRejected: [
              {
                guard: "isLastAttempt",
                target: "#task.blocked",
                actions: giveUp(", the last at the merge"),
              },
              {
                guard: "isCurrent",
                target: "#task.rework.reapplying",
                actions: ["countAttempt", "learn"],
              },
            ],
            mergeInconclusive: {
              guard: "isCurrent",
              target: "#task.blocked",
              actions: {
                type: "explain",
                params: ({ event }) => `the merge is inconclusive: ${event.reason}`,
              },
            },
            cancel: { target: "withdrawing", actions: "quoteReason" },
          },
        },
        withdrawing: {
          entry: { type: "tell", params: telling.withdrawMerge },
          on: {
            merged: { guard: "isCurrent", target: "#task.done", actions: "recordMerge" },
            mergeWithdrawn: { guard: "isCurrent", target: "#task.cancelled" },
            mergeConflicted: { guard: "isCurrent", target: "#task.cancelled" },
            mergeRejected: { guard: "isCurrent", target: "#task.cancelled" },
            mergeInconclusive: { guard: "isCurrent", target: "#task.cancelled" },
          },
        },
      },
    },
    rework: {
      initial: "correcting",
      entry: wake,
      on: { revise: reviseText, cancel },
      states: {
        correcting: {
          on: { claim: takeFrom("branch") },
        },
        reapplying: {
          on: { claim: takeFrom("overlay") },
        },
      },
    },
    blocked: {
      entry: release,
      on: { revise: reviseWhole, cancel, unblock: { target: "backlog", actions: "startAfresh" } },
    },
    done: {
      tags: ["settled"],
      entry: [{ type: "tell", params: telling.dependents("dependencyDone") }, release],
      on: { addDependent: answering("dependencyDone") },
    },
    imported: {
      tags: ["settled"],
      on: { addDependent: answering("dependencyDone") },
    },
    cancelled: {
      tags: ["settled"],
      entry: [{ type: "tell", params: telling.dependents("dependencyCancelled") }, release],
      on: { addDependent: answering("dependencyCancelled") },
    },
  },
});
