/** One writer: a term ends with its release, with its process, or when it is taken over. */
import { expect, test } from "vitest";
import { ownerHere } from "../../../src/host/owner.ts";
import { identityOf } from "../../../src/processes/identity.ts";
import type { Fence, Store } from "../../../src/store/port.ts";
import { Fenced } from "../../../src/store/port.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { openAt, openTerm } from "../place.ts";
import type { MakePlace } from "../place.ts";
import { event, group, laden, step, taskRow, tasks } from "../samples.ts";

type Act = (store: Store, fence: Fence) => Promise<unknown>;
const OWNERS_METHODS: readonly (readonly [string, Act])[] = [
  ["pull", (store, fence) => store.pull(fence, 1)],
  ["load", (store, fence) => store.load(fence, "a:1")],
  ["commit", (store, fence) => store.commit(fence, group([laden("a:1", 1)]))],
  ["nextDue", (store, fence) => store.nextDue(fence)],
  [
    "recordChart",
    (store, fence) => store.recordChart(fence, { chart: "c", chartVersion: 1, hash: "h" }),
  ],
  ["rebuildViews", (store, fence) => store.rebuildViews(fence, [tasks("T2", taskRow("T2"))])],
];

export function describeOwnership(makePlace: MakePlace): void {
  test("nobody owns a new store; an owner is known by name, process and epoch", async () => {
    const place = makePlace();
    const store = openAt(place);
    expect(await store.owner()).toBeNull();
    const owner = ownerHere("blue");
    const fence = await store.acquire(owner);
    expect(fence).toEqual({ epoch: 1, owner: "blue" });
    expect(await store.owner()).toEqual({ ...owner, epoch: 1, alive: true });
    expect(await place.openReader().owner()).toEqual({ ...owner, epoch: 1, alive: true });
    await store.release(fence);
    expect(await store.owner()).toBeNull();
  });

  test("epochs only grow, over releases and reopening", async () => {
    const first = await openTerm(makePlace());
    const second = await first.reopen();
    const third = await second.reopen();
    expect([first, second, third].map(({ fence }) => fence.epoch)).toEqual([1, 2, 3]);
  });

  test("a second living owner is refused with the pid of the first, who goes on", async () => {
    const { store, place, commit, fence } = await openTerm(makePlace());
    const remote = place.startRemote();
    const refused = { code: "store.held", message: expect.stringContaining(`pid ${process.pid}`) };
    await expect(remote.acquire()).rejects.toMatchObject(refused);
    await expect(store.acquire(ownerHere("twin"))).rejects.toMatchObject(refused);
    expect(await commit(step("a:1", 0))).toEqual([{ ok: true, version: 1 }]);
    expect(await store.owner()).toMatchObject({ name: "test", epoch: fence.epoch });
  });

  test("an owner in another process keeps us out while it lives", async () => {
    const place = makePlace();
    const remote = place.startRemote();
    await remote.acquire();
    const refused = { code: "store.held", message: expect.stringContaining(`pid ${remote.pid}`) };
    await expect(openAt(place).acquire(ownerHere("test"))).rejects.toMatchObject(refused);
  });

  test.each(OWNERS_METHODS)("takeOver fences the earlier owner: %s", async (_name, act) => {
    const first = await openTerm(makePlace());
    await first.commit(step("a:1", 0));
    const second = openAt(first.place, first.clock);
    const fence = await second.acquire(ownerHere("later"), true);
    await expect(act(first.store, first.fence)).rejects.toThrow(Fenced);
    await expect(act(first.store, first.fence)).rejects.toMatchObject({ code: "store.fenced" });
    expect(await second.read("a:1")).toMatchObject({ version: 1 });
    expect(await second.journal({ limit: 9 })).toHaveLength(1);
    expect(await second.pull(fence, 9)).toEqual([]);
    expect(await second.timersOf("a:1")).toEqual([]);
    expect(await second.charts()).toEqual([]);
    expect(second.views.tasks("", 9)).toEqual([]);
    await act(second, fence);
  });

  test("an owner that comes back after another one knows what that one did", async () => {
    const first = await openTerm(makePlace());
    await first.commit(step("a:1", 0));
    const between = openAt(first.place, first.clock);
    const fence = await between.acquire(ownerHere("between"), true);
    await between.commit(fence, group([step("a:1", 1)]));
    const back = await first.store.acquire(ownerHere("back"), true);
    const results = await first.store.commit(back, group([step("a:1", 1), step("a:1", 2)]));
    expect(results).toEqual([
      { ok: false, why: "conflict" },
      { ok: true, version: 3 },
    ]);
  });

  test("a released store can be acquired, and the released fence is of the past", async () => {
    const first = await openTerm(makePlace());
    await first.store.release(first.fence);
    const second = openAt(first.place, first.clock);
    await second.acquire(ownerHere("later"));
    await expect(first.commit(step("a:1", 0))).rejects.toThrow(Fenced);
    expect(await second.read("a:1")).toBeNull();
  });

  test("a release by an earlier owner does not end the term of the later one", async () => {
    const first = await openTerm(makePlace());
    const second = openAt(first.place, first.clock);
    await second.acquire(ownerHere("later"), true);
    await first.store.release(first.fence);
    expect(await second.owner()).toMatchObject({ name: "later" });
    const refused = { code: "store.held" };
    await expect(first.store.acquire(ownerHere("test"))).rejects.toMatchObject(refused);
  });

  test("an owner whose process was killed is replaced", async () => {
    const place = makePlace();
    const remote = place.startRemote();
    const dead = await remote.acquire();
    await remote.call("commit", dead, group([step("a:1", 0)]));
    await remote.kill();
    const store = openAt(place);
    expect(await store.owner()).toMatchObject({ name: "remote", alive: false });
    const fence = await store.acquire(ownerHere("test"));
    expect(fence.epoch).toBe(dead.epoch + 1);
    const results = await store.commit(fence, group([step("a:1", 1)]));
    expect(results).toEqual([{ ok: true, version: 2 }]);
  });

  test.each([
    ["started at another moment", { startTicks: "1" }],
    ["of another start of the machine", { bootId: "another" }],
  ])("a process under the owner's pid, but %s, is not the owner", async (_title, other) => {
    const self = identityOf(process.pid);
    if (self === null) throw new Error("no process table");
    const store = openAt(makePlace());
    await store.acquire({ name: "past", process: { ...self, ...other } });
    expect(await store.owner()).toMatchObject({ alive: false });
    expect(await store.acquire(ownerHere("test"))).toMatchObject({ epoch: 2 });
  });

  test("an owner that stood still while another took over is fenced when it goes on", async () => {
    const place = makePlace();
    const remote = place.startRemote();
    const old = await remote.acquire();
    await remote.call("commit", old, group([step("a:1", 0)]));
    await remote.pause();
    const store = openAt(place, new ManualClock());
    await expect(store.acquire(ownerHere("test"))).rejects.toMatchObject({ code: "store.held" });
    const fence = await store.acquire(ownerHere("test"), true);
    const committing = remote.call("commit", old, group([laden("a:1", 1)]));
    remote.goOn();
    await expect(committing).rejects.toMatchObject({ code: "store.fenced" });
    expect(await store.read("a:1")).toMatchObject({ version: 1 });
    expect(await store.commit(fence, group([step("a:1", 1)]))).toEqual([{ ok: true, version: 2 }]);
  });

  test("whoever owns the store, anyone may send to it", async () => {
    const { store, fence, place } = await openTerm(makePlace());
    await place.startRemote().call("send", [event("e1")]);
    expect(await store.pull(fence, 9)).toEqual([{ from: "inbox", event: event("e1") }]);
  });
}
