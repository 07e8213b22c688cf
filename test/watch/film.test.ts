/** The journal as a film: complete, in order, from any row on, and true to what the store held. */
import { expect, test } from "vitest";
import { setup } from "xstate";
import { nextTurn } from "../../src/clock.ts";
import { Charts } from "../../src/host/charts.ts";
import type { Chart } from "../../src/host/charts.ts";
import { recordOf } from "../../src/host/kernel.ts";
import { film } from "../../src/watch/film.ts";
import { FRAME_BYTES_MAX, textOf } from "../../src/watch/frame.ts";
import type { ActorFrame, Frame, SnapshotFrame } from "../../src/watch/frame.ts";
import { LOOK_MS } from "../../src/watch/rows.ts";
import { Stage } from "../../src/watch/stage.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { lampChart, relayChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";
import { CHARTS, filmed, liveAWhile, page, reading } from "./filming.ts";

const isActor = (frame: Frame): frame is ActorFrame => frame.type === "@xstate.actor";
const isSnapshot = (frame: Frame): frame is SnapshotFrame => frame.type === "@xstate.snapshot";
const seqOf = ({ id }: Frame): number => Number(id.split("/", 1)[0]);
const isEffect = ({ sessionId }: Frame): boolean => sessionId.includes("/");

/** The part of a stored snapshot that a frame shows. */
const shown = (stored: string | undefined): object => {
  const { status, value, context } = JSON.parse(stored ?? "{}") as Record<string, unknown>;
  return { status, value, context };
};
const inFrame = ({ snapshot }: SnapshotFrame | ActorFrame): object => {
  const { status, value, context } = snapshot;
  return { status, value, context };
};

test("every snapshot that was stored is in the film, and is the one that was stored", async () => {
  const { path, album } = await liveAWhile();
  const frames = await filmed({ path, charts: CHARTS });
  const versions = new Map<string, number>();
  const found = new Map<string, object>();
  for (const frame of frames.filter(isSnapshot).filter((each) => !isEffect(each))) {
    const version = (versions.get(frame.sessionId) ?? 0) + 1;
    versions.set(frame.sessionId, version);
    found.set(page(frame.sessionId, version), inFrame(frame));
  }
  expect(album.size).toBeGreaterThan(15);
  for (const [key, stored] of album) expect(found.get(key), key).toEqual(shown(stored));
});

test("wherever it begins: everybody is introduced first, then each later row is told once", async () => {
  const { path, album } = await liveAWhile();
  const rows = await reading(path).journal({ limit: 1_000 });
  const actors = [...new Set(rows.map(({ actor }) => actor))];
  for (const after of [0, ...rows.map(({ seq }) => seq)]) {
    const frames = await filmed({ path, charts: CHARTS, after });
    const end = frames.findIndex((frame) => !isActor(frame));
    const cast = frames.slice(0, end < 0 ? frames.length : end).filter(isActor);
    const introduced = cast.filter((each) => !isEffect(each));
    expect(introduced.map(({ name }) => name)).toEqual(actors);
    const told = frames.filter(({ type }) => type === "@xstate.event").map(seqOf);
    expect(told).toEqual(rows.map(({ seq }) => seq).filter((seq) => seq > after));
    const standing = introduced.map((frame): [string, object] => {
      const before = rows.filter(({ actor, seq }) => actor === frame.name && seq <= after);
      return [page(frame.name, Math.max(1, before.length)), inFrame(frame)];
    });
    const noted = standing.filter(([key]) => album.has(key));
    expect(noted.length).toBeGreaterThan(0);
    expect(noted).toEqual(noted.map(([key]) => [key, shown(album.get(key))]));
  }
});

test("nobody acts before its introduction, effects included", async () => {
  const { path } = await liveAWhile();
  const rows = await reading(path).journal({ limit: 1_000 });
  for (const after of [0, ...rows.map(({ seq }) => seq)]) {
    const known = new Set<string | undefined>([undefined]);
    for (const frame of await filmed({ path, charts: CHARTS, after })) {
      if (isActor(frame)) known.add(frame.sessionId);
      const { sessionId, rootId, parentId, sourceId } = { ...NOBODY, ...frame };
      expect([...known]).toEqual(expect.arrayContaining([sessionId, rootId, parentId, sourceId]));
    }
  }
});
const NOBODY = { parentId: undefined, sourceId: undefined };

test("who started whom, and who said what to whom", async () => {
  const { host, path } = await openBench({ charts: [relayChart] });
  await host.start("relay:a", { id: "a", to: "relay:b" });
  await host.start("relay:b", { id: "b", to: null });
  await host.send("relay:a", { type: "spawn", child: "relay:c" }, { cause: "cli" });
  await host.send("relay:a", { type: "pass", n: 1 });
  const frames = await filmed({ path, charts: [relayChart] });
  const born = frames
    .filter(isActor)
    .map(({ name, parentId, rootId }) => ({ name, parentId, rootId }));
  expect(born).toEqual([
    { name: "relay:a", rootId: "relay:a" },
    { name: "relay:b", rootId: "relay:b" },
    { name: "relay:c", parentId: "relay:a", rootId: "relay:a" },
  ]);
  const said = frames.flatMap((each) =>
    each.type === "@xstate.event" ? [[each.sourceId, each.event.type, each.sessionId]] : [],
  );
  expect(said.slice(2)).toEqual([
    [undefined, "spawn", "relay:a"],
    ["relay:a", "xstate.init", "relay:c"],
    [undefined, "pass", "relay:a"],
    ["relay:a", "pass", "relay:b"],
  ]);
});

test("an effect comes, goes, and answers under its own name", async () => {
  const { path } = await liveAWhile();
  const frames = await filmed({ path, charts: CHARTS });
  const effects = frames.filter((each) => each.sessionId.startsWith("job:1@"));
  const lives = effects.map((each) => [
    each.sessionId,
    isActor(each) ? each.parentId : "",
    isActor(each) || isSnapshot(each) ? each.snapshot.status : "",
  ]);
  expect(lives).toEqual([
    ["job:1@2/0", "job:1", "active"],
    ["job:1@2/0", "", "done"],
    ["job:1@4/0", "job:1", "active"],
    ["job:1@4/0", "", "stopped"],
    ["job:1@6/0", "job:1", "active"],
    ["job:1@6/0", "", "error"],
  ]);
  const answers = frames.flatMap((each) =>
    each.type === "@xstate.event" && each.sourceId?.startsWith("job")
      ? [[each.sourceId, each.event.type]]
      : [],
  );
  expect(answers).toEqual([
    ["job:1@2/0", "xstate.done.actor.work"],
    ["job:1@6/0", "xstate.error.actor.work"],
  ]);
});

/** Waits for what comes only as time goes on. */
async function inTime<Result>(clock: ManualClock, coming: Promise<Result>): Promise<Result> {
  const here = new AbortController();
  const noted = coming.finally(() => here.abort());
  for (let looks = 0; looks < LOOKS_MAX && !here.signal.aborted; looks += 1) {
    await nextTurn();
    clock.advance(LOOK_MS);
  }
  expect(here.signal.aborted).toBe(true);
  return noted;
}
const LOOKS_MAX = 1_000;

test("what happens from now on is told as it happens, while another connection writes", async () => {
  const { host, path } = await openBench({ charts: [lampChart] });
  await host.start("lamp:hall", {});
  const clock = new ManualClock();
  const ending = new AbortController();
  const follow = { clock, signal: ending.signal };
  const frames = film({ store: reading(path), charts: new Charts([lampChart]), after: 0, follow });
  const next = async (): Promise<unknown> => (await inTime(clock, frames.next())).value;
  expect(await next()).toMatchObject({ type: "@xstate.actor", name: "lamp:hall" });
  expect(await next()).toMatchObject({ type: "@xstate.event", event: { type: "xstate.init" } });
  expect(await next()).toMatchObject({ type: "@xstate.snapshot", snapshot: { value: "off" } });
  const waiting = next();
  await host.send("lamp:hall", { type: "switch" });
  await host.start("lamp:attic", {});
  expect(await waiting).toMatchObject({ type: "@xstate.event", sessionId: "lamp:hall" });
  expect(await next()).toMatchObject({ type: "@xstate.snapshot", snapshot: { value: "on" } });
  expect(await next()).toMatchObject({ type: "@xstate.actor", name: "lamp:attic" });
  expect(await next()).toMatchObject({ type: "@xstate.event", sessionId: "lamp:attic" });
  expect(await next()).toMatchObject({ type: "@xstate.snapshot", sessionId: "lamp:attic" });
  const last = frames.next();
  ending.abort();
  expect(await last).toEqual({ done: true, value: undefined });
});

/** The lamp after its makers renamed a state; old snapshots are brought forward. */
const newLamp: Chart = {
  name: "lamp",
  version: 2,
  machine: setup({}).createMachine({
    id: "lamp",
    context: { switched: 0 },
    initial: "dark",
    options: { maxIterations: 20 },
    states: { dark: { on: { switch: "bright" } }, bright: { on: { switch: "dark" } } },
  }),
  migrations: { 1: (old) => ({ ...old, value: old.value === "on" ? "bright" : "dark" }) },
};

test("where today's chart is another one, the film says what the journal knows, and goes on", async () => {
  const bench = await openBench({ charts: [lampChart] });
  await bench.host.start("lamp:hall", {});
  await bench.host.send("lamp:hall", { type: "switch" });
  await bench.host.send("lamp:hall", { type: "dim", watts: 1 });
  await bench.host.close();
  const later = await openBench({ charts: [newLamp], path: bench.path });
  await later.host.send("lamp:hall", { type: "switch" });
  await later.host.close();
  for (const after of [0, 1, 2, 3]) {
    const frames = await filmed({ path: bench.path, charts: [newLamp], after });
    const told = frames.filter(isSnapshot).map(({ snapshot }) => snapshot.value);
    expect(told).toEqual(["off", "on", "bright", "dark"].slice(after));
  }
  const [, , first] = await filmed({ path: bench.path, charts: [newLamp] });
  expect(first).toHaveProperty("snapshot.context.unknown");
});

test("actors of a chart that is not known here are shown by what the journal says", async () => {
  const { host, path } = await openBench({ charts: [lampChart] });
  await host.start("lamp:hall", {});
  await host.send("lamp:hall", { type: "switch" });
  const frames = await filmed({ path, charts: [relayChart], after: 0 });
  expect(frames.filter(isActor)).toMatchObject([
    { name: "lamp:hall", definition: '{"id":"lamp"}' },
  ]);
  expect(frames.filter(isSnapshot).map(({ snapshot }) => snapshot.value)).toEqual(["off", "on"]);
  const [late] = await filmed({ path, charts: [relayChart], after: 2 });
  expect(late).toMatchObject({ type: "@xstate.actor", snapshot: { value: "on" } });
});

test("a stage that has room for one actor still knows them all", async () => {
  const { path, album } = await liveAWhile();
  const store = reading(path);
  const stage = new Stage(store, new Charts(CHARTS), 1);
  for (const row of await store.journal({ limit: 1_000 })) {
    const { live } = await stage.take(row);
    expect(live?.version).toBe(row.version);
    const record = live === null ? "" : JSON.stringify(recordOf(live));
    expect(record).toBe(album.get(page(row.actor, row.version)) ?? record);
  }
});

test("a frame that is too large for a reader says what it leaves out", async () => {
  const { host, path } = await openBench({ charts: [relayChart] });
  const long = "x".repeat(FRAME_BYTES_MAX);
  await host.start("relay:a", { id: long, to: null });
  const frames = await filmed({ path, charts: [relayChart] });
  expect(frames.map(({ type }) => type)).toEqual([
    "@xstate.actor",
    "@xstate.event",
    "@xstate.snapshot",
  ]);
  for (const frame of frames) {
    expect(textOf(frame).length).toBeLessThan(FRAME_BYTES_MAX);
    expect(textOf(frame)).toContain("wvo replay shows them");
  }
  expect(frames[1]).toMatchObject({ event: { type: "xstate.init" } });
  expect(frames[2]).toMatchObject({ snapshot: { status: "active", value: "ready" } });
});

test("a film is only watched: not a byte of the database changes", async () => {
  const { path } = await liveAWhile();
  const before = await everything(path);
  await filmed({ path, charts: CHARTS });
  expect(await everything(path)).toEqual(before);
});

async function everything(path: string): Promise<unknown> {
  const store = reading(path);
  return [
    await store.journal({ limit: 1_000 }),
    await store.actors("", 1_000),
    await store.deadLetters(1_000),
  ];
}
