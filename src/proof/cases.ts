/**
 * What a walk through a chart needs besides the chart: how its actor begins, and the payloads its
 * guards tell apart. Charts stay pure, so these stand beside the tests, or beside a user's chart.
 */
import type { Fault, PlainEvent } from "../../machines/chart.ts";

/** Where the actor stands, for payloads that must match it. */
export interface Now<Context = unknown> {
  readonly context: Context;
  /** The state as text, `working.lease.live` for instance. */
  readonly state: string;
  readonly nowMs: number;
}

export interface Cases<Context = unknown, Event extends { readonly type: string } = PlainEvent> {
  /** The actor's id, where the chart's name alone is none. */
  readonly actor?: string;
  /** The inputs that bring it into being, one for each way to begin. */
  readonly inputs?: readonly object[];
  /** Events with payloads on both sides of each guard; other events come as their bare type. */
  events?(now: Now<Context>): readonly Event[];
  /** What an effect may give back, by its name; null is assumed of the others. */
  readonly outputs?: Readonly<Record<string, readonly unknown[]>>;
  /** Faults of effects that the chart tells from a plain one, besides `interrupted`. */
  readonly faults?: readonly Fault[];
  /**
   * The part of the context that decides what can follow. What grows for ever must not be
   * in it; without this the whole context counts, but for points in time.
   */
  essence?(context: Context): unknown;
}
