/** What is kept for people: the journal, the fate of every event, dead letters and charts. */
import { expect, test } from "vitest";
import { openTerm } from "../place.ts";
import type { MakePlace } from "../place.ts";
import { deadLetter, event, group, step } from "../samples.ts";

export function describeRecords(makePlace: MakePlace): void {
  test("the journal tells of each step what the step said of itself", async () => {
    const term = await openTerm(makePlace());
    const more = { key: "k", cause: "mcp:17", atMs: 1_712_345_678_901, happening: '{"é":"😀"}' };
    await term.commit(step("a:1", 0, { ...more, fromState: "off", toState: "on" }));
    const row = {
      seq: expect.any(Number),
      actor: "a:1",
      version: 1,
      fromState: "off",
      toState: "on",
      ...more,
    };
    expect(await term.store.journal({ limit: 9 })).toEqual([row]);
    expect(await (await term.reopen()).place.openReader().journal({ limit: 9 })).toEqual([row]);
  });

  test("the journal is read by actor, from a place on, up to a limit", async () => {
    const term = await openTerm(makePlace());
    await term.commit(step("a:1", 0), step("b:1", 0), step("a:1", 1));
    await term.commit(step("b:1", 1), step("a:1", 2), step("a:1", 3));
    const { store } = await term.reopen();
    const whole = await store.journal({ limit: 9 });
    const names = whole.map(({ actor, version }) => `${actor}@${version}`);
    expect(names).toEqual(["a:1@1", "b:1@1", "a:1@2", "b:1@2", "a:1@3", "a:1@4"]);
    const ofA = whole.filter(({ actor }) => actor === "a:1");
    expect(await store.journal({ actor: "a:1", limit: 9 })).toEqual(ofA);
    expect(await store.journal({ actor: "a:1", limit: 2 })).toEqual(ofA.slice(0, 2));
    const second = ofA[1]?.seq ?? 0;
    const rest = { after: second, limit: 1 };
    expect(await store.journal({ actor: "a:1", ...rest })).toEqual(ofA.slice(2, 3));
    expect(await store.journal({ limit: 3 })).toEqual(whole.slice(0, 3));
    expect(await store.journal(rest)).toEqual(whole.slice(3, 4));
    expect(await store.journal({ actor: "nobody", limit: 9 })).toEqual([]);
  });

  test("actors are listed by name, from a place on, up to a limit", async () => {
    const { store, commit } = await openTerm(makePlace());
    await commit(step("b:1", 0), step("a:2", 0), step("a:1", 0), step("a:1", 1));
    expect((await store.actors("", 9)).map(({ actor }) => actor)).toEqual(["a:1", "a:2", "b:1"]);
    const page = await store.actors("a:1", 1);
    expect(page).toEqual([await store.read("a:2")]);
  });

  test("the fate of an event is told by its id", async () => {
    const term = await openTerm(makePlace());
    const { store, fence } = term;
    expect(await store.fate("e1")).toEqual({ kind: "unknown" });
    await store.send([event("e1"), event("e2")]);
    expect(await store.fate("e1")).toEqual({ kind: "waiting" });
    const dead = [deadLetter("e2", { why: "poison", detail: "it threw" })];
    const taken = step("a:1", 0, { key: "e1", fromInbox: true, toState: "on" });
    await store.commit(fence, group([taken], { dead }));
    await term.commit(step("a:1", 1, { toState: "off" }));
    const again = await term.reopen();
    expect(await again.store.fate("e1")).toEqual({
      kind: "taken",
      actor: "a:1",
      version: 1,
      toState: "on",
      cause: null,
    });
    const why = { kind: "dead", why: "poison", detail: "it threw" };
    expect(await again.store.fate("e2")).toEqual(why);
    expect(await again.place.openReader().fate("e3")).toEqual({ kind: "unknown" });
  });

  test("an event laid aside waits no more and is kept, the newest first", async () => {
    const term = await openTerm(makePlace());
    const envelope = event("e1", { body: '{"é":"😀"}', cause: "mcp:17" });
    await term.store.send([envelope, event("e2"), event("e3")]);
    const letters = [deadLetter("e1", { envelope }), deadLetter("e2", { why: "stale" })];
    await term.store.commit(term.fence, group([], { dead: letters }));
    const { store, fence } = await term.reopen();
    expect(await store.deadLetters(9)).toEqual(letters.toReversed());
    expect(await store.deadLetters(1)).toEqual([letters[1]]);
    expect(await store.pull(fence, 9)).toMatchObject([{ event: { id: "e3" } }]);
  });

  test("a group that is refused lays nothing aside", async () => {
    const { store, fence } = await openTerm(makePlace());
    await store.send([event("e1")]);
    const bad = step("b:1", 0, { snapshot: null as never });
    const letters = { dead: [deadLetter("e1")] };
    await expect(store.commit(fence, group([bad], letters))).rejects.toThrow(/null/i);
    expect(await store.deadLetters(9)).toEqual([]);
    expect(await store.pull(fence, 9)).toHaveLength(1);
  });

  test("beyond the limit the oldest dead letters are dropped", async () => {
    const { store, fence, place } = await openTerm(makePlace());
    const extra = 7;
    const ids = Array.from({ length: place.deadLettersMax + extra }, (_, n) => `e${n}`);
    for (let from = 0; from < ids.length; from += 1_000) {
      const dead = ids.slice(from, from + 1_000).map((id) => deadLetter(id));
      await store.commit(fence, group([], { dead }));
    }
    const kept = await store.deadLetters(ids.length);
    expect(kept.map(({ envelope }) => envelope.id)).toEqual(ids.slice(extra).toReversed());
    expect(await store.fate("e0")).toEqual({ kind: "unknown" });
    expect(await store.fate(`e${extra}`)).toMatchObject({ kind: "dead" });
  });

  test("charts are recorded by name, the last word kept", async () => {
    const term = await openTerm(makePlace());
    const { store, fence } = term;
    expect(await store.charts()).toEqual([]);
    await store.recordChart(fence, { chart: "task", chartVersion: 1, hash: "aa" });
    await store.recordChart(fence, { chart: "agent", chartVersion: 1, hash: "bb" });
    await store.recordChart(fence, { chart: "task", chartVersion: 2, hash: "cc" });
    expect(await (await term.reopen()).store.charts()).toEqual([
      { chart: "agent", chartVersion: 1, hash: "bb" },
      { chart: "task", chartVersion: 2, hash: "cc" },
    ]);
  });

  test("a store finds nothing wrong with itself", async () => {
    const { store, commit } = await openTerm(makePlace());
    await commit(step("a:1", 0), step("a:1", 1));
    expect(await store.check()).toEqual([]);
  });
}
