/**
 * Replays the journal through the charts and compares with what is stored (P7): snapshots byte for
 * byte, and the rows people query with what the snapshots project to.
 */
import type { JournalRow, StoreReader, Stored } from "../store/port.ts";
import type { Charts } from "./charts.ts";
import { NO_REQUESTS, recordOf } from "./kernel.ts";
import type { LiveActor, Requests } from "./kernel.ts";
import type { Happening } from "./record.ts";

/** Where journal and snapshot disagree. */
export interface Discrepancy {
  readonly actor: string;
  readonly found: string;
  readonly expected: string;
}

const ACTORS_PAGE = 500;
const JOURNAL_PAGE = 1_000;

/** Replays every actor of the store. */
export async function replayAll(
  store: StoreReader,
  charts: Charts,
): Promise<{ readonly actors: number; readonly discrepancies: readonly Discrepancy[] }> {
  const discrepancies: Discrepancy[] = [];
  let actors = 0;
  for (let page = await store.actors("", ACTORS_PAGE); page.length > 0;) {
    for (const stored of page) {
      actors += 1;
      const found = await compare(store, charts, stored);
      if (found !== null) discrepancies.push(found);
    }
    page = await store.actors(page.at(-1)?.actor ?? "", ACTORS_PAGE);
  }
  return { actors, discrepancies };
}

async function compare(
  store: StoreReader,
  charts: Charts,
  stored: Stored,
): Promise<Discrepancy | null> {
  const { actor, version, snapshot } = stored;
  const replayed = await replay(store, charts, { actor, until: version });
  const text = replayed === null ? "nothing" : JSON.stringify(recordOf(replayed));
  return text === snapshot ? null : { actor, found: snapshot, expected: text };
}

/** An actor as it was after its step number `until`, or null where it had not begun. */
export async function replay(
  store: StoreReader,
  charts: Charts,
  { actor, until }: { readonly actor: string; readonly until: number },
): Promise<LiveActor | null> {
  let live: LiveActor | null = null;
  for await (const row of rowsOf(store, actor)) {
    if (row.version > until) break;
    live = retake(charts, live, row)?.live ?? live;
  }
  return live;
}

/** The journal of one actor from its beginning, read page by page. */
export async function* rowsOf(store: StoreReader, actor: string): AsyncGenerator<JournalRow> {
  for (let after = 0; ;) {
    const rows = await store.journal({ actor, after, limit: JOURNAL_PAGE });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < JOURNAL_PAGE) return;
    after = last.seq;
  }
}

/** A step taken again. */
export interface Retaken {
  readonly live: LiveActor;
  readonly requests: Requests;
}

/** Takes the step of a journal's row again; null where the chart of today takes none there. */
export function retake(charts: Charts, live: LiveActor | null, row: JournalRow): Retaken | null {
  const { actor, version, atMs } = row;
  const { kernel } = charts.of(actor);
  const happening = JSON.parse(row.happening) as Happening;
  if (happening.kind === "migrated") {
    return { live: kernel.restore(actor, version, happening.snapshot), requests: NO_REQUESTS };
  }
  const outcome =
    happening.kind === "start"
      ? kernel.start(actor, { ...happening.input, at: atMs })
      : live && kernel.step(live, happening, atMs);
  if (outcome?.kind !== "stepped") return null;
  return { live: outcome.next, requests: outcome.requests };
}
