/** Everything on disk that a step may change, to be compared before and after. */
import type { Kernel, LiveActor, Outcome } from "../../src/host/kernel.ts";
import type { Happening, SnapshotRecord } from "../../src/host/record.ts";
import type { Claim, DeadLetter, JournalRow, Store } from "../../src/store/port.ts";

export const ROWS_MAX = 10_000;

export interface Photo {
  readonly version: number;
  readonly snapshot: string;
  readonly record: SnapshotRecord;
  readonly timers: readonly { readonly name: string; readonly dueMs: number }[];
  readonly claims: readonly Claim[];
  readonly journal: readonly JournalRow[];
  readonly dead: readonly DeadLetter[];
}

export async function takePhoto(store: Store, actor: string, kinds: readonly string[]) {
  const stored = await store.read(actor);
  if (stored === null) throw new Error(`there is no ${actor}`);
  const { version, snapshot } = stored;
  const photo: Photo = {
    version,
    snapshot,
    record: JSON.parse(snapshot) as SnapshotRecord,
    timers: await store.timersOf(actor),
    // A claim of no length is a look: everybody may claim again at once.
    claims: await store.claim({ worker: "a worker", kinds, limit: ROWS_MAX, leaseMs: 0 }),
    journal: await store.journal({ limit: ROWS_MAX }),
    dead: await store.deadLetters(ROWS_MAX),
  };
  return photo;
}

/** What must be the same where nothing changed; dead letters may have come. */
export const stillness = ({ version, snapshot, timers, claims, journal }: Photo) => ({
  version,
  snapshot,
  timers,
  outbox: claims.map(({ effect }) => effect),
  journal: journal.length,
});

/** What the snapshot waits for is on disk, and nothing else is. */
export function lackOf({ record, timers, claims }: Photo): readonly string[] {
  const waits = Object.values(record.children).toSorted();
  const outbox = claims.map(({ effect }) => effect).toSorted();
  const runs = Object.keys(record.timers).toSorted();
  const rows = timers.map(({ name }) => name).toSorted();
  return [
    ...(waits.join() === outbox.join()
      ? []
      : [`it waits for ${waits.join()}, not ${outbox.join()}`]),
    ...(runs.join() === rows.join() ? [] : [`its timers are ${runs.join()}, not ${rows.join()}`]),
  ];
}

/** The ids of the messages that the steps of the journal told to others. */
export function toldIn(journal: readonly JournalRow[], kernel: Kernel): readonly string[] {
  const told: string[] = [];
  let live: LiveActor | null = null;
  for (const row of journal) {
    const outcome = stepAgain(kernel, live, row);
    if (outcome?.kind !== "stepped") throw new Error(`step ${row.version} cannot be taken again`);
    live = outcome.next;
    outcome.requests.messages.forEach(({ to }, index) => {
      if (to !== row.actor) told.push(`${row.actor}@${row.version}>${index}`);
    });
  }
  return told;
}

function stepAgain(kernel: Kernel, live: LiveActor | null, row: JournalRow): Outcome | null {
  const what = JSON.parse(row.happening) as Happening;
  return what.kind === "start"
    ? kernel.start(row.actor, { ...what.input, at: row.atMs })
    : live && kernel.step(live, what, row.atMs);
}
