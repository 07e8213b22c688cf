/** How a life ended: where its actors rest, what they told, and what is wrong in itself. */
import { Charts } from "../../src/host/charts.ts";
import type { Chart } from "../../src/host/charts.ts";
import { stateText } from "../../src/host/record.ts";
import type { Happening, SnapshotRecord } from "../../src/host/record.ts";
import { replayAll } from "../../src/host/replay.ts";
import type { DeadLetter, Store } from "../../src/store/port.ts";
import type { Birth } from "./birth.ts";
import type { Killer } from "./killing.ts";
import { kindOf, lettersIn } from "./letters.ts";

/** An actor at the end of a life. */
export interface Rest {
  readonly actor: string;
  readonly state: string;
  readonly status: string;
  readonly context: unknown;
  /** Effects that it waits for. */
  readonly underWay: readonly string[];
  /** Timers that will ring for it. */
  readonly timers: readonly string[];
}

export interface Interrupted {
  readonly effect: string;
  readonly kind: string;
}

export interface Death {
  readonly actors: readonly Rest[];
  /** What absent neighbours were told, in order, by the version of the teller and kind. */
  readonly told: readonly { readonly version: number; readonly kind: string }[];
  /** Dead letters that no absence explains. */
  readonly dropped: readonly string[];
  /** Effects that a crash interrupted. */
  readonly interrupted: readonly Interrupted[];
  /** What is wrong in itself; nothing is good. */
  readonly wrong: readonly string[];
  readonly counts: Killer["counts"];
}

/** More rows than any life writes. */
export const ROWS_MAX = 10_000;

/** Looks at the store of a life that has come to rest. */
export async function deathOf(
  birth: Birth,
  store: Store,
  charts: readonly Chart[],
): Promise<Omit<Death, "counts">> {
  const { discrepancies } = await replayAll(store, new Charts(charts));
  const dead = await store.deadLetters(ROWS_MAX);
  const rows = await store.journal({ limit: ROWS_MAX });
  const actors = await store.actors("", ROWS_MAX);
  return {
    actors: await Promise.all(actors.map((each) => restOf(each, store))),
    told: lettersIn(dead).map((each) => ({ version: each.version, kind: kindOf(each) })),
    dropped: dead.filter(({ why }) => why !== "unknown-actor").map(droppedText),
    interrupted: rows.flatMap(({ happening }) => interruptedIn(happening, birth)),
    wrong: [
      ...(await store.check()),
      ...discrepancies.map(({ actor }) => `${actor} does not replay to its snapshot`),
    ],
  };
}

const droppedText = ({ why, envelope: { id, actor } }: DeadLetter): string =>
  `${why} ${id} to ${actor}`;

/** A fault that the script names is none of a crash. The charts name their effects by their kind. */
function interruptedIn(text: string, { plans }: Birth): readonly Interrupted[] {
  const happening = JSON.parse(text) as Happening;
  if (happening.kind !== "failed" || happening.error.code !== "interrupted") return [];
  const { effect, child: kind } = happening;
  return effect in plans ? [] : [{ effect, kind }];
}

type Snapshot = { readonly actor: string; readonly snapshot: string };

export function stateOf(stored: Snapshot | null): string {
  return stored === null
    ? "nowhere"
    : stateText((JSON.parse(stored.snapshot) as SnapshotRecord).value);
}

/** How many runs a task has had; none where it is something else. */
export function runsOf(stored: Snapshot | null): number {
  if (stored === null) return 0;
  const { context } = JSON.parse(stored.snapshot) as SnapshotRecord;
  return (context as { readonly runs?: number }).runs ?? 0;
}

async function restOf(stored: Snapshot, store: Store): Promise<Rest> {
  const { actor } = stored;
  const { status, context, children } = JSON.parse(stored.snapshot) as SnapshotRecord;
  const timers = (await store.timersOf(actor)).map(({ name }) => name);
  const underWay = Object.keys(children);
  return { actor, state: stateOf(stored), status, context, underWay, timers };
}
