/**
 * The life of the worker, the process that does the work behind the supervisor. It lives in the
 * supervisor's memory alone: what it would say after a crash, that some worker may still be there,
 * is where every life begins.
 *
 * W1 A worker is started only when the one before it is surely dead.
 * W2 One that served and died is replaced, after a wait that doubles up to WAIT_MAX_MS. One that
 *    cannot be started ends the life: at once where none has served yet, else after STARTS_MAX tries.
 *    One that ended because it said so, as for a restore, is replaced at once and is no setback.
 * W3 After `stop` or `kill` nothing is started, and the life ends when the worker has ended. `kill`
 *    waits for nobody; what the worker was at is found by the next one.
 */
import { assign, fromPromise, setup } from "xstate";
import { faultOf, MICROSTEPS_MAX, outputOf } from "../../machines/chart.ts";

export interface WorkerContext {
  /** Ends and failed starts in a row, without a time of steady service between. */
  readonly setbacks: number;
  readonly failedStarts: number;
  readonly hasServed: boolean;
  /** Why there is no worker, for people. */
  readonly reason: string | null;
}

export type WorkerEvent = { readonly type: "stop" } | { readonly type: "kill" };

/** How a worker ended. */
export interface WorkerEnd {
  readonly how: string;
  /** It said that it would end, for another one to begin. */
  readonly isOrderly: boolean;
}

export const WAIT_FIRST_MS = 100;
export const WAIT_MAX_MS = 10_000;
export const STARTS_MAX = 8;
/** After this long at work an end is news, and no part of a row. */
export const STEADY_MS = 60_000;

const refuseToRun = () => Promise.reject(new Error("a chart cannot run an effect"));

/** An effect of this chart. A supervisor that is gone runs none again: the next life does. */
export const effect = <Output>(run: () => Promise<Output> = refuseToRun) =>
  Object.assign(fromPromise<Output, null>(run), { crash: "interrupted" as const });

const worker = setup({
  types: { context: {} as WorkerContext, events: {} as WorkerEvent },
  actors: {
    /** Sees to it that the worker of an earlier supervisor is dead. */
    evictWorker: effect<null>(),
    /** Starts one and waits until it serves; where it fails, nothing of it is left. */
    startWorker: effect<null>(),
    /** Waits for its end. */
    watchWorker: effect<WorkerEnd>(),
    /** Lets it finish within the limit, and ends it. */
    drainWorker: effect<null>(),
    /** Ends it at once. */
    killWorker: effect<null>(),
  },
  actions: {
    recordService: assign({ hasServed: true, failedStarts: 0, reason: null }),
    recordSteady: assign({ setbacks: 0 }),
    recordEnd: assign(({ context, event }) => {
      return { setbacks: context.setbacks + 1, reason: outputOf<WorkerEnd>(event).how };
    }),
    recordFailedStart: assign(({ context, event }) => {
      const { setbacks, failedStarts } = context;
      const reason = faultOf(event).message;
      return { setbacks: setbacks + 1, failedStarts: failedStarts + 1, reason };
    }),
    recordFault: assign(({ event }) => ({ reason: faultOf(event).message })),
  },
  guards: {
    isOrderly: ({ event }) => outputOf<WorkerEnd>(event).isOrderly,
    mayTryAgain: ({ context }) => context.hasServed && context.failedStarts + 1 < STARTS_MAX,
  },
  delays: {
    steady: STEADY_MS,
    wait: ({ context: { setbacks } }) =>
      Math.min(WAIT_MAX_MS, WAIT_FIRST_MS * 2 ** Math.max(0, setbacks - 1)),
  },
});

export const machine = worker.createMachine({
  id: "worker",
  context: { setbacks: 0, failedStarts: 0, hasServed: false, reason: null },
  initial: "evicting",
  options: { maxIterations: MICROSTEPS_MAX },
  states: {
    evicting: {
      invoke: {
        id: "evictWorker",
        src: "evictWorker",
        input: null,
        onDone: "starting",
        onError: { target: "failed", actions: "recordFault" },
      },
      on: { stop: "stopped", kill: "stopped" },
    },
    starting: {
      invoke: {
        id: "startWorker",
        src: "startWorker",
        input: null,
        onDone: { target: "serving", actions: "recordService" },
        onError: [
          { guard: "mayTryAgain", target: "restarting", actions: "recordFailedStart" },
          { target: "failed", actions: "recordFailedStart" },
        ],
      },
      on: { stop: "stopping", kill: "killing" },
    },
    serving: {
      invoke: {
        id: "watchWorker",
        src: "watchWorker",
        input: null,
        onDone: [
          { guard: "isOrderly", target: "starting" },
          { target: "restarting", actions: "recordEnd" },
        ],
        onError: { target: "failed", actions: "recordFault" },
      },
      on: { stop: "stopping", kill: "killing" },
      after: { steady: { actions: "recordSteady" } },
    },
    restarting: { after: { wait: "starting" }, on: { stop: "stopped", kill: "stopped" } },
    stopping: {
      invoke: {
        id: "drainWorker",
        src: "drainWorker",
        input: null,
        onDone: "stopped",
        onError: { target: "failed", actions: "recordFault" },
      },
      on: { stop: {}, kill: "killing" },
    },
    killing: {
      invoke: {
        id: "killWorker",
        src: "killWorker",
        input: null,
        onDone: "stopped",
        onError: { target: "failed", actions: "recordFault" },
      },
      on: { stop: {}, kill: {} },
    },
    failed: { type: "final" },
    stopped: { type: "final" },
  },
});
