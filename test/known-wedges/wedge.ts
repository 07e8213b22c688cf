/** What a known wedge is: a published failure as a small chart, and the same chart mended. */
import { fromPromise } from "xstate";
import type { CrashPolicy } from "../../machines/effects.ts";
import type { CheckedChart } from "../../src/proof/checker/facts.ts";

export interface KnownWedge {
  /** The public issue it comes from; each of them was looked up and read. */
  readonly issue: string;
  /** What really happened, in one sentence of ours. */
  readonly story: string;
  readonly wedged: readonly CheckedChart[];
  readonly mended: readonly CheckedChart[];
  /** What the checker says of the wedged charts: a code, and the state, event or effect. */
  readonly flags: readonly string[];
}

/** An effect that a chart names and nobody here carries out. */
export const deed = (crash: CrashPolicy = "interrupted") =>
  Object.assign(
    fromPromise(() => Promise.reject(new Error("a chart cannot run an effect"))),
    { crash },
  );
