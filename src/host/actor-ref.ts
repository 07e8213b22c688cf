/**
 * A reference to a durable actor with the face of XState's own: `send`, `getSnapshot`, `subscribe`,
 * so that `waitFor` and inspectors work on it.
 */
import type { AnyMachineSnapshot } from "xstate";
import type { PlainEvent } from "../../machines/chart.ts";
import type { Answer } from "./answer.ts";

export interface SnapshotObserver {
  readonly next?: (snapshot: AnyMachineSnapshot) => void;
  readonly error?: (fault: unknown) => void;
  readonly complete?: () => void;
}

export interface SendOptions {
  /** The idempotency key; without one every call is a new event. */
  readonly key?: string;
  /** What this follows from, for the journal. */
  readonly cause?: string;
}

export interface DurableActor {
  readonly id: string;
  /** Resolves after the commit is on disk. */
  send(event: PlainEvent, options?: SendOptions): Promise<Answer>;
  getSnapshot(): AnyMachineSnapshot;
  subscribe(observer: SnapshotObserver | ((snapshot: AnyMachineSnapshot) => void)): {
    readonly unsubscribe: () => void;
  };
}

/** Who watches which actor. */
export class Observers {
  readonly #byActor = new Map<string, Set<SnapshotObserver>>();

  add(actor: string, observer: SnapshotObserver): () => void {
    const all = this.#byActor.get(actor) ?? new Set();
    all.add(observer);
    this.#byActor.set(actor, all);
    return () => {
      all.delete(observer);
      if (all.size === 0) this.#byActor.delete(actor);
    };
  }

  /** After the commit: what was told is on disk. */
  tell(actor: string, snapshot: AnyMachineSnapshot): void {
    for (const observer of this.#byActor.get(actor) ?? []) {
      observer.next?.(snapshot);
      if (snapshot.status === "done") observer.complete?.();
    }
  }

  fail(fault: unknown): void {
    for (const all of this.#byActor.values()) {
      for (const observer of all) observer.error?.(fault);
    }
  }
}
