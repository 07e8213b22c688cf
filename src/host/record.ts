/**
 * What the journal and the snapshot table hold: neutral words instead of XState's event names, so
 * that a later XState reads today's database. Turning them into events is the kernel's part.
 */
import type { Fault, PlainEvent } from "../../machines/chart.ts";

/** One thing that happened to an actor, as the journal keeps it. */
export type Happening =
  | { readonly kind: "start"; readonly input: object }
  | { readonly kind: "event"; readonly event: PlainEvent }
  | {
      readonly kind: "done";
      readonly effect: string;
      readonly child: string;
      readonly output: unknown;
    }
  | {
      readonly kind: "failed";
      readonly effect: string;
      readonly child: string;
      readonly error: Fault;
    }
  | { readonly kind: "timer"; readonly timer: string; readonly setBy: number }
  | { readonly kind: "migrated"; readonly snapshot: SnapshotRecord };

/** An actor at rest, as plain JSON. Its order of keys is fixed, so equal actors are equal text. */
export interface SnapshotRecord {
  readonly status: "active" | "done" | "stopped" | "error";
  readonly value: StateValue;
  readonly context: unknown;
  /** Effects under way: the invoking child's name and the effect's id. */
  readonly children: Readonly<Record<string, string>>;
  /** Timers running: their name and the version of the actor that set them. */
  readonly timers: Readonly<Record<string, number>>;
}

export type StateValue = string | { readonly [state: string]: StateValue | undefined };

/** A state as one word for tables and people: `gate.checking`, `working(lease.live session.started)`. */
export function stateText(value: StateValue): string {
  if (typeof value === "string") return value;
  const parts = Object.entries(value).map(([state, inner]) =>
    inner === undefined || (typeof inner === "object" && Object.keys(inner).length === 0)
      ? state
      : `${state}.${stateText(inner)}`,
  );
  return parts.length === 1 ? (parts[0] ?? "") : `(${parts.join(" ")})`;
}

/** What happened, in a word: the event's name, or the effect and how it ended. */
export function eventName(happening: string): string {
  const parsed = JSON.parse(happening) as Happening;
  switch (parsed.kind) {
    case "event":
      return parsed.event.type;
    case "done":
    case "failed":
      return `${parsed.child} ${parsed.kind}`;
    case "timer":
      return `timer ${parsed.timer.split("@", 1)[0]}`;
    case "start":
    case "migrated":
      return parsed.kind;
    default:
      return parsed satisfies never;
  }
}
