/**
 * What the words of the provider chart mean: its memory, how long it waits, and how full its account
 * is. The chart itself, with its invariants, is `provider.ts`.
 */
import { assign, setup } from "xstate";
import type { ProviderEvent, ProviderInput, UsageWindow } from "./capacity.ts";
import { faultOf, message, stampOf, tell } from "./chart.ts";
import { effect } from "./effects.ts";
import { actorId } from "./protocol.ts";
import type { CoordinatorEvent } from "./protocol.ts";

/** A window that is believed until it begins anew. */
export interface OpenWindow extends UsageWindow {
  readonly resetsAtMs: number;
}

export interface ProviderContext {
  readonly name: string;
  readonly reason: string | null;
  /** When it is tried again, or null while nothing waits. */
  readonly untilMs: number | null;
  /** Limits without a reset time and failed starts, in a row. */
  readonly setbacks: number;
  /** Failures of its server, in a row. */
  readonly errors: number;
  /** How full its account is, as the last runs told; what has begun anew is not in it. */
  readonly windows: readonly OpenWindow[];
}

const MINUTE_MS = 60_000;
const WAIT_FIRST_MS = MINUTE_MS;
const WAIT_MAX_MS = 60 * MINUTE_MS;
/** A reset time that is all but now still waits this long. */
const WAIT_MIN_MS = 1_000;
/** Limits that are said to end within a minute are believed so often in a row. */
const BELIEVED_MAX = 2;
/** No window of a provider is longer than a week; a reset time beyond that is not believed. */
const LIMIT_MAX_MS = 8 * 24 * 60 * MINUTE_MS;
/** A window whose end nobody told is believed for so long. */
const UNTOLD_MS = 60 * MINUTE_MS;
/** An account has a handful; the newest win. */
const WINDOWS_MAX = 10;

/** Below this many failures of the server in a row, a short wait is enough. */
export const BREAKER_AT = 3;
/** The program itself has tried again for seconds before it gave up. */
const ERROR_WAIT_MS = 15_000;

/** Requirements H: a person is warned at 80 %, and at 95 % others are preferred. */
const WARNING_RATIO = 0.8;
const CRITICAL_RATIO = 0.95;

const backoff = (setbacks: number): number =>
  Math.min(WAIT_MAX_MS, WAIT_FIRST_MS * 2 ** Math.max(0, setbacks - 1));

/** Half open: one failure after a rest opens the breaker again, for twice as long. */
const errorWait = (errors: number): number =>
  errors < BREAKER_AT ? ERROR_WAIT_MS * 2 ** (errors - 1) : backoff(errors - BREAKER_AT + 1);

type Scope = { readonly context: ProviderContext; readonly event: ProviderEvent };

function limitOf({ context, event }: Scope): Partial<ProviderContext> {
  if (event.type !== "limitHit") return {};
  const at = stampOf(event);
  // An end that is over says nothing of the next start: with a clock that is wrong, or a program
  // that repeats an old message, believing it would start runs without a pause.
  const endMs = event.untilMs !== null && event.untilMs > at ? event.untilMs : null;
  // Some programs tell their own pause before they try again, however long the limit lasts. Several
  // runs that are refused at once are one setback.
  const isShort = endMs !== null && endMs - at < WAIT_FIRST_MS;
  const counts = endMs === null || (isShort && context.untilMs === null);
  const setbacks = context.setbacks + Number(counts);
  const isDoubted = isShort && setbacks > BELIEVED_MAX;
  const ownMs = at + backoff(isDoubted ? setbacks - BELIEVED_MAX : setbacks);
  const untilMs = Math.min(isDoubted ? ownMs : (endMs ?? ownMs), at + LIMIT_MAX_MS);
  return { setbacks, reason: event.reason, untilMs: Math.max(untilMs, context.untilMs ?? 0) };
}

function windowsAfter({ context, event }: Scope): readonly OpenWindow[] {
  if (event.type !== "usageReported") return context.windows;
  const at = stampOf(event);
  const told = event.windows.map((each): OpenWindow => {
    const resetsAtMs = Math.min(each.resetsAtMs ?? at + UNTOLD_MS, at + LIMIT_MAX_MS);
    return { ...each, resetsAtMs };
  });
  const others = context.windows.filter(({ name }) => told.every((each) => each.name !== name));
  return [...others, ...told].filter(({ resetsAtMs }) => resetsAtMs > at).slice(-WINDOWS_MAX);
}

const fullest = ({ context }: Pick<Scope, "context">): number =>
  Math.max(0, ...context.windows.map(({ usedRatio }) => usedRatio));

const firstEnd = ({ context }: Pick<Scope, "context">): number =>
  Math.min(...context.windows.map(({ resetsAtMs }) => resetsAtMs));

/** Windows that have begun anew by then are as empty as can be. */
const without = ({ windows }: ProviderContext, endMs: number): Partial<ProviderContext> => ({
  windows: windows.filter(({ resetsAtMs }) => resetsAtMs > endMs),
});

const reasonIn = (event: ProviderEvent): string =>
  "reason" in event ? event.reason : faultOf(event).message;

/** Faults of a probe that only a person can mend. */
const SHUT_OUT = "agents.logged-out";

/** What wakes the coordinator: a provider that takes runs again. */
export const wakeCoordinator = () =>
  message<CoordinatorEvent>(actorId.coordinator, { type: "wake" });

/** The setup that `provider.ts` makes its chart with. */
export const providerSetup = setup({
  types: {
    context: {} as ProviderContext,
    input: {} as ProviderInput,
    events: {} as ProviderEvent,
  },
  actors: { probeProvider: effect<"probeProvider">("retry") },
  actions: {
    tell,
    recordLimit: assign(limitOf),
    recordSetback: assign(({ context, event }) => {
      const setbacks = context.setbacks + 1;
      return { setbacks, reason: reasonIn(event), untilMs: stampOf(event) + backoff(setbacks) };
    }),
    recordError: assign(({ context, event }) => {
      const errors = context.errors + 1;
      return { errors, reason: reasonIn(event), untilMs: stampOf(event) + errorWait(errors) };
    }),
    recordRefusal: assign(({ event }) => ({ reason: reasonIn(event), untilMs: null })),
    recordWindows: assign((scope) => ({ windows: windowsAfter(scope) })),
    dropWindows: assign(({ context, event }) => without(context, stampOf(event))),
    /** The timer is believed, whatever the clock has done meanwhile. */
    endWindow: assign(({ context }) => without(context, firstEnd({ context }))),
    clearCounts: assign({ setbacks: 0, errors: 0 }),
    clearWait: assign({ reason: null, untilMs: null }),
  },
  guards: {
    isShutOut: ({ event }) => faultOf(event).code === SHUT_OUT,
    isBreaking: ({ context }) => context.errors + 1 >= BREAKER_AT,
    isWarned: (scope) => fullest(scope) >= WARNING_RATIO,
    isCritical: (scope) => fullest(scope) >= CRITICAL_RATIO,
  },
  delays: {
    wait: ({ context: { untilMs }, event }) =>
      Math.max(WAIT_MIN_MS, (untilMs ?? 0) - stampOf(event)),
    windowEnd: ({ context, event }) =>
      Math.max(WAIT_MIN_MS, firstEnd({ context }) - stampOf(event)),
  },
});
