/** Timers: never early, until they are taken, and as absolute times that a restart leaves alone. */
import { expect, test } from "vitest";
import { openTerm } from "../place.ts";
import type { MakePlace, Term } from "../place.ts";
import { event, group, step, taking } from "../samples.ts";

const DELAY_MS = 10_000;
const due = ({ store, fence }: Term, limit = 100) => store.pull(fence, limit);
const timer = (term: Term, name: string, delayMs = DELAY_MS) => ({
  name,
  dueMs: term.clock.now() + delayMs,
});

/** A term in which `a:1` has set timers, by name and delay. */
async function setting(makePlace: MakePlace, timers: Record<string, number>): Promise<Term> {
  const term = await openTerm(makePlace());
  const set = Object.entries(timers).map(([name, delayMs]) => timer(term, name, delayMs));
  await term.commit(step("a:1", 0, { timers: set }));
  return term;
}

export function describeTimers(makePlace: MakePlace): void {
  test("a timer comes when it is due and not a millisecond earlier", async () => {
    const term = await setting(makePlace, { t: DELAY_MS });
    const dueMs = term.clock.now() + DELAY_MS;
    term.clock.advance(DELAY_MS - 1);
    expect(await due(term)).toEqual([]);
    term.clock.advance(1);
    const delivery = { from: "timer", actor: "a:1", timer: "t", setBy: 1, dueMs };
    expect(await due(term)).toEqual([delivery]);
  });

  test("a restart neither forgets nor restarts a timer", async () => {
    const first = await setting(makePlace, { t: DELAY_MS });
    first.clock.advance(DELAY_MS - 1);
    const second = await first.reopen();
    expect(await due(second)).toEqual([]);
    second.clock.advance(1);
    expect(await due(second)).toHaveLength(1);
    expect(await due(await second.reopen())).toHaveLength(1);
  });

  test("a timer repeats until a step takes it", async () => {
    const term = await setting(makePlace, { t: 0 });
    expect(await due(term)).toHaveLength(1);
    expect(await due(term)).toHaveLength(1);
    await term.commit(step("a:1", 1, { key: "a:1@1~t", cancelledTimers: ["t"] }));
    expect(await due(term)).toEqual([]);
    expect(await due(await term.reopen())).toEqual([]);
  });

  test("a timer set again counts from then", async () => {
    const term = await setting(makePlace, { t: DELAY_MS });
    term.clock.advance(DELAY_MS - 1);
    await term.commit(step("a:1", 1, { timers: [timer(term, "t")] }));
    term.clock.advance(DELAY_MS - 1);
    expect(await due(term)).toEqual([]);
    term.clock.advance(1);
    expect(await due(term)).toMatchObject([{ timer: "t", setBy: 2 }]);
    expect(await term.store.timersOf("a:1")).toHaveLength(1);
  });

  test("a step can take a timer and set it again", async () => {
    const term = await setting(makePlace, { t: 0 });
    const again = { cancelledTimers: ["t"], timers: [timer(term, "t")] };
    await term.commit(step("a:1", 1, again));
    expect(await due(term)).toEqual([]);
    term.clock.advance(DELAY_MS);
    expect(await due(term)).toMatchObject([{ timer: "t", setBy: 2 }]);
  });

  test("cancelling a timer lands with its step or not at all", async () => {
    const term = await setting(makePlace, { t: 0 });
    await term.commit(step("a:1", 5, { cancelledTimers: ["t"] }));
    expect(await due(term)).toHaveLength(1);
    const clash = step("b:1", 0, { snapshot: null as never });
    const cancel = step("a:1", 1, { cancelledTimers: ["t"] });
    await expect(term.commit(cancel, clash)).rejects.toThrow(/null/i);
    expect(await due(term)).toHaveLength(1);
    await term.commit(step("a:1", 1, { cancelledTimers: ["t"] }));
    expect(await due(term)).toEqual([]);
    expect(await term.store.nextDue(term.fence)).toBeNull();
  });

  test("setting a timer lands with its step or not at all", async () => {
    const term = await openTerm(makePlace());
    await term.commit(step("a:1", 5, { timers: [timer(term, "t")] }));
    expect(await term.store.nextDue(term.fence)).toBeNull();
  });

  test("a timer is its actor's own", async () => {
    const term = await setting(makePlace, { t: 0 });
    await term.commit(step("b:1", 0, { timers: [timer(term, "t", 0)] }));
    await term.commit(step("a:1", 1, { cancelledTimers: ["t"] }));
    expect(await due(term)).toMatchObject([{ actor: "b:1" }]);
  });

  test("nextDue is the earliest of all, due or not", async () => {
    const term = await openTerm(makePlace());
    expect(await term.store.nextDue(term.fence)).toBeNull();
    await term.commit(
      step("a:1", 0, { timers: [timer(term, "late", 500), timer(term, "soon", 70)] }),
    );
    await term.commit(step("b:1", 0, { timers: [timer(term, "later", 900)] }));
    const soon = term.clock.now() + 70;
    expect(await term.store.nextDue(term.fence)).toBe(soon);
    term.clock.advance(1_000);
    expect(await term.store.nextDue(term.fence)).toBe(soon);
    await term.commit(step("a:1", 1, { cancelledTimers: ["soon"] }));
    expect(await term.store.nextDue(term.fence)).toBe(soon + 430);
    await term.commit(step("a:1", 2, { cancelledTimers: ["late"] }));
    expect(await (await term.reopen()).store.timersOf("b:1")).toMatchObject([{ name: "later" }]);
  });

  test("due timers come in the order they were due, no more than the limit", async () => {
    const term = await setting(makePlace, { third: 30, first: 10, second: 20 });
    term.clock.advance(DELAY_MS);
    const names = (await due(term)).map((each) => each.from === "timer" && each.timer);
    expect(names).toEqual(["first", "second", "third"]);
    expect(await due(term, 2)).toMatchObject([{ timer: "first" }, { timer: "second" }]);
  });

  test("events that wait do not keep timers away", async () => {
    const term = await setting(makePlace, { t: 0 });
    await term.store.send([event("e1"), event("e2")]);
    const pulled = await due(term, 2);
    expect(pulled.map(({ from }) => from)).toEqual(["inbox", "inbox", "timer"]);
  });

  test("a timer that could not be taken is spent without a step", async () => {
    const term = await setting(makePlace, { t: 0, other: 0 });
    const spentTimers = [{ actor: "a:1", name: "t", setBy: 1 }];
    await term.store.commit(term.fence, group([], { spentTimers }));
    expect(await due(await term.reopen())).toMatchObject([{ timer: "other" }]);
  });

  test("a timer set anew in the group that spends the old one is not lost", async () => {
    const term = await setting(makePlace, { t: 0 });
    await term.store.send([event("e1")]);
    const anew = taking(event("e1"), 1, { cancelledTimers: ["t"], timers: [timer(term, "t")] });
    const spentTimers = [{ actor: "a:1", name: "t", setBy: 1 }];
    await term.store.commit(term.fence, group([anew], { spentTimers }));
    expect(await due(term)).toEqual([]);
    term.clock.advance(DELAY_MS);
    expect(await due(term)).toMatchObject([{ timer: "t", setBy: 2 }]);
  });

  test("a timer set anew before the old one is spent is not lost", async () => {
    const term = await setting(makePlace, { t: 0 });
    await term.commit(step("a:1", 1, { cancelledTimers: ["t"], timers: [timer(term, "t")] }));
    const spentTimers = [{ actor: "a:1", name: "t", setBy: 1 }];
    await term.store.commit(term.fence, group([], { spentTimers }));
    term.clock.advance(DELAY_MS);
    expect(await due(await term.reopen())).toMatchObject([{ timer: "t", setBy: 2 }]);
  });
}
