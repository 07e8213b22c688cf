/** Small charts for tests of the host: a lamp, a job with effects, an egg timer and a pair. */
import { assign, fromPromise, setup } from "xstate";
import { message, tell } from "../../machines/chart.ts";
import type { PlainEvent } from "../../machines/chart.ts";
import type { CrashPolicy } from "../../machines/effects.ts";
import type { Chart } from "../../src/host/charts.ts";

interface LampContext {
  readonly switched: number;
}

/** Switched on and off; `smash` throws, `count` needs a number. */
export const lamp = setup({
  types: { context: {} as LampContext, events: {} as PlainEvent },
  actions: {
    tell,
    count: assign({ switched: ({ context }) => context.switched + 1 }),
    corrupt: assign({ switched: () => Number.NaN }),
  },
  guards: {
    isStrong: ({ event }) => Number(event["watts"]) >= 10,
    explode: () => {
      throw new Error("the lamp is broken");
    },
  },
}).createMachine({
  id: "lamp",
  context: { switched: 0 },
  initial: "off",
  options: { maxIterations: 20 },
  on: { smash: { guard: "explode", actions: "count" }, corrupt: { actions: "corrupt" }, look: {} },
  states: {
    off: { on: { switch: { target: "on", actions: "count" } } },
    on: {
      on: {
        switch: { target: "off", actions: "count" },
        dim: { guard: "isStrong", target: "dimmed" },
      },
    },
    dimmed: { type: "final" },
  },
});

/** Waits `minutes`, then rings; `reset` begins anew. */
export const egg = setup({
  types: {
    context: {} as { readonly rung: number; readonly ms: number },
    events: {} as PlainEvent,
  },
  actions: { ring: assign({ rung: ({ context }) => context.rung + 1 }) },
  delays: { boil: ({ context }) => context.ms },
}).createMachine({
  id: "egg",
  context: ({ input }) => ({ rung: 0, ms: (input as { ms: number }).ms }),
  initial: "cold",
  options: { maxIterations: 20 },
  states: {
    cold: { on: { heat: "boiling" } },
    boiling: {
      on: { reset: { target: "boiling", reenter: true }, cool: "cold" },
      after: { boil: { target: "done", actions: "ring" } },
    },
    done: { on: { heat: "boiling" } },
  },
});

/** An effect for a test's chart; the handlers come with the host. */
export function declare<Output, Input>(crash: CrashPolicy) {
  const refuseToRun = () => Promise.reject(new Error("a chart cannot run an effect"));
  return Object.assign(fromPromise<Output, Input>(refuseToRun), { crash });
}

interface JobContext {
  readonly results: readonly string[];
}

/** Works by an effect; `abort` leaves the state and so cancels it. */
export const jobMachine = (crash: CrashPolicy) =>
  setup({
    types: { context: {} as JobContext, events: {} as PlainEvent },
    actors: { work: declare<string, { readonly round: number }>(crash) },
    actions: {
      keep: assign(({ context, event }) => ({
        results: [...context.results, String((event as unknown as { output: unknown }).output)],
      })),
      blame: assign(({ context, event }) => {
        const { error } = event as unknown as { error: { code: string } };
        return { results: [...context.results, error.code] };
      }),
    },
  }).createMachine({
    id: "job",
    context: { results: [] },
    initial: "idle",
    options: { maxIterations: 20 },
    states: {
      idle: { on: { begin: "working" } },
      working: {
        on: { abort: "idle" },
        invoke: {
          id: "work",
          src: "work",
          input: ({ context }) => ({ round: context.results.length + 1 }),
          onDone: { target: "idle", actions: "keep" },
          onError: { target: "failed", actions: "blame" },
        },
      },
      failed: { on: { begin: "working" } },
    },
  });

interface RelayContext {
  readonly id: string;
  readonly to: string | null;
  readonly heard: readonly number[];
}

/** Passes numbers on to the next actor, counting down; remembers what it heard. */
export const relay = setup({
  types: { context: {} as RelayContext, events: {} as PlainEvent },
  actions: {
    tell,
    hear: assign(({ context, event }) => ({ heard: [...context.heard, Number(event["n"])] })),
  },
  guards: { isMore: ({ event }) => Number(event["n"]) > 0 },
}).createMachine({
  id: "relay",
  context: ({ input }) => ({ heard: [], ...(input as { id: string; to: string | null }) }),
  initial: "ready",
  options: { maxIterations: 20 },
  states: {
    ready: {
      on: {
        pass: [
          {
            guard: "isMore",
            actions: [
              "hear",
              {
                type: "tell",
                params: ({ context, event }) =>
                  context.to === null
                    ? []
                    : [message(context.to, { type: "pass", n: Number(event["n"]) - 1 })],
              },
            ],
          },
          { actions: "hear" },
        ],
        burst: {
          actions: {
            type: "tell",
            params: ({ context, event }) =>
              Array.from({ length: Number(event["n"]) }, (_, index) =>
                message(context.to ?? "", { type: "pass", n: -index }),
              ),
          },
        },
        spawn: {
          actions: {
            type: "tell",
            params: ({ event }) => ({ to: String(event["child"]), start: { id: "c", to: null } }),
          },
        },
      },
    },
  },
});

export const lampChart: Chart = { name: "lamp", version: 1, machine: lamp };
export const eggChart: Chart = { name: "egg", version: 1, machine: egg };
export const relayChart: Chart = { name: "relay", version: 1, machine: relay };
export const jobChart = (crash: CrashPolicy): Chart => ({
  name: "job",
  version: 1,
  machine: jobMachine(crash),
});
