/**
 * What a caller is told. A refusal is a value with a way forward, never an exception; the only
 * exceptions are faults of the store, which stop the host.
 */
import type { Kernel, LiveActor, Outcome } from "./kernel.ts";
import { stateText } from "./record.ts";
import type { StateValue } from "./record.ts";

export type RefusalCode =
  | "not-accepted"
  | "unknown-actor"
  | "exists"
  | "invalid"
  | "mailbox-full"
  | "poison"
  | "stale"
  | "closed";

export interface Acceptance {
  readonly ok: true;
  readonly actor: string;
  /** The actor's version after the event. */
  readonly version: number;
  readonly state: string;
  /** True where the key was known: the event was taken before, and is not taken twice. */
  readonly repeated: boolean;
}

export interface Refusal {
  readonly ok: false;
  readonly actor: string;
  readonly code: RefusalCode;
  readonly refusal: string;
  readonly hint: string;
  readonly state: string | null;
  /** The events that the actor accepts where it stands. */
  readonly accepts: readonly string[];
}

export type Answer = Acceptance | Refusal;

/** Resolves or rejects one waiting caller. */
export interface Caller {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: unknown) => void;
}

export const stateOf = ({ snapshot }: LiveActor): string =>
  snapshot === null ? "" : stateText(snapshot.value as StateValue);

export function accept(live: LiveActor, repeated = false): Acceptance {
  const { actor, version } = live;
  return { ok: true, actor, version, state: stateOf(live), repeated };
}

export function refuse(
  actor: string,
  code: RefusalCode,
  words: { readonly refusal: string; readonly hint: string },
): Refusal {
  return { ok: false, actor, code, ...words, state: null, accepts: [] };
}

/** The answer to an event that the chart does not accept where the actor stands. */
export function refuseEvent(
  live: LiveActor,
  kernel: Kernel,
  event: { readonly type: string; readonly outcome: Extract<Outcome, { kind: "refused" }> },
): Refusal {
  const { actor } = live;
  const state = stateOf(live);
  const accepts = kernel.acceptedBy(live);
  const guards = event.outcome.guards;
  const why =
    guards.length > 0
      ? `its guard ${guards.join(" or ")} does not hold`
      : "it has no such transition";
  const refusal = `${actor} is ${state} and does not accept ${event.type}: ${why}`;
  const hint = accepts.length > 0 ? `it accepts ${accepts.join(", ")}` : "it accepts nothing more";
  return { ok: false, actor, code: "not-accepted", refusal, hint, state, accepts };
}
