/**
 * One account of one agent program: may runs be started on it now? It counts what the program
 * reports, never what a task's work is worth.
 *
 * V1 Runs start in `usable` alone.
 * V2 From `cooling` and `unavailable` the way back is through `probing`, where the program itself
 *    is asked.
 * V3 A limit with a reset time cools until exactly then; without one, or with one that is over,
 *    the wait doubles, from one minute to one hour, until a run ends well.
 *
 * Usage windows, accounts and prices come with the real agent programs; a `command` has none.
 */
import { assign, setup } from "xstate";
import { faultOf, message, MICROSTEPS_MAX, stampOf, tell } from "./chart.ts";
import { effect } from "./effects.ts";
import { actorId } from "./protocol.ts";
import type { ProviderEvent, ProviderInput } from "./capacity.ts";
import type { CoordinatorEvent } from "./protocol.ts";

export interface ProviderContext {
  readonly name: string;
  readonly reason: string | null;
  /** When it is tried again, or null while nothing waits. */
  readonly untilMs: number | null;
  /** Limits without a reset time and failed starts, in a row. */
  readonly setbacks: number;
}

const WAIT_FIRST_MS = 60_000;
const WAIT_MAX_MS = 60 * 60_000;
/** A reset time that is all but now still waits this long. */
const WAIT_MIN_MS = 1_000;
/** No window of a provider is longer than a week; a reset time beyond that is not believed. */
const LIMIT_MAX_MS = 8 * 24 * 60 * 60_000;

const backoff = (setbacks: number): number =>
  Math.min(WAIT_MAX_MS, WAIT_FIRST_MS * 2 ** Math.max(0, setbacks - 1));

const wake = {
  type: "tell",
  params: () => message<CoordinatorEvent>(actorId.coordinator, { type: "wake" }),
} as const;

const provider = setup({
  types: {
    context: {} as ProviderContext,
    input: {} as ProviderInput,
    events: {} as ProviderEvent,
  },
  actors: { probeProvider: effect<"probeProvider">("retry") },
  actions: {
    tell,
    recordLimit: assign(({ context, event }) => {
      if (event.type !== "limitHit") return {};
      const at = stampOf(event);
      // An end that is over says nothing of the next start: with a clock that is wrong, or a program
      // that repeats an old message, believing it would start runs without a pause.
      const endMs = event.untilMs !== null && event.untilMs > at ? event.untilMs : null;
      const setbacks = endMs === null ? context.setbacks + 1 : context.setbacks;
      const untilMs = Math.min(endMs ?? at + backoff(setbacks), at + LIMIT_MAX_MS);
      return { setbacks, reason: event.reason, untilMs: Math.max(untilMs, context.untilMs ?? 0) };
    }),
    recordSetback: assign(({ context, event }) => {
      const setbacks = context.setbacks + 1;
      const reason = "reason" in event ? event.reason : faultOf(event).message;
      return { setbacks, reason, untilMs: stampOf(event) + backoff(setbacks) };
    }),
    clearSetbacks: assign({ setbacks: 0 }),
    clearWait: assign({ reason: null, untilMs: null }),
  },
  delays: {
    wait: ({ context: { untilMs }, event }) =>
      Math.max(WAIT_MIN_MS, (untilMs ?? 0) - stampOf(event)),
  },
});

export const machine = provider.createMachine({
  id: "provider",
  context: ({ input: { name } }) => ({ name, reason: null, untilMs: null, setbacks: 0 }),
  initial: "probing",
  options: { maxIterations: MICROSTEPS_MAX },
  on: {
    limitHit: { target: ".cooling", actions: "recordLimit" },
    startFailed: {},
    runEnded: {},
    recheck: {},
  },
  states: {
    probing: {
      invoke: {
        id: "probeProvider",
        src: "probeProvider",
        input: ({ context: { name } }) => ({ name }),
        onDone: "usable",
        onError: { target: "unavailable", actions: "recordSetback" },
      },
    },
    usable: {
      entry: ["clearWait", wake],
      on: {
        startFailed: { target: "unavailable", actions: "recordSetback" },
        runEnded: { actions: "clearSetbacks" },
        recheck: "probing",
      },
    },
    cooling: { after: { wait: "probing" } },
    unavailable: { after: { wait: "probing" }, on: { recheck: "probing" } },
  },
});
