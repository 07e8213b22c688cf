/** A host that is frozen, closed or failing: what waits is answered, and nothing more is done. */
import { describe, expect, test } from "vitest";
import { FaultError } from "../../src/fault.ts";
import { Fenced } from "../../src/store/port.ts";
import type { Store } from "../../src/store/port.ts";
import { BOIL_MS, newPlace, openHall, SWITCH, turns } from "./hall.ts";

const closed = {
  ok: false,
  actor: "lamp:hall",
  code: "closed",
  refusal: "the host is closed",
  hint: "start WeatherVane again",
};

const fault = new FaultError({
  code: "store.failed",
  where: "the disk",
  found: "no space left",
  expected: "space",
  next: "make room",
});

describe("frozen", () => {
  test("it answers nobody until it is let go, and then everybody in order", async () => {
    const { host, switchOn, leave, valueOf } = await openHall();
    const thaw = await host.freeze();
    const answered: unknown[] = [];
    const waiting = [switchOn(), switchOn()].map((each) =>
      each.then(({ state }) => answered.push(state)),
    );
    await leave("egg:1", { type: "heat" });
    await turns(10);
    expect([answered, await host.freeze()]).toEqual([[], null]);
    thaw?.();
    await Promise.all(waiting);
    await host.quiet();
    expect(answered).toEqual(["on", "off"]);
    expect(await valueOf("egg:1")).toBe("boiling");
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

describe("where the store fails", () => {
  test("everybody who waits is told, once, and it takes no more", async () => {
    let isBroken = false;
    const end = Promise.withResolvers<string>();
    const place = { ...newPlace(), handlers: { work: () => end.promise } };
    const hall = await openHall(
      (store) => ({
        commit: (fence, group) => (isBroken ? Promise.reject(fault) : store.commit(fence, group)),
        finish: () => Promise.reject(new Error("told already")),
      }),
      place,
    );
    await hall.host.start("job:1", {});
    await hall.host.send("job:1", { type: "begin" });
    isBroken = true;
    const heard: unknown[] = [];
    (await hall.host.actor("lamp:hall"))?.subscribe({ error: (thrown) => heard.push(thrown) });
    const answers = Array.from({ length: 300 }, () => hall.switchOn().catch((thrown) => thrown));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([fault]));
    expect([hall.faults, heard]).toEqual([[fault], [fault]]);
    expect(await hall.switchOn()).toMatchObject(closed);
    await hall.host.quiet();
    hall.clock.advance(BOIL_MS);
    end.resolve("an effect that cannot be reported");
    await turns(10);
    expect(hall.faults).toEqual([fault]);
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
    await hall.leave("lamp:hall", SWITCH);
    await hall.switchOn().catch(() => null);
    await hall.host.quiet();
    expect(hall.faults).toEqual([fault]);
  });

  const refusesTheStep: Store["commit"] = async () => [{ ok: false, why: "conflict" }];
  test.each<[string, Store["commit"], string]>([
    ["a fault of the disk", () => Promise.reject(fault), "no space left"],
    ["a later term", () => Promise.reject(new Fenced("epoch 3")), "epoch 3"],
    ["a step that the disk does not follow", refusesTheStep, "did not follow the stored version"],
  ])("%s ends it at once, though the next commit might succeed", async (...[, fails, words]) => {
    let left = 0;
    const hall = await openHall((store) => ({
      commit: (fence, group) => {
        left -= 1;
        return left === 0 ? fails(fence, group) : store.commit(fence, group);
      },
    }));
    left = 1;
    await hall.leave("lamp:hall", SWITCH);
    const both = [hall.switchOn(), hall.switchOn()].map((each) => each.catch(String));
    const told = expect.stringContaining(words);
    expect(await Promise.all(both)).toEqual([told, told]);
    expect(hall.faults.map(String)).toEqual([told]);
    expect(await hall.switchOn()).toMatchObject(closed);
    expect(await hall.store.deadLetters(9)).toEqual([]);
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
    await hall.leave("egg:1", { type: "cool" });
    await hall.host.quiet();
    const letters = await hall.store.deadLetters(9);
    expect(letters).toHaveLength(2);
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
  await host.quiet();
  const snapshot = (await host.actor("lamp:hall"))?.getSnapshot();
  expect([snapshot?.value, snapshot?.context]).toEqual(["on", { switched: 601 }]);
});
