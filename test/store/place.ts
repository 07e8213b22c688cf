/** Where a store under test lives, and a term on it: what every topic of the contract is given. */
import { onTestFinished } from "vitest";
import { ownerHere } from "../../src/host/owner.ts";
import type {
  Envelope,
  Fence,
  Group,
  Store,
  StoreReader,
  StepResult,
} from "../../src/store/port.ts";
import { ManualClock } from "../support/manual-clock.ts";
import type { Remote } from "./remote.ts";
import { group } from "./samples.ts";

/** One workspace's store, empty at first; it is there until the test ends. */
export interface Place {
  /** Opens what is here, as often as it is called. */
  open(clock: ManualClock): Store;
  openReader(): StoreReader;
  /** Another process, with this store open. */
  startRemote(): Remote;
  /** An event from outside whose ring is lost. */
  sendQuietly(event: Envelope): void;
  /** Dead letters that are kept. */
  readonly deadLettersMax: number;
}
export type MakePlace = () => Place;

/** The store open in this process, with this process as its owner. */
export interface Term {
  readonly place: Place;
  readonly clock: ManualClock;
  readonly store: Store;
  readonly fence: Fence;
  readonly commit: (...steps: Group["steps"]) => Promise<readonly StepResult[]>;
  /** Closes the store and begins a new term on what is left on disk. */
  readonly reopen: () => Promise<Term>;
}

/** A store that is closed when the test ends. */
export function openAt(place: Place, clock = new ManualClock()): Store {
  const store = place.open(clock);
  onTestFinished(() => store.close());
  return store;
}

export async function openTerm(place: Place, clock = new ManualClock()): Promise<Term> {
  const store = openAt(place, clock);
  const fence = await store.acquire(ownerHere("test"));
  return {
    place,
    clock,
    store,
    fence,
    commit: (...steps) => store.commit(fence, group(steps)),
    reopen: async () => {
      await store.release(fence);
      await store.close();
      return openTerm(place, clock);
    },
  };
}

/** The one element that must be there. */
export function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(`${items.length} items, not one`);
  return item;
}
