/**
 * What an invariant of a chart is: a sentence and a check of one step of one actor. Who walks the
 * chart, and how a broken one is reported, is left to the paths and to the checker.
 */
import type { LiveActor, Requests } from "../host/kernel.ts";
import type { Happening } from "../host/record.ts";

/** One step of one actor. Before its start an actor has version 0 and no snapshot. */
export interface Moment {
  readonly before: LiveActor;
  readonly happening: Happening;
  readonly after: LiveActor;
  readonly requests: Requests;
  /** When it was taken, as the host stamps it. */
  readonly atMs: number;
}

export interface Invariant {
  /** As the first comment of the chart names it: `T1`, `A4`. */
  readonly id: string;
  readonly text: string;
  /** False where the moment breaks it. It is asked at the start and after every step taken. */
  readonly holds: (moment: Moment) => boolean;
}

/** The invariants that a moment breaks, as lines for people. */
export function brokenIn(invariants: readonly Invariant[], moment: Moment): readonly string[] {
  return invariants.filter(({ holds }) => !holds(moment)).map(({ id, text }) => `${id}: ${text}`);
}
