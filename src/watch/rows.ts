/** The journal row by row, to its end or on and on as it grows. */
import { nextTurn } from "../clock.ts";
import type { Clock } from "../clock.ts";
import type { JournalRow, StoreReader } from "../store/port.ts";

/** How to go on where the journal ends. */
export interface Follow {
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const PAGE = 500;
/** A new row is seen this late at most. One look is one step down an index. */
export const LOOK_MS = 200;

/** The rows after a number, up to the end that the journal has then. */
export async function* rowsAfter(store: StoreReader, after: number): AsyncGenerator<JournalRow> {
  for (let seen = after; ;) {
    const rows = await store.journal({ after: seen, limit: PAGE });
    yield* rows;
    if (rows.length < PAGE) return;
    seen = rows.at(-1)?.seq ?? seen;
    await nextTurn();
  }
}

/** The same, and then every new row, until the signal. */
export async function* rowsFollowed(
  store: StoreReader,
  after: number,
  { clock, signal }: Follow,
): AsyncGenerator<JournalRow> {
  for (let seen = after; !signal.aborted;) {
    for await (const row of rowsAfter(store, seen)) {
      yield row;
      seen = row.seq;
    }
    await rest(clock, signal);
  }
}

async function rest(clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.schedule(LOOK_MS, resolve);
  const end = (): void => resolve();
  signal.addEventListener("abort", end, { once: true });
  await promise;
  signal.removeEventListener("abort", end);
  cancel();
}
