/**
 * One agent: a seat with a worktree of its own, which does one run at a time. It says how the
 * run went; whether that means done is for the gate and the merge to find out.
 *
 * A1 Between `assign` and the report there is exactly one run, and every way out of the run
 *    reports to its task exactly once (`collecting` and `preparing` are the only exits).
 * A2 The program is started in `session.started` alone, by an effect that is never started
 *    twice. After a crash of ours the run is adopted or ended, never begun again.
 * A3 A worktree is touched by us only in `preparing` and `collecting`, when no program of ours
 *    runs in it: `stopping` waits until the whole process tree is gone.
 * A4 Liveness is the lease: without a beat for LEASE_MS the run is suspect, after SUSPECT_MS
 *    more it is stopped.
 * A5 A limit, a missing program or a stop that was asked for releases the task, also where its
 *    work cannot be collected; it is no failed attempt.
 * A6 What a run leaves stays on its task's branch where it is handed in or can be gone on with; any
 *    other branch goes back to where the run started. A run that was itself gone on with is cut
 *    off for good, so that a fresh tree follows.
 */
import { MICROSTEPS_MAX } from "./chart.ts";
import { agentSetup, telling, workOf } from "./agent-setup.ts";
import { isKept } from "./cut-off.ts";

const tellFree = { type: "tell", params: telling.free } as const;

export const machine = agentSetup.createMachine({
  id: "agent",
  context: ({ input: { id, at } }) => ({
    id,
    work: null,
    exit: null,
    reason: null,
    leaseUntilMs: null,
    faults: 0,
    freeSinceMs: at ?? 0,
  }),
  initial: "free",
  options: { maxIterations: MICROSTEPS_MAX },
  on: {
    assign: [{ guard: "isCurrent" }, { actions: { type: "tell", params: telling.refusal } }],
    beat: {},
    stop: {},
    drain: {},
  },
  states: {
    free: {
      initial: "idle",
      entry: ["forget", tellFree],
      on: { drain: { actions: tellFree } },
      states: {
        idle: { on: { assign: { target: "#agent.preparing", actions: "takeWork" } } },
        resting: { after: { rest: { target: "idle", actions: tellFree } } },
      },
    },
    preparing: {
      initial: "going",
      invoke: {
        id: "prepareWorktree",
        src: "prepareWorktree",
        input: workOf,
        onDone: [
          {
            guard: "isHalted",
            target: "free",
            actions: { type: "tell", params: telling.released },
          },
          {
            target: "working",
            actions: ["clearFaults", { type: "tell", params: telling.started }],
          },
        ],
        onError: [
          {
            guard: "isHalted",
            target: "free",
            actions: { type: "tell", params: telling.released },
          },
          {
            target: "free.resting",
            actions: ["recordFault", "countFault", { type: "tell", params: telling.notPrepared }],
          },
        ],
      },
      states: {
        going: {
          on: {
            stop: { guard: "isCurrent", target: "halted", actions: "quoteReason" },
            drain: { target: "halted", actions: "quoteReason" },
          },
        },
        halted: {},
      },
    },
    working: {
      type: "parallel",
      on: {
        stop: { guard: "isCurrent", target: "stopping.asked", actions: "quoteReason" },
        drain: { target: "stopping.asked", actions: "quoteReason" },
      },
      states: {
        session: {
          initial: "started",
          states: {
            started: {
              invoke: {
                id: "runAgent",
                src: "runAgent",
                input: workOf,
                onDone: {
                  target: "#agent.collecting",
                  actions: "recordExit",
                },
                onError: [
                  { guard: "wasInterrupted", target: "adopted" },
                  { target: "#agent.stopping.silent", actions: "recordFault" },
                ],
              },
            },
            adopted: {
              invoke: {
                id: "adoptRun",
                src: "adoptRun",
                input: workOf,
                onDone: {
                  target: "#agent.collecting",
                  actions: "recordExit",
                },
                onError: { target: "#agent.stopping.silent", actions: "recordFault" },
              },
            },
          },
        },
        lease: {
          initial: "live",
          states: {
            live: {
              entry: "renewLease",
              on: { beat: { guard: "isCurrent", target: "live", reenter: true } },
              after: { lease: "suspect" },
            },
            suspect: {
              on: { beat: { guard: "isCurrent", target: "live" } },
              after: {
                suspicion: {
                  target: "#agent.stopping.silent",
                  actions: "blameSilence",
                },
              },
            },
          },
        },
      },
    },
    stopping: {
      initial: "asked",
      invoke: {
        id: "stopRun",
        src: "stopRun",
        input: workOf,
        onDone: [
          {
            guard: "isSilent",
            target: "collecting",
            actions: "recordSilentExit",
          },
          { target: "collecting", actions: "recordExit" },
        ],
        onError: { target: "stuck", actions: "recordFault" },
      },
      states: { asked: {}, silent: {} },
    },
    stuck: { after: { stuckRetry: "stopping.silent" } },
    collecting: {
      invoke: {
        id: "collectWork",
        src: "collectWork",
        input: (scope) => ({ ...workOf(scope), keep: isKept(scope.context) }),
        onDone: [
          {
            guard: "isLimited",
            target: "free",
            actions: { type: "tell", params: telling.limited },
          },
          {
            guard: "isNotStarted",
            target: "free",
            actions: { type: "tell", params: telling.notStarted },
          },
          {
            guard: "isStopped",
            target: "free",
            actions: { type: "tell", params: telling.released },
          },
          {
            guard: "isForgotten",
            target: "free",
            actions: { type: "tell", params: telling.released },
          },
          {
            guard: "isFinished",
            target: "free",
            actions: { type: "tell", params: telling.finished },
          },
          { target: "free", actions: { type: "tell", params: telling.unfinished } },
        ],
        onError: [
          {
            guard: "isLimited",
            target: "free.resting",
            actions: ["recordFault", "countFault", { type: "tell", params: telling.limited }],
          },
          {
            guard: "isNotStarted",
            target: "free.resting",
            actions: ["recordFault", "countFault", { type: "tell", params: telling.notStarted }],
          },
          {
            guard: "isStopped",
            target: "free.resting",
            actions: ["recordFault", "countFault", { type: "tell", params: telling.released }],
          },
          {
            target: "free.resting",
            actions: ["recordFault", "countFault", { type: "tell", params: telling.notCollected }],
          },
        ],
      },
    },
  },
});
