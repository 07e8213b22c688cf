/** Wake hints: quick where they can be, and a lost one costs no more than the store says. */
import { expect, test } from "vitest";
import { nextTurn } from "../../../src/clock.ts";
import { only, openAt, openTerm } from "../place.ts";
import type { MakePlace, Term } from "../place.ts";
import { effect, event, step } from "../samples.ts";

/** Enough for whatever was under way in this process to have its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}

/** Listens, counting; `next` resolves with the next wake. */
function listen({ store }: Pick<Term, "store">) {
  let waiting = Promise.withResolvers<void>();
  const ear = { wakes: 0, next: () => waiting.promise, stop: () => {} };
  ear.stop = store.onWake(() => {
    ear.wakes += 1;
    waiting.resolve();
    waiting = Promise.withResolvers<void>();
  });
  return ear;
}

export function describeWake(makePlace: MakePlace): void {
  test("a send in this process wakes", async () => {
    const term = await openTerm(makePlace());
    const ear = listen(term);
    await term.store.send([event("e1")]);
    expect(ear.wakes).toBeGreaterThan(0);
  });

  test("a result in this process wakes", async () => {
    const term = await openTerm(makePlace());
    await term.commit(step("a:1", 0, { effects: [effect("e1")] }));
    const request = { worker: "w", kinds: ["work"], limit: 1, leaseMs: 1_000 };
    const claim = only(await term.store.claim(request));
    const ear = listen(term);
    await term.store.finish(claim, event("e1!"));
    expect(ear.wakes).toBeGreaterThan(0);
  });

  test("a send through another opening of the store in this process wakes", async () => {
    const term = await openTerm(makePlace());
    const ear = listen(term);
    const woken = ear.next();
    await openAt(term.place, term.clock).send([event("e1")]);
    await expect(woken).resolves.toBeUndefined();
  });

  test("a send from another process wakes, while no time passes here", async () => {
    const term = await openTerm(makePlace());
    const remote = term.place.startRemote();
    const ear = listen(term);
    for (const id of ["e1", "e2", "e3"]) {
      const woken = ear.next();
      await remote.call("send", [event(id)]);
      await woken;
    }
    expect(await term.store.pull(term.fence, 9)).toHaveLength(3);
  });

  test("a lost ring costs at most the bound", async () => {
    const term = await openTerm(makePlace());
    const { wakeBoundMs } = term.store.traits;
    const ear = listen(term);
    await settle();
    const before = ear.wakes;
    term.place.sendQuietly(event("e1"));
    await settle();
    expect(ear.wakes).toBe(before);
    term.clock.advance(wakeBoundMs);
    expect(ear.wakes).toBe(before + 1);
    expect(await term.store.pull(term.fence, 9)).toHaveLength(1);
  });

  test("every lost ring is made good, also one long after the other", async () => {
    const term = await openTerm(makePlace());
    const { wakeBoundMs } = term.store.traits;
    const ear = listen(term);
    await settle();
    for (const id of ["e1", "e2", "e3"]) {
      const before = ear.wakes;
      term.clock.advance(wakeBoundMs * 3);
      term.place.sendQuietly(event(id));
      term.clock.advance(wakeBoundMs);
      expect(ear.wakes).toBe(before + 1);
    }
  });

  test("where nothing happens nobody is woken", async () => {
    const term = await openTerm(makePlace());
    const ear = listen(term);
    await settle();
    const before = ear.wakes;
    term.clock.advance(term.store.traits.wakeBoundMs * 10);
    await settle();
    expect(ear.wakes).toBe(before);
  });

  test("who stops listening hears no more, and the others still do", async () => {
    const term = await openTerm(makePlace());
    const [one, two] = [listen(term), listen(term)];
    await settle();
    one.stop();
    const before = one.wakes;
    await term.store.send([event("e1")]);
    expect(one.wakes).toBe(before);
    expect(two.wakes).toBeGreaterThan(0);
    two.stop();
    const last = two.wakes;
    await term.store.send([event("e2")]);
    term.place.sendQuietly(event("e3"));
    term.clock.advance(term.store.traits.wakeBoundMs * 2);
    await settle();
    expect(two.wakes).toBe(last);
  });
}
