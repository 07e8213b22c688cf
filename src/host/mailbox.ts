/**
 * Calls that wait for their turn, in order of arrival. It is bounded: a full one refuses with a
 * hint instead of growing.
 *
 * B1 Never more than MAILBOX_MAX calls wait, and never more than ACTOR_MAX of them for one actor.
 */
import { refuse } from "./answer.ts";
import type { Caller, Refusal } from "./answer.ts";
import type { Happening } from "./record.ts";

/** A call on its way in. */
export interface Call {
  readonly actor: string;
  /** The caller's idempotency key; without one it cannot be a repetition. */
  readonly key: string | null;
  readonly cause: string | null;
  readonly happening: Happening;
  readonly caller: Caller;
}

export const MAILBOX_MAX = 10_000;
export const ACTOR_MAX = 1_000;

export class Mailbox {
  readonly #calls: Call[] = [];
  readonly #perActor = new Map<string, number>();

  get size(): number {
    return this.#calls.length;
  }

  /** Null where the call was taken in. */
  put(call: Call): Refusal | null {
    const waiting = this.#perActor.get(call.actor) ?? 0;
    if (this.#calls.length >= MAILBOX_MAX || waiting >= ACTOR_MAX) return full(call.actor, waiting);
    this.#calls.push(call);
    this.#perActor.set(call.actor, waiting + 1);
    return null;
  }

  take(limit: number): readonly Call[] {
    const taken = this.#calls.splice(0, limit);
    for (const { actor } of taken) {
      const left = (this.#perActor.get(actor) ?? 1) - 1;
      if (left > 0) this.#perActor.set(actor, left);
      else this.#perActor.delete(actor);
    }
    return taken;
  }
}

function full(actor: string, waiting: number): Refusal {
  return refuse(actor, "mailbox-full", {
    refusal: `${waiting} events wait for ${actor} and the mailbox is full`,
    hint: "wait for an answer to an earlier event, then send this one again with the same key",
  });
}
