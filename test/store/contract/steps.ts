/** Steps: each lands whole or not at all, its neighbours notwithstanding, and only once. */
import { expect, test } from "vitest";
import type { Term, MakePlace } from "../place.ts";
import { openTerm } from "../place.ts";
import { agent, effect, event, group, laden, step, taskRow, tasks } from "../samples.ts";

/** What there is of a laden step of this actor. */
async function tracesOf({ store, fence, clock }: Term, actor: string) {
  clock.advance(60_000);
  const claims = await store.claim({ worker: "w", kinds: ["work"], limit: 100, leaseMs: 1 });
  const deliveries = await store.pull(fence, 100);
  const sends = deliveries.flatMap((each) => (each.from === "inbox" ? [each.event.id] : []));
  return {
    key: (await store.fate(`key of ${actor}`)).kind,
    effect: claims.some((claim) => claim.effect === `effect of ${actor}`),
    timers: (await store.timersOf(actor)).length,
    send: sends.includes(`send of ${actor}`),
    view: store.views.task(actor) !== null,
  };
}
const NOTHING = { key: "unknown", effect: false, timers: 0, send: false, view: false };
const EVERYTHING = { key: "taken", effect: true, timers: 1, send: true, view: true };

export function describeSteps(makePlace: MakePlace): void {
  test("an actor that was never created is not there", async () => {
    const { store, fence } = await openTerm(makePlace());
    expect(await store.load(fence, "a:1")).toBeNull();
    expect(await store.read("a:1")).toBeNull();
  });

  test("a step creates an actor, and what is loaded is what was committed", async () => {
    const first = await openTerm(makePlace());
    const snapshot = JSON.stringify({ text: "\u0000 é 世 😀 \n \\ ' \"", n: 1.5 });
    const more = { chart: "lamp", chartVersion: 7, atMs: 1_712_345_678_901, snapshot };
    expect(await first.commit(step("a:1", 0, more))).toEqual([{ ok: true, version: 1 }]);
    const stored = { actor: "a:1", chart: "lamp", chartVersion: 7, version: 1, snapshot };
    const expected = { ...stored, savedAtMs: 1_712_345_678_901 };
    expect(await first.store.load(first.fence, "a:1")).toEqual(expected);
    const second = await first.reopen();
    expect(await second.store.load(second.fence, "a:1")).toEqual(expected);
    expect(await second.place.openReader().read("a:1")).toEqual(expected);
  });

  test("versions go 1, 2, 3, within a group, from group to group and after reopening", async () => {
    const first = await openTerm(makePlace());
    const results = await first.commit(step("a:1", 0), step("b:1", 0), step("a:1", 1));
    expect(results.map((each) => each.ok && each.version)).toEqual([1, 1, 2]);
    expect(await first.commit(step("a:1", 2))).toEqual([{ ok: true, version: 3 }]);
    const second = await first.reopen();
    expect(await second.commit(step("a:1", 3))).toEqual([{ ok: true, version: 4 }]);
    expect(await second.store.read("a:1")).toMatchObject({ version: 4, snapshot: '{"version":4}' });
  });

  test("everything that a step brings along is there", async () => {
    const term = await openTerm(makePlace());
    await term.commit(laden("a:1", 0));
    expect(await tracesOf(term, "a:1")).toEqual(EVERYTHING);
  });

  test.each([
    ["behind", 1],
    ["ahead", 3],
    ["creating what exists", 0],
  ])("a stale version (%s) leaves nothing", async (_title, expected) => {
    const term = await openTerm(makePlace());
    await term.commit(step("a:1", 0), step("a:1", 1));
    expect(await term.commit(laden("a:1", expected))).toEqual([{ ok: false, why: "conflict" }]);
    expect(await tracesOf(term, "a:1")).toEqual(NOTHING);
    expect(await term.store.read("a:1")).toMatchObject({ version: 2 });
    expect(await term.store.journal({ limit: 10 })).toHaveLength(2);
  });

  test("the neighbours of a step in conflict are unharmed", async () => {
    const term = await openTerm(makePlace());
    const results = await term.commit(laden("a:1", 0), laden("b:1", 5), laden("c:1", 0));
    const conflict = { ok: false, why: "conflict" };
    expect(results).toEqual([{ ok: true, version: 1 }, conflict, { ok: true, version: 1 }]);
    const again = await term.reopen();
    expect(await again.store.read("b:1")).toBeNull();
    expect(await tracesOf(again, "a:1")).toEqual(EVERYTHING);
    expect(await again.store.read("c:1")).toMatchObject({ version: 1 });
  });

  test("the neighbours of a step with a known key are unharmed, and it leaves nothing", async () => {
    const term = await openTerm(makePlace());
    await term.commit(step("x:1", 0, { key: "known" }));
    const repeated = laden("b:1", 0, { key: "known" });
    const results = await term.commit(laden("a:1", 0), repeated, laden("c:1", 0));
    expect(results[1]).toEqual({ ok: false, why: "duplicate" });
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(await tracesOf(term, "b:1")).toEqual(NOTHING);
    expect(await term.store.read("b:1")).toBeNull();
    expect(await term.store.read("c:1")).toMatchObject({ version: 1 });
    expect(await tracesOf(await term.reopen(), "a:1")).toMatchObject({ view: true, timers: 1 });
  });

  test("after a step that failed, its actor goes on from where it was", async () => {
    const term = await openTerm(makePlace());
    await term.commit(step("x:1", 0, { key: "known" }));
    const repeated = step("a:1", 1, { key: "known" });
    const results = await term.commit(step("a:1", 0), repeated, step("a:1", 2), step("a:1", 1));
    expect(results.map(({ ok }) => ok)).toEqual([true, false, false, true]);
    expect(await term.store.read("a:1")).toMatchObject({ version: 2 });
    expect(await term.store.journal({ actor: "a:1", limit: 10 })).toHaveLength(2);
  });

  const [once, twice] = [step("a:1", 0, { key: "k" }), step("a:1", 1, { key: "k" })];
  test.each([
    ["in the same group", async (term: Term) => term.commit(once, twice)],
    [
      "in a later group",
      async (term: Term) => [...(await term.commit(once)), ...(await term.commit(twice))],
    ],
    [
      "after reopening",
      async (term: Term) => {
        const first = await term.commit(once);
        return [...first, ...(await (await term.reopen()).commit(twice))];
      },
    ],
  ])("an event key is taken once: %s", async (_title, commit) => {
    const term = await openTerm(makePlace());
    expect(await commit(term)).toEqual([
      { ok: true, version: 1 },
      { ok: false, why: "duplicate" },
    ]);
    expect(await term.place.openReader().read("a:1")).toMatchObject({ version: 1 });
  });

  test("an event key is taken once whatever actor comes with it", async () => {
    const term = await openTerm(makePlace());
    await term.commit(step("a:1", 0, { key: "k" }));
    const results = await term.commit(step("b:1", 0, { key: "k" }));
    expect(results).toEqual([{ ok: false, why: "duplicate" }]);
  });

  test("steps without a key never collide", async () => {
    const term = await openTerm(makePlace());
    const steps = Array.from({ length: 50 }, (_, n) => step(`a:${n % 5}`, Math.floor(n / 5)));
    const results = await term.commit(...steps);
    expect(results.every(({ ok }) => ok)).toBe(true);
  });

  test("a group that the store refuses stores nothing at all, and nothing remembers it", async () => {
    const term = await openTerm(makePlace());
    await term.commit(step("a:1", 0, { views: [agent("agent:1", "task:1")] }));
    const clash = step("c:1", 0, { key: "c", views: [agent("agent:2", "task:1")] });
    await expect(term.commit(laden("b:1", 0), step("a:1", 1), clash)).rejects.toThrow(/unique/i);
    expect(await tracesOf(term, "b:1")).toEqual(NOTHING);
    expect(await term.store.read("b:1")).toBeNull();
    expect(await term.store.read("a:1")).toMatchObject({ version: 1 });
    expect(await term.store.journal({ limit: 10 })).toHaveLength(1);
    expect(term.store.views.agents()).toHaveLength(1);
    const results = await term.commit(laden("b:1", 0), step("a:1", 1));
    expect(results).toEqual([
      { ok: true, version: 1 },
      { ok: true, version: 2 },
    ]);
    expect(await tracesOf(term, "b:1")).toEqual(EVERYTHING);
  });

  test("a row that breaks a rule of its table is refused with its whole group", async () => {
    const term = await openTerm(makePlace());
    const wrong = taskRow("b:1", { status: "nearly" as "done" });
    const bad = step("b:1", 0, { views: [tasks("b:1", wrong)] });
    await expect(term.commit(step("a:1", 0), bad)).rejects.toThrow(/check/i);
    expect(await term.store.read("a:1")).toBeNull();
    expect(await term.store.journal({ limit: 10 })).toEqual([]);
  });

  test("what a group asks for and takes back again is never there", async () => {
    const term = await openTerm(makePlace());
    const asks = step("a:1", 0, {
      effects: [effect("e1"), effect("e2")],
      timers: [{ name: "t", dueMs: 0 }],
      sends: [event("m1", { actor: "b:1" })],
    });
    const takesBack = step("a:1", 1, { cancelledEffects: ["e1"], cancelledTimers: ["t"] });
    const hears = step("b:1", 0, { key: "m1" });
    await term.store.commit(term.fence, group([asks, takesBack, hears]));
    const claims = await term.store.claim({ worker: "w", kinds: ["work"], limit: 9, leaseMs: 1 });
    expect(claims.map((claim) => claim.effect)).toEqual(["e2"]);
    expect(await term.store.pull(term.fence, 9)).toEqual([]);
  });
}
