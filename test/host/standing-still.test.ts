/** A host that is frozen, closed, passive or failing: what waits is answered, and nothing more is done. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nextTurn } from "../../src/clock.ts";
import { FaultError } from "../../src/fault.ts";
import type { Store } from "../../src/store/port.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { eggChart, lampChart } from "../support/sample-charts.ts";
import { emptyFolder, openBench } from "../support/workbench.ts";

const SWITCH = { type: "switch" };
const BOIL_MS = 10_000;
const closed = {
  ok: false,
  actor: "lamp:hall",
  code: "closed",
  refusal: "the host is closed",
  hint: "start WeatherVane again",
};

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

/** A lamp and an egg on a store of which the test may break a part. */
async function openHall(broken: (store: Store) => Partial<Store> = () => ({})) {
  const clock = new ManualClock();
  const path = join(emptyFolder(), "orchestrator.db");
  const store = openStore(path, clock);
  const faults: unknown[] = [];
  const bench = await openBench({
    charts: [lampChart, eggChart],
    clock,
    path,
    store: { ...store, ...broken(store) },
    onFault: (fault) => faults.push(fault),
  });
  await bench.host.start("lamp:hall", {});
  await bench.host.start("egg:1", { ms: BOIL_MS });
  const switchOn = () => bench.host.send("lamp:hall", SWITCH);
  return { ...bench, store, faults, switchOn };
}

const fault = new FaultError({
  code: "store.failed",
  where: "the disk",
  found: "no space left",
  expected: "space",
  next: "make room",
});

describe("frozen", () => {
  test("it answers nobody until it is let go, and then everybody in order", async () => {
    const { host, switchOn, store } = await openHall();
    const thaw = await host.freeze();
    const answered: unknown[] = [];
    const waiting = [switchOn(), switchOn()].map((each) =>
      each.then(({ state }) => answered.push(state)),
    );
    const body = JSON.stringify({ kind: "event", event: { type: "heat" } });
    await store.send([{ id: "h", actor: "egg:1", body, cause: null }]);
    await turns(10);
    expect([answered, await host.freeze()]).toEqual([[], null]);
    thaw?.();
    await Promise.all(waiting);
    await host.quiet();
    expect(answered).toEqual(["on", "off"]);
    expect((await host.actor("egg:1"))?.getSnapshot().value).toBe("boiling");
    expect(await host.freeze()).not.toBeNull();
  });

  test("it finishes what it has begun", async () => {
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isSlow = false;
    const { host, switchOn } = await openHall((store) => ({
      commit: async (fence, group) => {
        if (isSlow) begun.resolve();
        if (isSlow) await end.promise;
        return store.commit(fence, group);
      },
    }));
    isSlow = true;
    const order: string[] = [];
    const answer = switchOn().then(({ state }) => order.push(`answered ${state}`));
    await begun.promise;
    const frozen = host.freeze().then(() => order.push("frozen"));
    await turns(10);
    expect(order).toEqual([]);
    end.resolve();
    await Promise.all([answer, frozen]);
    expect(order).toEqual(["answered on", "frozen"]);
  });
});

test("closed, it refuses who waits and who comes, in words, and closing again is the same", async () => {
  const { host, switchOn } = await openHall();
  const waiting = [switchOn(), switchOn()];
  const closing = [host.close(), host.close()];
  expect(await Promise.all(waiting)).toMatchObject([closed, closed]);
  await Promise.all(closing);
  expect(await switchOn()).toMatchObject(closed);
});

test("passive, it takes calls and messages and leaves timers to the one that stays", async () => {
  const first = await openHall();
  await first.host.send("egg:1", { type: "heat" });
  await first.host.close();
  const { path, clock } = first;
  const charts = [lampChart, eggChart];
  clock.advance(BOIL_MS);
  const handlers = { something: async () => null };
  const passive = await openBench({
    charts,
    path,
    clock,
    isPassive: true,
    passiveHandlers: handlers,
  });
  const other = openStore(path, clock);
  const body = JSON.stringify({ kind: "event", event: SWITCH });
  await other.send([{ id: "s", actor: "lamp:hall", body, cause: null }]);
  await turns(10);
  await passive.host.quiet();
  const valueOf = async (host: typeof passive.host, actor: string) =>
    (await host.actor(actor))?.getSnapshot().value;
  expect(await valueOf(passive.host, "lamp:hall")).toBe("on");
  expect(await valueOf(passive.host, "egg:1")).toBe("boiling");
  await passive.host.close();
  await other.close();
  const { host } = await openBench({ charts, path, clock });
  await host.quiet();
  expect(await valueOf(host, "egg:1")).toBe("done");
});

describe("where the store fails", () => {
  test("everybody who waits is told, once, and it takes no more", async () => {
    let isBroken = false;
    const hall = await openHall((store) => ({
      commit: (fence, group) => (isBroken ? Promise.reject(fault) : store.commit(fence, group)),
    }));
    isBroken = true;
    const heard: unknown[] = [];
    (await hall.host.actor("lamp:hall"))?.subscribe({ error: (thrown) => heard.push(thrown) });
    const answers = Array.from({ length: 300 }, () => hall.switchOn().catch((thrown) => thrown));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([fault]));
    expect([hall.faults, heard]).toEqual([[fault], [fault]]);
    expect(await hall.switchOn()).toMatchObject(closed);
    await hall.host.quiet();
    hall.clock.advance(BOIL_MS);
    await turns(5);
    expect(hall.faults).toHaveLength(1);
  });

  test.each<[string, (store: Store, isBroken: () => boolean) => Partial<Store>]>([
    [
      "what waits",
      (store, isBroken) => ({
        pull: (fence, limit) => (isBroken() ? Promise.reject(fault) : store.pull(fence, limit)),
      }),
    ],
    [
      "the next timer",
      (store, isBroken) => ({
        nextDue: (fence) => (isBroken() ? Promise.reject(fault) : store.nextDue(fence)),
      }),
    ],
  ])("it ends where it cannot ask for %s", async (_title, broken) => {
    let isBroken = false;
    const hall = await openHall((store) => broken(store, () => isBroken));
    await hall.host.quiet();
    isBroken = true;
    const other = openStore(hall.path, hall.clock);
    const body = JSON.stringify({ kind: "event", event: SWITCH });
    await other.send([{ id: "s", actor: "lamp:hall", body, cause: null }]);
    await hall.switchOn().catch(() => null);
    await hall.host.quiet();
    expect(hall.faults).toEqual([fault]);
    await other.close();
  });

  test("a step that it refuses is laid aside with its words, and its neighbours stand", async () => {
    let isBroken = false;
    const hall = await openHall((store) => ({
      commit: (fence, group) =>
        isBroken && group.steps.some(({ actor }) => actor === "egg:1")
          ? Promise.reject(new Error("a constraint fails"))
          : store.commit(fence, group),
    }));
    isBroken = true;
    const [refused, fine] = await Promise.all([
      hall.host.send("egg:1", { type: "heat" }, { key: "again", cause: "c" }),
      hall.switchOn(),
    ]);
    expect(refused).toMatchObject({
      code: "poison",
      refusal: "a constraint fails",
      hint: "this is a bug; the event is kept in the dead letters and nothing changed",
    });
    expect(fine).toMatchObject({ state: "on" });
    expect(hall.faults).toEqual([]);
    const letters = await hall.store.deadLetters(9);
    expect(letters.find(({ envelope }) => envelope.id === "again")).toMatchObject({
      why: "poison",
      detail: "a constraint fails",
      envelope: { actor: "egg:1", cause: "c", body: expect.stringContaining('"heat"') },
    });
  });
});

test("six hundred events that wait are taken without anybody calling again", async () => {
  const { host, store } = await openHall();
  const body = JSON.stringify({ kind: "event", event: SWITCH });
  const events = Array.from({ length: 601 }, (_, n) => {
    return { id: `s${n}`, actor: "lamp:hall", body, cause: null };
  });
  await store.send(events);
  await turns(3);
  await host.quiet();
  const snapshot = (await host.actor("lamp:hall"))?.getSnapshot();
  expect([snapshot?.value, snapshot?.context]).toEqual(["on", { switched: 601 }]);
});
