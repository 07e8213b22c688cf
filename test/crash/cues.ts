/**
 * When the effects of a life end, and how: as the script says while it is played, and in their
 * usual course from then on.
 */
import type { Fault } from "../../machines/chart.ts";

/** How an effect ends that the script names. */
export type Ending = { readonly output: unknown } | { readonly error: Fault };

/** What a handler is told of its part. */
export interface Cue {
  /** The effect's id. */
  readonly effect: string;
  /** Null where the script leaves it to its usual course. */
  readonly plan: Ending | null;
  /** What it begins has begun. */
  begun(): void;
  /** Resolves at its time: with the output of the plan, or with nothing. Throws a planned fault. */
  ending<Output>(): Promise<Output | undefined>;
}

export class Cues {
  readonly #plans: Readonly<Record<string, Ending>>;
  readonly #released = new Map<string, PromiseWithResolvers<void>>();
  readonly #usual = Promise.withResolvers<void>();

  constructor(plans: Readonly<Record<string, Ending>>) {
    this.#plans = plans;
  }

  cueFor(effect: string, signal: AbortSignal, begun: () => void): Cue {
    const plan = this.#plans[effect] ?? null;
    const turn = plan === null ? this.#usual : this.#turnOf(effect);
    const ending = async <Output>(): Promise<Output | undefined> => {
      await Promise.race([turn.promise, aborted(signal)]);
      if (plan === null) return undefined;
      if ("output" in plan) return plan.output as Output;
      throw Object.assign(new Error(plan.error.message), { code: plan.error.code });
    };
    return { effect, plan, begun, ending };
  }

  /** The script has come to the end of this effect. */
  release(effect: string): void {
    this.#turnOf(effect).resolve();
  }

  /** The script is over: what it does not name ends as it usually does. */
  releaseOthers(): void {
    this.#usual.resolve();
  }

  #turnOf(effect: string): PromiseWithResolvers<void> {
    const turn = this.#released.get(effect) ?? Promise.withResolvers<void>();
    this.#released.set(effect, turn);
    return turn;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(new Error("nobody waits for it any more"));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
  });
}
