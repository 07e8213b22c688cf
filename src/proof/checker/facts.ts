/**
 * What a checked chart may say about itself that its arrows cannot: which states are ends, who
 * sends which event, what is a claim. It stands in the `meta` of the chart's root or is given to
 * the checker; a fact that is not given leaves its rule with nothing to check, unless it says more.
 */
import type { AnyStateMachine } from "xstate";
import type { Cases } from "../cases.ts";

/** A hold on work that must not outlive its holder. */
export interface Claim {
  /** The state in which the claim is held. */
  readonly state: string;
  /** The field of the context that names the holder: set in the state, null everywhere else. */
  readonly owner: string;
  /** Who holds it, as `sentBy` names the party or as a chart of the set is named. */
  readonly heldBy: string;
}

/** An effect that cannot be taken back, and what must have happened before it. */
export interface Destructive {
  readonly effect: string;
  /** A state that must have been entered, or an event that must have been taken. */
  readonly after: string;
  /** The precondition must hold anew after this state; without one, since the start. */
  readonly since?: string;
}

/** An effect that must not be done again for the same work. */
export interface Once {
  readonly effect: string;
  /** States and events that make it new work, so that the effect may be done for it. */
  readonly renewedBy: readonly string[];
}

/** An actor at rest, as a queue's membership is asked about. */
export interface Resting {
  readonly state: string;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface Facts {
  /** States to stay in for ever. The tags `settled` and `end` say the same in the chart. */
  readonly ends?: readonly string[];
  /** States that wait for somebody outside on purpose, and for whom: `blocked` for a person. */
  readonly waits?: Readonly<Record<string, string>>;
  /** Who sends an event, besides the charts that tell it: `{ approve: ["person"] }`. */
  readonly sentBy?: Readonly<Record<string, readonly string[]>>;
  /** Charts that are told things and are not checked along. */
  readonly elsewhere?: readonly string[];
  readonly claims?: readonly Claim[];
  readonly destructive?: readonly Destructive[];
  readonly once?: readonly Once[];
  /** Who finds an item where it rests, by name of the queue. Without any, nobody is asked. */
  readonly queues?: Readonly<Record<string, (item: Resting) => boolean>>;
  /** Payloads to walk the chart with. */
  readonly cases?: Cases;
}

/** A chart by the name that others tell it things under, with what it cannot say itself. */
export interface CheckedChart {
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly facts?: Facts;
}

/** The facts in the chart's own `meta`, completed and overruled by those that are given. */
export function factsOf({ root }: AnyStateMachine, given: Facts): Facts {
  return { ...(root.meta as Facts | undefined), ...given };
}
