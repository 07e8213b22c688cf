/**
 * Where a process kills itself: at the boundaries of a commit and of an effect, by a real SIGKILL,
 * so that nothing is flushed, closed or given back.
 */
import type { Store } from "../../src/store/port.ts";

/**
 * `before commit`: nothing of the step is on disk. `after commit`: nobody was answered, no effect
 * has begun. `started`: the handler was entered and did nothing. `under way`: it has begun something
 * in the world that goes on by itself. `finished`: the world was changed and nobody was told.
 * `reported`: the result is on disk, and no actor has taken it.
 */
export const BOUNDARIES = [
  "before commit",
  "after commit",
  "started",
  "under way",
  "finished",
  "reported",
] as const;
export type Boundary = (typeof BOUNDARIES)[number];

export interface Kill {
  readonly at: Boundary;
  /** The key of the step or the id of the effect; or a number, to die at the nth of its kind. */
  readonly which: string | number;
}

export class Killer {
  readonly #kill: Kill | null;
  readonly #counts = new Map<Boundary, number>();

  constructor(kill: Kill | null) {
    this.#kill = kill;
  }

  /** How often each boundary was come to. */
  get counts(): Readonly<Partial<Record<Boundary, number>>> {
    return Object.fromEntries(this.#counts);
  }

  /** Comes to a boundary; where it is the one, this is the end of the process. */
  reach(at: Boundary, names: readonly string[]): void {
    const count = (this.#counts.get(at) ?? 0) + 1;
    this.#counts.set(at, count);
    if (this.#kill?.at !== at) return;
    const { which } = this.#kill;
    if (typeof which === "number" ? which !== count : !names.includes(which)) return;
    process.kill(process.pid, "SIGKILL");
  }
}

/** The same store with the boundaries of commits and of reports marked. */
export function killable(store: Store, killer: Killer): Store {
  return {
    ...store,
    commit: async (fence, group) => {
      const keys = group.steps.flatMap(({ key }) => (key === null ? [] : [key]));
      if (group.steps.length > 0) killer.reach("before commit", keys);
      const results = await store.commit(fence, group);
      if (group.steps.length > 0) killer.reach("after commit", keys);
      return results;
    },
    finish: async (claim, result) => {
      killer.reach("finished", [claim.effect]);
      await store.finish(claim, result);
      killer.reach("reported", [claim.effect]);
    },
  };
}
