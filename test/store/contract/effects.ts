/** Effects: at most one live claim each, and a result that is delivered once or not at all. */
import { expect, test } from "vitest";
import { ownerHere } from "../../../src/host/owner.ts";
import { LeaseLost } from "../../../src/store/port.ts";
import type { Claim, NewEffect } from "../../../src/store/port.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { only, openAt, openTerm } from "../place.ts";
import type { MakePlace, Term } from "../place.ts";
import { effect, event, step } from "../samples.ts";

const LEASE_MS = 60_000;
const result = event("e1!", { cause: "e1" });

const claim = (term: Pick<Term, "store">, worker = "w1", limit = 100): Promise<readonly Claim[]> =>
  term.store.claim({ worker, kinds: ["work"], limit, leaseMs: LEASE_MS });

const inboxOf = async ({ store, fence }: Term): Promise<readonly string[]> =>
  (await store.pull(fence, 1_000)).flatMap((each) =>
    each.from === "inbox" ? [each.event.id] : [],
  );

/** A term in which one actor has asked for these effects. */
async function asking(makePlace: MakePlace, effects: readonly NewEffect[]): Promise<Term> {
  const term = await openTerm(makePlace());
  await term.commit(step("a:1", 0, { effects, atMs: term.clock.now() }));
  return term;
}

async function proveLost({ store }: Term, old: Claim): Promise<void> {
  await expect(store.beat(old, LEASE_MS)).rejects.toThrow(LeaseLost);
  await expect(store.finish(old, result)).rejects.toThrow(LeaseLost);
  await expect(store.finish(old, result)).rejects.toMatchObject({ code: "store.lease-lost" });
}

export function describeEffects(makePlace: MakePlace): void {
  test("a claim is what the step asked for", async () => {
    const body = '{"prompt":"é 😀"}';
    const term = await asking(makePlace, [effect("e1", { body })]);
    const untilMs = term.clock.now() + LEASE_MS;
    const asked = { effect: "e1", actor: "a:1", kind: "work", body };
    expect(await claim(term)).toEqual([{ ...asked, token: 1, attempt: 1, untilMs }]);
  });

  test("claims come oldest first, of the kinds asked for, and no more than the limit", async () => {
    const other = effect("other", { kind: "play" });
    const term = await asking(makePlace, [effect("e1"), other, effect("e2"), effect("e3")]);
    expect((await claim(term, "w1", 2)).map((each) => each.effect)).toEqual(["e1", "e2"]);
    expect((await claim(term)).map((each) => each.effect)).toEqual(["e3"]);
    const request = { worker: "w", limit: 9, leaseMs: LEASE_MS };
    expect(await term.store.claim({ ...request, kinds: [] })).toEqual([]);
    const both = await term.store.claim({ ...request, kinds: ["work", "play"] });
    expect(only(both).effect).toBe("other");
  });

  test("four workers share two hundred effects, each carried out once", async () => {
    const effects = Array.from({ length: 200 }, (_, n) => effect(`e${n}`));
    const term = await asking(makePlace, effects);
    const remotes = Array.from({ length: 4 }, () => term.place.startRemote());
    const request = { kinds: ["work"], limit: 10, leaseMs: LEASE_MS };
    const first = await Promise.all(
      remotes.map((each, n) => each.call("claim", { ...request, worker: `w${n}` })),
    );
    expect(first.map((claims) => claims.length)).toEqual([10, 10, 10, 10]);
    const drained = await Promise.all(remotes.map((each, n) => each.drain(`w${n}`)));
    for (const held of first.flat()) await term.store.finish(held, event(`${held.effect}!`));
    const done = [...drained.flat(), ...first.flat().map((held) => held.effect)];
    const ids = effects.map(({ id }) => id).toSorted();
    expect(done.toSorted()).toEqual(ids);
    expect((await inboxOf(term)).toSorted()).toEqual(ids.map((id) => `${id}!`));
    expect(await claim(term)).toEqual([]);
  });

  test("a live claim keeps others away, to the last millisecond", async () => {
    const term = await asking(makePlace, [effect("e1")]);
    await claim(term);
    expect(await claim(term, "w2")).toEqual([]);
    term.clock.advance(LEASE_MS - 1);
    expect(await claim(term, "w2")).toEqual([]);
    term.clock.advance(1);
    expect(await claim(term, "w2")).toHaveLength(1);
  });

  test("a lapsed lease gives a new token; the old one changes nothing any more", async () => {
    const term = await asking(makePlace, [effect("e1")]);
    const old = only(await claim(term));
    term.clock.advance(LEASE_MS);
    const present = only(await claim(term, "w2"));
    expect(present).toMatchObject({ effect: "e1", attempt: 2 });
    expect(present.token).toBeGreaterThan(old.token);
    await proveLost(term, old);
    expect(await inboxOf(term)).toEqual([]);
    await term.store.finish(present, result);
    expect(await inboxOf(term)).toEqual(["e1!"]);
  });

  test("a heartbeat extends the lease", async () => {
    const term = await asking(makePlace, [effect("e1")]);
    const held = only(await claim(term));
    term.clock.advance(LEASE_MS - 1);
    await term.store.beat(held, LEASE_MS);
    term.clock.advance(LEASE_MS - 1);
    expect(await claim(term, "w2")).toEqual([]);
    term.clock.advance(1);
    expect(only(await claim(term, "w2")).attempt).toBe(2);
  });

  test("cancelling ends a claim, and the effect", async () => {
    const term = await asking(makePlace, [effect("e1"), effect("e2")]);
    const held = only(await claim(term, "w1", 1));
    await term.commit(step("a:1", 1, { cancelledEffects: ["e1"] }));
    await proveLost(term, held);
    expect(await inboxOf(term)).toEqual([]);
    term.clock.advance(LEASE_MS);
    expect(only(await claim(await term.reopen())).effect).toBe("e2");
  });

  test("a cancelling step that is refused cancels nothing", async () => {
    const term = await asking(makePlace, [effect("e1")]);
    const held = only(await claim(term));
    await term.commit(step("a:1", 9, { cancelledEffects: ["e1"] }));
    await term.store.finish(held, result);
    expect(await inboxOf(term)).toEqual(["e1!"]);
  });

  test("a new term makes the claims of the old one claimable", async () => {
    const first = await asking(makePlace, [effect("e1")]);
    const old = only(await claim(first));
    const later = openAt(first.place, first.clock);
    const fence = await later.acquire(ownerHere("later"), true);
    const term = { ...first, store: later, fence };
    const present = only(await claim(term));
    expect(present).toMatchObject({ effect: "e1", attempt: 2 });
    await proveLost(first, old);
    expect(await inboxOf(term)).toEqual([]);
    await later.finish(present, result);
    expect(await inboxOf(term)).toEqual(["e1!"]);
  });

  test("an effect born claimed is nobody else's until its lease lapses", async () => {
    const born = effect("e1", { claimFor: { worker: "w0", leaseMs: LEASE_MS } });
    const term = await asking(makePlace, [born, effect("e2")]);
    expect(only(await claim(term)).effect).toBe("e2");
    term.clock.advance(LEASE_MS - 1);
    expect(await claim(term)).toEqual([]);
    term.clock.advance(1);
    const claims = await claim(term);
    expect(claims.find((each) => each.effect === "e1")).toMatchObject({ attempt: 2, token: 2 });
  });

  test("an effect born claimed is finished with token 1", async () => {
    const born = effect("e1", { claimFor: { worker: "w0", leaseMs: LEASE_MS } });
    const term = await asking(makePlace, [born]);
    const { id, kind, body } = born;
    const untilMs = term.clock.now() + LEASE_MS;
    const held: Claim = { effect: id, actor: "a:1", kind, body, token: 1, attempt: 1, untilMs };
    await term.store.beat(held, LEASE_MS);
    await term.store.finish(held, result);
    expect(await inboxOf(term)).toEqual(["e1!"]);
  });

  test("finish takes the effect away and delivers its result, once", async () => {
    const first = await asking(makePlace, [effect("e1")]);
    const held = only(await claim(first));
    await first.store.finish(held, result);
    await proveLost(first, held);
    const term = await first.reopen();
    const deliveries = await term.store.pull(term.fence, 9);
    expect(deliveries).toEqual([{ from: "inbox", event: result }]);
    term.clock.advance(LEASE_MS);
    expect(await claim(term)).toEqual([]);
  });

  test("a result that cannot be delivered leaves the effect as it was", async () => {
    const term = await asking(makePlace, [effect("e1")]);
    const held = only(await claim(term));
    const unfit = { ...result, actor: null as never };
    await expect(term.store.finish(held, unfit)).rejects.toThrow(/null/i);
    await term.store.finish(held, result);
    expect(await inboxOf(term)).toEqual(["e1!"]);
  });

  test("a result that was taken before is dropped, and the effect is gone all the same", async () => {
    const term = await asking(makePlace, [effect("e1")]);
    await term.commit(step("a:1", 1, { key: "e1!" }));
    await term.store.finish(only(await claim(term)), result);
    expect(await inboxOf(term)).toEqual([]);
    term.clock.advance(LEASE_MS);
    expect(await claim(term)).toEqual([]);
  });

  test("effects wait over a restart, with what was left of their leases", async () => {
    const place = makePlace();
    const clock = new ManualClock();
    const first = await openTerm(place, clock);
    await first.commit(step("a:1", 0, { effects: [effect("e1"), effect("e2")] }));
    const held = only(await claim(first, "w1", 1));
    await first.store.close();
    const store = openAt(place, clock);
    expect(only(await claim({ store })).effect).toBe("e2");
    await store.finish(held, result);
  });
}
