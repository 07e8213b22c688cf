/**
 * One visitor: an agent that nobody here has started, which takes tasks by itself. It works where
 * it likes and names the commit; the gate and the merge decide as for any run.
 *
 * N1 Between `assign` and the report there is exactly one run, and every way out of `held` reports
 *    it to its task exactly once.
 * N2 Whoever works has a lease: without a sign for as long as it asked for, the task goes back.
 * N3 Nothing counts as handed in but a commit that was found in git, in `collecting`. A name that
 *    leads to none costs no attempt: the visitor is told and goes on.
 * N4 A word about another run than the present one changes nothing.
 */
import { MICROSTEPS_MAX } from "./chart.ts";
import { telling, visitorSetup, workOf } from "./visitor-setup.ts";

const released = { type: "tell", params: telling.released } as const;

export const machine = visitorSetup.createMachine({
  id: "visitor",
  context: ({ input: { id, at } }) => ({
    id,
    asked: null,
    work: null,
    note: null,
    ref: null,
    reason: null,
    leaseMs: 0,
    leaseUntilMs: null,
    sinceMs: at ?? 0,
  }),
  initial: "free",
  options: { maxIterations: MICROSTEPS_MAX },
  on: {
    assign: [{ guard: "isCurrent" }, { actions: { type: "tell", params: telling.refusal } }],
    claimLost: {},
    stop: {},
  },
  states: {
    free: {
      entry: "forget",
      on: { take: { target: "asking", actions: "ask" } },
    },
    asking: {
      entry: { type: "tell", params: telling.claim },
      on: {
        assign: { guard: "isAsked", target: "held", actions: "takeWork" },
        claimLost: { guard: "isAsked", target: "free", actions: "blameState" },
      },
      after: { claimLimit: { target: "free", actions: "blameSilence" } },
    },
    held: {
      initial: "working",
      entry: { type: "tell", params: telling.started },
      exit: { type: "tell", params: telling.wake },
      on: { stop: { guard: "isCurrent", target: "free", actions: ["quoteReason", released] } },
      states: {
        working: {
          entry: "renewLease",
          exit: "endLease",
          on: {
            progress: {
              guard: "isCurrent",
              target: "working",
              reenter: true,
              actions: "recordNote",
            },
            complete: { guard: "isCurrent", target: "collecting", actions: "recordRef" },
            release: {
              guard: "isCurrent",
              target: "#visitor.free",
              actions: ["quoteReason", released],
            },
            block: {
              guard: "isCurrent",
              target: "#visitor.free",
              actions: ["quoteReason", { type: "tell", params: telling.blocked }],
            },
          },
          after: { lease: { target: "#visitor.free", actions: ["blameLease", released] } },
        },
        collecting: {
          invoke: {
            id: "collectVisit",
            src: "collectVisit",
            input: (scope) => ({ ...workOf(scope), ref: scope.context.ref ?? "" }),
            onDone: [
              {
                guard: "isFound",
                target: "#visitor.free",
                actions: ["clearReason", { type: "tell", params: telling.finished }],
              },
              { target: "working", actions: "recordFindings" },
            ],
            onError: { target: "working", actions: "recordFault" },
          },
        },
      },
    },
  },
});
