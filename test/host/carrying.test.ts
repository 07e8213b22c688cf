/** How effects are carried out: how many at a time, until when, and what is told of their end. */
import { expect, test } from "vitest";
import { effect } from "../store/samples.ts";
import { LEASE_MS, namesOf, openCarrier, settled } from "./carrier.ts";

const CLOSE_LIMIT_MS = 10_000;

test("it is at work from the claim to the end, and has nothing to do before and after", async () => {
  const { effects, started, ask, told } = await openCarrier();
  expect(effects.busy).toBe(false);
  await ask("e1");
  await effects.claimWaiting();
  expect([effects.busy, started[0]?.input]).toEqual([true, { name: "e1" }]);
  started[0]?.finish("good");
  expect(await told()).toEqual([
    {
      id: "e1!",
      actor: "job:1",
      body: JSON.stringify({ kind: "done", effect: "e1", child: "work", output: "good" }),
      cause: "e1",
    },
  ]);
  expect(effects.busy).toBe(false);
});

test("what finds no room keeps it at work, and follows when there is room", async () => {
  const { effects, started, ask } = await openCarrier({ limits: { work: 2 } });
  await ask("e1", "e2", "e3", "e4");
  await effects.claimWaiting();
  expect(namesOf(started)).toEqual(["e1", "e2"]);
  started[0]?.finish(1);
  await settled();
  expect(namesOf(started)).toEqual(["e1", "e2", "e3"]);
  started[1]?.finish(1);
  started[2]?.finish(1);
  await settled();
  expect([namesOf(started).length, effects.busy]).toEqual([4, true]);
  started[3]?.finish(1);
  await settled();
  expect(effects.busy).toBe(false);
});

test("of a kind that may not run now nothing is claimed, and it stays at work for it", async () => {
  const { effects, started, ask } = await openCarrier({ limits: { work: 0 } });
  expect(effects.assign([effect("e1")])).toEqual([effect("e1")]);
  expect(effects.busy).toBe(true);
  await ask("e1");
  await effects.claimWaiting();
  await settled();
  expect([started, effects.busy]).toEqual([[], true]);
});

test("new effects are born claimed as far as there is room; a kind of another worker never", async () => {
  const { effects } = await openCarrier({ limits: { work: 2 } });
  const others = effect("o", { kind: "mail" });
  const asked = [effect("a"), others, effect("b"), effect("c")];
  const claimFor = { worker: "us", leaseMs: LEASE_MS };
  expect(effects.assign([others])).toEqual([others]);
  expect(effects.busy).toBe(false);
  expect(effects.assign(asked)).toEqual([
    { ...effect("a"), claimFor },
    others,
    { ...effect("b"), claimFor },
    effect("c"),
  ]);
  expect(effects.busy).toBe(true);
});

test("without a limit of its own a kind has room for 64", async () => {
  const { effects } = await openCarrier();
  const asked = effects.assign(Array.from({ length: 65 }, (_, at) => effect(`e${at}`)));
  expect(asked.map(({ claimFor }) => claimFor !== null).indexOf(false)).toBe(64);
});

test("what a crash interrupted, and what ended us too often, is told in words", async () => {
  const interrupted = await openCarrier({ policyOf: () => "interrupted" });
  await interrupted.ask("e1");
  const lapsed = { worker: "dead", kinds: ["work"], limit: 1, leaseMs: 1 };
  await interrupted.store.claim(lapsed);
  interrupted.storeClock.advance(2);
  await interrupted.effects.claimWaiting();
  const failed = { kind: "failed", effect: "e1", child: "work" };
  const message = "WeatherVane ended while this was under way";
  expect(await interrupted.heard()).toEqual([
    { ...failed, error: { code: "interrupted", message } },
  ]);
  const tried = await openCarrier({ attemptsMax: 1 });
  await tried.ask("e1");
  await tried.store.claim(lapsed);
  tried.storeClock.advance(2);
  await tried.effects.claimWaiting();
  const often = "WeatherVane ended 1 times while this was under way";
  expect(await tried.heard()).toEqual([{ ...failed, error: { code: "given-up", message: often } }]);
  expect([...interrupted.started, ...tried.started]).toEqual([]);
});

test("no output is null, and a fault is told with its code", async () => {
  const { effects, started, ask, heard } = await openCarrier();
  await ask("e1", "e2");
  await effects.claimWaiting();
  started[0]?.finish(undefined);
  started[1]?.fail(Object.assign(new Error("disk full"), { code: "ENOSPC" }));
  expect(await heard()).toEqual([
    { kind: "done", effect: "e1", child: "work", output: null },
    expect.objectContaining({ kind: "failed", effect: "e2", child: "work" }),
  ]);
  expect((await heard())[1]).toHaveProperty("error.code", "ENOSPC");
});

test("a result as large as the store takes is kept; one byte more is a failure that says so", async () => {
  const { effects, started, ask, heard, store } = await openCarrier();
  const { bodyBytesMax } = store.traits;
  const empty = { kind: "done", effect: "e1", child: "work", output: "" };
  const room = bodyBytesMax - Buffer.byteLength(JSON.stringify(empty));
  await ask("e1", "e2");
  await effects.claimWaiting();
  started[0]?.finish("x".repeat(room));
  started[1]?.finish("x".repeat(room + 1));
  const [fits, refused] = await heard();
  expect(fits).toHaveProperty("output.length", room);
  const message = `its result has ${bodyBytesMax + 1} bytes, and at most ${bodyBytesMax} can be kept`;
  const error = { code: "store.too-large", message };
  expect(refused).toEqual({ kind: "failed", effect: "e2", child: "work", error });
});

test("of a fault that says very much the beginning is told, and nothing breaks", async () => {
  const { effects, started, ask, heard, faults } = await openCarrier();
  await ask("e1", "e2");
  await effects.claimWaiting();
  started[0]?.fail(new Error("x".repeat(8_000)));
  started[1]?.fail(Object.assign(new Error("y".repeat(5 * 1024 * 1024)), { code: "loud" }));
  const message = `${"y".repeat(8_000)} ... (5234880 characters more)`;
  expect(await heard()).toMatchObject([
    { effect: "e1", error: { message: "x".repeat(8_000) } },
    { effect: "e2", error: { code: "loud", message } },
  ]);
  expect([faults, effects.busy]).toEqual([[], false]);
});

test("each kind has room of its own", async () => {
  const begun: string[] = [];
  const never = (name: string) => () => {
    begun.push(name);
    return new Promise<never>(() => {});
  };
  const handlers = { work: never("work"), mail: never("mail") };
  const { effects, ask } = await openCarrier({ handlers, limits: { work: 1, mail: 1 } });
  await ask("e1");
  await effects.claimWaiting();
  const mail = effect("m1", { kind: "mail" });
  expect(effects.assign([mail])[0]?.claimFor).not.toBeNull();
  await ask("e2");
  await effects.claimWaiting();
  expect(begun).toEqual(["work"]);
});

test("who is taken back is told; the others, and one that nobody knows, are not", async () => {
  const { effects, started, ask, cancel, told, clock, faults } = await openCarrier();
  await ask("e1", "e2");
  await effects.claimWaiting();
  await cancel("e1");
  effects.cancel(["e9"]);
  expect(started.map(({ scope }) => scope.signal.aborted)).toEqual([true, false]);
  // Its row is gone: neither its beat nor its end means anything to anybody.
  clock.advance(LEASE_MS / 2);
  await settled();
  started[0]?.finish("late");
  expect([await told(), faults]).toEqual([[], []]);
});

test("a claim that lapsed while we stood still is taken again by us: one run, which may report", async () => {
  const { effects, started, ask, heard, storeClock, faults } = await openCarrier();
  await ask("e1");
  await effects.claimWaiting();
  storeClock.advance(LEASE_MS + 1);
  await effects.claimWaiting();
  expect(namesOf(started)).toEqual(["e1"]);
  started[0]?.finish("good");
  expect(await heard()).toEqual([{ kind: "done", effect: "e1", child: "work", output: "good" }]);
  expect(faults).toEqual([]);
});

test("where a result cannot be told, or a claim not renewed, the host hears of it", async () => {
  const told = await openCarrier();
  await told.ask("e1");
  await told.effects.claimWaiting();
  await told.store.close();
  told.started[0]?.finish("good");
  await settled();
  expect(told.faults).toHaveLength(1);
  const renewed = await openCarrier();
  await renewed.ask("e1");
  await renewed.effects.claimWaiting();
  await renewed.store.close();
  renewed.clock.advance(LEASE_MS / 2);
  await settled();
  expect(renewed.faults).toHaveLength(1);
  const next = await openCarrier({ limits: { work: 1 } });
  await next.ask("e1", "e2");
  await next.effects.claimWaiting();
  await next.store.close();
  next.started[0]?.finish("good");
  await settled();
  expect(next.faults).toHaveLength(2);
});

test("closing tells the handlers, waits for them, and reports and begins nothing more", async () => {
  const { effects, started, ask, told, claimBy } = await openCarrier({ limits: { work: 1 } });
  await ask("e1", "e2");
  await effects.claimWaiting();
  let isClosed = false;
  const closing = effects.close().then(() => (isClosed = true));
  await settled();
  expect([started[0]?.scope.signal.aborted, isClosed]).toEqual([true, false]);
  started[0]?.finish("too late");
  await closing;
  expect([await told(), namesOf(started)]).toEqual([[], ["e1"]]);
  // What waited is for whoever comes next.
  expect(await claimBy("next")).toEqual(["e2"]);
});

test("a claim is renewed for as long as it was made, and no more once its effect has ended", async () => {
  const { effects, started, ask, clock, storeClock, claimBy, beats } = await openCarrier();
  await ask("e1");
  await effects.claimWaiting();
  const pass = async (ms: number): Promise<void> => {
    storeClock.advance(ms);
    clock.advance(ms);
    await settled();
  };
  await pass(LEASE_MS / 2);
  storeClock.advance(LEASE_MS - 1);
  expect(await claimBy("other")).toEqual([]);
  started[0]?.finish("good");
  await settled();
  await pass(LEASE_MS);
  expect(beats()).toBe(1);
  storeClock.advance(1);
  expect(await claimBy("other")).toEqual([]);
});

test("a handler that does not notice the closing is left after ten seconds", async () => {
  const { effects, ask, clock } = await openCarrier();
  await ask("e1");
  await effects.claimWaiting();
  let isClosed = false;
  const closing = effects.close().then(() => (isClosed = true));
  clock.advance(CLOSE_LIMIT_MS - 1);
  await settled();
  expect(isClosed).toBe(false);
  clock.advance(1);
  await closing;
  expect(isClosed).toBe(true);
});
