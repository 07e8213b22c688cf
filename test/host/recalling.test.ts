/** What is kept in memory, and what a replay says where the journal and the rest disagree. */
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { Actors } from "../../src/host/actors.ts";
import { Charts } from "../../src/host/charts.ts";
import type { LiveActor } from "../../src/host/kernel.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { replay, replayAll, retake, rowsOf } from "../../src/host/replay.ts";
import { openReader, openStore } from "../../src/store/sqlite/store.ts";
import { eggChart, lampChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";

const CACHE_MAX = 10_000;
const charts = new Charts([lampChart, eggChart]);

async function litHall() {
  const { host, path, clock } = await openBench({ charts: [lampChart, eggChart] });
  await host.start("lamp:hall", {});
  await host.send("lamp:hall", { type: "switch" });
  await host.start("egg:1", { ms: 5 });
  await host.close();
  const reader = () => {
    const opened = openReader(path);
    onTestFinished(() => opened.close());
    return opened;
  };
  return { path, clock, reader };
}

test("an actor is loaded once and then known; one that is not there stays unknown", async () => {
  const { path, clock } = await litHall();
  const store = openStore(path, clock);
  let loads = 0;
  const counted: typeof store = {
    ...store,
    load: (fence, actor) => {
      loads += 1;
      return store.load(fence, actor);
    },
  };
  const actors = new Actors(charts, counted, await store.acquire(ownerHere("test")));
  expect(actors.peek("lamp:hall")).toBeUndefined();
  const first = await actors.load("lamp:hall");
  expect(first).toMatchObject({ migratedFrom: null, live: { version: 2 } });
  expect((await actors.load("lamp:hall"))?.live).toBe(first?.live);
  expect([loads, actors.peek("lamp:hall")]).toEqual([1, first?.live]);
  expect([await actors.load("lamp:attic"), actors.peek("lamp:attic")]).toEqual([null, undefined]);
  await store.close();
});

test("ten thousand are kept, and who has stood still for longest goes first", async () => {
  const { path, clock } = await litHall();
  const store = openStore(path, clock);
  const actors = new Actors(charts, store, await store.acquire(ownerHere("test")));
  const named = (n: number): LiveActor => {
    const nothing = { children: new Map(), timers: new Map() };
    return { actor: `lamp:${n}`, version: 1, snapshot: null, ...nothing };
  };
  for (let n = 0; n < CACHE_MAX; n += 1) actors.keep(named(n));
  expect(actors.peek("lamp:0")).toBeDefined();
  actors.keep(named(0));
  actors.keep(named(CACHE_MAX));
  expect(actors.peek("lamp:1")).toBeUndefined();
  expect([actors.peek("lamp:0"), actors.peek("lamp:2")]).not.toContain(undefined);
  actors.keep(named(CACHE_MAX + 1));
  expect(actors.peek("lamp:2")).toBeUndefined();
  await store.close();
});

test("a snapshot that is not what the journal leads to is told with both", async () => {
  const { path, reader } = await litHall();
  expect(await replayAll(reader(), charts)).toEqual({ actors: 2, discrepancies: [] });
  const db = new Database(path);
  const { body } = db.prepare("SELECT body FROM snapshots WHERE actor = 'lamp:hall'").get() as {
    body: string;
  };
  const forged = body.replace('"switched":1', '"switched":7');
  db.prepare("UPDATE snapshots SET body = ? WHERE actor = 'lamp:hall'").run(forged);
  db.close();
  const told = { actor: "lamp:hall", found: forged, expected: body };
  expect(await replayAll(reader(), charts)).toEqual({ actors: 2, discrepancies: [told] });
});

test("an actor without a journal is told as one that should not be", async () => {
  const { path, reader } = await litHall();
  const db = new Database(path);
  db.exec("UPDATE snapshots SET last_event = 0 WHERE actor = 'egg:1'");
  db.close();
  const { discrepancies } = await replayAll(reader(), charts);
  expect(discrepancies).toMatchObject([{ actor: "egg:1", expected: "nothing" }]);
});

test("an actor is replayed as far as one asks, and is none before its beginning", async () => {
  const store = (await litHall()).reader();
  const at = async (until: number) =>
    (await replay(store, charts, { actor: "lamp:hall", until }))?.snapshot?.value;
  expect([await at(0), await at(1), await at(2), await at(9)]).toEqual([
    undefined,
    "off",
    "on",
    "on",
  ]);
});

test("a row that leads nowhere today leaves the actor where it was", async () => {
  const store = (await litHall()).reader();
  const rows = await store.journal({ actor: "lamp:hall", limit: 9 });
  const dim = JSON.stringify({ kind: "event", event: { type: "dim" } });
  const journal: typeof store.journal = async ({ after = 0 }) =>
    after > 0 ? [] : rows.map((row, at) => (at === 1 ? { ...row, happening: dim } : row));
  const live = await replay({ ...store, journal }, charts, { actor: "lamp:hall", until: 9 });
  expect(live?.snapshot?.value).toBe("off");
});

test("actors and rows are read page by page", async () => {
  const { host, path } = await openBench({ charts: [lampChart] });
  await host.start("lamp:hall", {});
  const switches = Array.from({ length: 999 }, () => host.send("lamp:hall", { type: "switch" }));
  await Promise.all(switches);
  await host.send("lamp:hall", { type: "switch" });
  await Promise.all(Array.from({ length: 501 }, (_, n) => host.start(`lamp:${n}`, {})));
  await host.close();
  const reader = openReader(path);
  const versions: number[] = [];
  for await (const { version } of rowsOf(reader, "lamp:hall")) versions.push(version);
  expect(versions).toEqual(Array.from({ length: 1_001 }, (_, n) => n + 1));
  expect(await replayAll(reader, charts)).toEqual({ actors: 502, discrepancies: [] });
  await reader.close();
});

test("a step that the chart of today does not take is none", async () => {
  const store = (await litHall()).reader();
  const [begun, lit] = await store.journal({ actor: "lamp:hall", limit: 9 });
  if (begun === undefined || lit === undefined) throw new Error("no journal");
  const first = retake(charts, null, begun);
  expect(first?.live.snapshot?.value).toBe("off");
  expect(retake(charts, null, lit)).toBeNull();
  const dim = { ...lit, happening: JSON.stringify({ kind: "event", event: { type: "dim" } }) };
  expect(retake(charts, first?.live ?? null, dim)).toBeNull();
});
