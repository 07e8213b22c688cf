/** What people say about dispatching: tasks that are to come first, and tasks that belong together. */
import type { Tier } from "./protocol.ts";

/** A task that somebody asks for: it comes first, and where it is said, it goes there. */
export interface Wish {
  readonly taskId: string;
  readonly provider: string | null;
  readonly tier: Tier | null;
}

/** What is asked of the coordinator. */
export interface Asking {
  readonly type: "dispatch";
  readonly wishes: readonly Wish[];
  /** Tasks that are done or cancelled, so that no wish for them can come true. */
  readonly settled: readonly string[];
}

/** Tasks that belong together under a name; who is to work on them is for people. */
export interface ConvoyInput {
  readonly name: string;
  readonly taskIds: readonly string[];
  readonly workerRole: string | null;
}
