/**
 * Durable transitions a second, `synchronous=FULL`: the host with many events in flight against
 * the naive way, `createActor` and a write per transition, on the same disk in the same run. The
 * naive way is measured as SQLite comes, and with a write-ahead log as somebody would tune it.
 */
import { join } from "node:path";
import Database from "better-sqlite3";
import { createActor } from "xstate";
import { stopwatch, systemClock } from "../../src/clock.ts";
import { Host } from "../../src/host/host.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { lampChart, lampMachine } from "./lamp.ts";
import { inFolder, median, rate } from "./measure.ts";
import type { Figure } from "./measure.ts";

const ACTORS = 128;
const ROUNDS = 7;
const NAIVE_EVENTS = 500;
const SINGLE_EVENTS = 300;
const HOST_EVENTS = 20_000;
const FASTER_THAN_NAIVE_MIN = 20;
const FASTER_THAN_SINGLE_MIN = 4;

export const throughput = (): Promise<readonly Figure[]> =>
  inFolder(async (folder) => {
    const host = await openLamps(join(folder, "host.db"));
    const naive = naiveWriter(join(folder, "naive.db"), "DELETE");
    const tuned = naiveWriter(join(folder, "tuned.db"), "WAL");
    await drive(host, 128, HOST_EVENTS);
    const rounds = {
      naive: [] as number[],
      tuned: [] as number[],
      single: [] as number[],
      at64: [] as number[],
      at128: [] as number[],
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.naive.push(naive(NAIVE_EVENTS));
      rounds.tuned.push(tuned(NAIVE_EVENTS));
      rounds.single.push(await drive(host, 1, SINGLE_EVENTS));
      rounds.at64.push(await drive(host, 64, HOST_EVENTS));
      rounds.at128.push(await drive(host, 128, HOST_EVENTS));
    }
    await host.close();
    return figuresOf(rounds);
  });

type Way = "naive" | "tuned" | "single" | "at64" | "at128";

function figuresOf(rounds: Record<Way, readonly number[]>): readonly Figure[] {
  const ratios = (many: readonly number[], few: readonly number[]): number =>
    median(many.map((value, round) => value / (few[round] ?? Number.NaN)));
  const against = (name: string, value: number, least: number): Figure => {
    return { name, value, unit: "times", promise: `at least ${least}`, kept: value >= least };
  };
  const times = (name: string, value: number): Figure => {
    return { name, value, unit: "times", promise: "", kept: null };
  };
  const plain = (name: string, value: number): Figure => {
    return { name, value, unit: "events/s", promise: "", kept: null };
  };
  return [
    plain("naive: createActor, a write per transition", median(rounds.naive)),
    plain("the same with a write-ahead log", median(rounds.tuned)),
    plain("host, one event a transaction", median(rounds.single)),
    plain("host, 64 in flight", median(rounds.at64)),
    plain("host, 128 in flight", median(rounds.at128)),
    against(
      "128 in flight against naive",
      ratios(rounds.at128, rounds.naive),
      FASTER_THAN_NAIVE_MIN,
    ),
    times("128 in flight against naive with a write-ahead log", ratios(rounds.at128, rounds.tuned)),
    against(
      "64 in flight against one event a transaction",
      ratios(rounds.at64, rounds.single),
      FASTER_THAN_SINGLE_MIN,
    ),
  ];
}

async function openLamps(path: string): Promise<Host> {
  const store = openStore(path);
  const setting = { store, clock: systemClock, owner: ownerHere("bench") };
  const host = await Host.open({ ...setting, charts: [lampChart], handlers: {} });
  const names = Array.from({ length: ACTORS }, (_, index) => `lamp:${index}`);
  await Promise.all(names.map((name) => host.start(name, {})));
  return host;
}

/** So many callers, each of whom sends again as soon as it is answered. */
async function drive(host: Host, inFlight: number, events: number): Promise<number> {
  const elapsedMs = stopwatch();
  let sent = 0;
  const caller = async (index: number): Promise<void> => {
    while (sent < events) {
      sent += 1;
      const answer = await host.send(`lamp:${index % ACTORS}`, { type: "switch" });
      if (!answer.ok) throw new Error(answer.refusal);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, index) => caller(index)));
  return rate(events, elapsedMs());
}

/** What people write first: a live actor whose subscriber persists every snapshot. */
function naiveWriter(path: string, journal: "DELETE" | "WAL"): (events: number) => number {
  const db = new Database(path);
  db.pragma(`journal_mode = ${journal}`);
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE snapshots (actor TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT");
  const put = db.prepare("INSERT OR REPLACE INTO snapshots VALUES (?, ?)");
  const actors = Array.from({ length: ACTORS }, (_, index) => {
    const actor = createActor(lampMachine);
    actor.subscribe(() => put.run(`lamp:${index}`, JSON.stringify(actor.getPersistedSnapshot())));
    return actor.start();
  });
  return (events) => {
    const elapsedMs = stopwatch();
    for (let sent = 0; sent < events; sent += 1) actors[sent % ACTORS]?.send({ type: "switch" });
    return rate(events, elapsedMs());
  };
}
