/**
 * The store on SQLite: one file, one machine. It joins the tables of this folder behind the port
 * and knows nothing of charts.
 */
import { systemClock } from "../../clock.ts";
import type { Clock } from "../../clock.ts";
import { FaultError } from "../../fault.ts";
import type { Claim, ClaimRequest, Envelope, Fate, Fence, Group, JournalQuery } from "../port.ts";
import { TOO_LARGE } from "../port.ts";
import type { Owner, Store, StoreReader } from "../port.ts";
import { Bell, WAKE_BOUND_MS } from "./bell.ts";
import { openChartRows } from "./chart-rows.ts";
import { openCommit } from "./commit.ts";
import { copyInto } from "./copy.ts";
import { explaining, explainingAll, openForReading, openForWriting } from "./database.ts";
import { orClose, whileWriting } from "./database.ts";
import type { Connection, WriteFlag } from "./database.ts";
import { openDeadLetters } from "./dead-letters.ts";
import { openInbox } from "./inbox.ts";
import { openJournal } from "./journal.ts";
import { openOutbox } from "./outbox.ts";
import { openOwner } from "./owner.ts";
import { openSnapshots } from "./snapshots.ts";
import { openTimers } from "./timers.ts";
import { openViewQueries } from "./view-queries.ts";
import { openViewTables } from "./view-tables.ts";

/** The largest body the store takes, in bytes of UTF-8: a snapshot, an event, an effect's input. */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** Problems that a check reports at most. */
const CHECK_MAX = 100;

/** Opens the store for reading only; another process may own and write it meanwhile. */
export function openReader(path: string): StoreReader {
  const db = openForReading(path);
  return explaining(path, () => orClose(db, () => reader({ path, db, tables: tablesOf(db) })));
}

/** Opens the store for writing; `acquire` then begins a term. */
export function openStore(path: string, clock: Clock = systemClock): Store {
  const { db, flag } = openForWriting(path);
  const open = (): Store => {
    const part = { path, db, flag, clock, bell: new Bell(db, clock), tables: tablesOf(db) };
    return {
      ...reader(part),
      traits: { bodyBytesMax: BODY_BYTES_MAX, wakeBoundMs: WAKE_BOUND_MS },
      ...ownersMethods(part),
      ...everybodysMethods(part),
      copyTo: (copyPath) => copyInto(db, copyPath),
      onWake: (wake) => part.bell.listen(wake),
      close: async () => {
        part.bell.close();
        db.close();
      },
    };
  };
  return explaining(path, () => orClose(db, open));
}

interface Part {
  readonly path: string;
  readonly db: Connection;
  readonly flag: WriteFlag;
  readonly clock: Clock;
  readonly bell: Bell;
  readonly tables: ReturnType<typeof tablesOf>;
}
type OwnersMethod =
  | ("acquire" | "release" | "pull" | "load" | "commit" | "nextDue")
  | ("charts" | "recordChart" | "rebuildViews");

function ownersMethods({ path, db, flag, clock, tables }: Part): Pick<Store, OwnersMethod> {
  const { owner, inbox, timers, snapshots, outbox, charts } = tables;
  const viewTables = openViewTables(db);
  const commit = openCommit(db, flag, { ...tables, viewTables });
  const fenced = <Args extends unknown[], Result>(act: (...args: Args) => Result) => {
    const transact = db.transaction((fence: Fence, args: Args) => {
      owner.verify(fence);
      return act(...args);
    });
    return async (fence: Fence, ...args: Args): Promise<Result> =>
      explaining(path, () => transact.immediate(fence, args));
  };
  const begin = db.transaction((by: Owner, takeOver: boolean) => {
    const fence = owner.take(by, takeOver);
    outbox.lapseAll();
    snapshots.forgetHeads();
    return fence;
  });
  return {
    acquire: async (by, takeOver = false) => explaining(path, () => begin.immediate(by, takeOver)),
    release: async (fence) => explaining(path, () => owner.release(fence)),
    pull: fenced((limit) => [...inbox.deliveries(limit), ...timers.deliveries(clock.now(), limit)]),
    load: fenced(snapshots.read),
    commit: async (fence, group) => {
      refuseLargeGroup(group);
      return explaining(path, () => commit(fence, group));
    },
    nextDue: fenced(timers.nextDue),
    charts: async () => explaining(path, () => charts.all()),
    recordChart: fenced(charts.put),
    rebuildViews: fenced((slices) => {
      whileWriting(flag, () => {
        viewTables.clear();
        viewTables.replace(slices);
      });
    }),
  };
}

type EverybodysMethod = "send" | "claim" | "beat" | "finish";

function everybodysMethods({ path, db, clock, bell, tables }: Part): Pick<Store, EverybodysMethod> {
  const { inbox, outbox } = tables;
  const deliver = db.transaction((events: readonly Envelope[]) => {
    for (const event of events) inbox.add(event);
  });
  const claim = db.transaction((request: ClaimRequest) => outbox.claim(request, clock.now()));
  const finish = db.transaction((held: Claim, result: Envelope) => {
    outbox.finish(held);
    inbox.add(result);
  });
  return {
    send: async (events) => {
      events.forEach(({ id, body }) => refuseLarge(id, body));
      explaining(path, () => deliver.immediate(events));
      bell.ring();
    },
    claim: async (request) => explaining(path, () => claim.immediate(request)),
    beat: async (held, leaseMs) => explaining(path, () => outbox.beat(held, clock.now() + leaseMs)),
    finish: async (held, result) => {
      refuseLarge(result.id, result.body);
      explaining(path, () => finish.immediate(held, result));
      bell.ring();
    },
  };
}

function tablesOf(db: Connection) {
  return {
    owner: openOwner(db),
    journal: openJournal(db),
    snapshots: openSnapshots(db),
    inbox: openInbox(db),
    timers: openTimers(db),
    outbox: openOutbox(db),
    deadLetters: openDeadLetters(db),
    charts: openChartRows(db),
  };
}

function reader({ path, db, tables }: Pick<Part, "path" | "db" | "tables">): StoreReader {
  const { owner, journal, snapshots, inbox, timers, deadLetters } = tables;
  const asking = <Args extends unknown[], Answer>(ask: (...args: Args) => Answer) => {
    return async (...args: Args): Promise<Answer> => explaining(path, () => ask(...args));
  };
  const fateOf = (id: string): Fate =>
    journal.find(id) ?? deadLetters.find(id) ?? { kind: inbox.has(id) ? "waiting" : "unknown" };
  return {
    views: explainingAll(path, openViewQueries(db)),
    read: asking(snapshots.read),
    actors: asking(snapshots.list),
    journal: asking((query: JournalQuery) => journal.read(query)),
    fate: asking(fateOf),
    deadLetters: asking(deadLetters.newest),
    timersOf: asking(timers.of),
    owner: asking(() => owner.present()),
    check: asking(() => {
      const rows = db.pragma(`integrity_check(${CHECK_MAX})`) as { integrity_check: string }[];
      return rows.map((row) => row.integrity_check).filter((text) => text !== "ok");
    }),
    close: async () => {
      db.close();
    },
  };
}

function refuseLargeGroup({ steps }: Group): void {
  for (const { actor, snapshot, happening, effects, sends } of steps) {
    refuseLarge(actor, snapshot);
    refuseLarge(actor, happening);
    effects.forEach(({ id, body }) => refuseLarge(id, body));
    sends.forEach(({ id, body }) => refuseLarge(id, body));
  }
}

function refuseLarge(where: string, body: string): void {
  if (body.length * 3 <= BODY_BYTES_MAX) return;
  const bytes = Buffer.byteLength(body);
  if (bytes <= BODY_BYTES_MAX) return;
  throw new FaultError({
    code: TOO_LARGE,
    where,
    found: `a body of ${bytes} bytes`,
    expected: `at most ${BODY_BYTES_MAX} bytes`,
    next: "keep large data in files and pass their paths",
  });
}
