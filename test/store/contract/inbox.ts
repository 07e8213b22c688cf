/** The inbox: an event waits until a step takes it, is taken once, and never comes back. */
import { expect, test } from "vitest";
import type { Envelope } from "../../../src/store/port.ts";
import { openTerm } from "../place.ts";
import type { MakePlace, Term } from "../place.ts";
import { agent, deadLetter, event, group, step, taking } from "../samples.ts";

async function waiting({ store, fence }: Term, limit = 100): Promise<readonly Envelope[]> {
  const deliveries = await store.pull(fence, limit);
  return deliveries.flatMap((each) => (each.from === "inbox" ? [each.event] : []));
}
const ids = async (term: Term, limit?: number): Promise<readonly string[]> =>
  (await waiting(term, limit)).map(({ id }) => id);

export function describeInbox(makePlace: MakePlace): void {
  test("an event that was sent waits as it was sent, also after reopening", async () => {
    const first = await openTerm(makePlace());
    const sent = event("e1", { actor: "b:2", body: '{"text":"é 😀"}', cause: "mcp:17" });
    await first.store.send([sent, event("e2")]);
    expect(await waiting(first)).toEqual([sent, event("e2")]);
    expect(await waiting(await first.reopen())).toEqual([sent, event("e2")]);
  });

  test("a delivery repeats until a step takes it", async () => {
    const term = await openTerm(makePlace());
    await term.store.send([event("e1")]);
    expect(await ids(term)).toEqual(["e1"]);
    expect(await ids(term)).toEqual(["e1"]);
    await term.commit(taking(event("e1"), 0));
    expect(await ids(term)).toEqual([]);
  });

  test.each([
    ["waits", async () => {}, ["e1"]],
    ["was taken", (term: Term) => term.commit(taking(event("e1"), 0)), []],
    [
      "was laid aside",
      ({ store, fence }: Term) => store.commit(fence, group([], { dead: [deadLetter("e1")] })),
      [],
    ],
  ])("an event that %s is dropped when it comes again", async (_title, before, expected) => {
    const first = await openTerm(makePlace());
    await first.store.send([event("e1"), event("e1", { body: "second" })]);
    await before(first);
    await first.store.send([event("e1", { body: "third" })]);
    const again = await first.reopen();
    await again.store.send([event("e1", { body: "fourth" })]);
    expect(await ids(again)).toEqual(expected);
    for (const { body } of await waiting(again)) expect(body).toBe(event("e1").body);
  });

  test("a consumed event never comes back, by whatever way it is sent again", async () => {
    const first = await openTerm(makePlace());
    await first.store.send([event("e1")]);
    await first.commit(taking(event("e1"), 0));
    await first.commit(step("b:1", 0, { sends: [event("e1")] }));
    const term = await first.reopen();
    await term.store.send([event("e1")]);
    expect(await ids(term)).toEqual([]);
  });

  test("an event whose key a call took meanwhile waits no more", async () => {
    const term = await openTerm(makePlace());
    await term.store.send([event("e1"), event("e2")]);
    await term.commit(step("a:1", 0, { key: "e1" }));
    expect(await ids(term)).toEqual(["e2"]);
  });

  test("a step that turns out to repeat a taken event forgets the event", async () => {
    const { place, ...first } = await openTerm(makePlace());
    await first.commit(step("a:1", 0, { key: "e1" }));
    place.sendQuietly(event("e1"));
    const results = await first.commit(taking(event("e1"), 1));
    expect(results).toEqual([{ ok: false, why: "duplicate" }]);
    expect(await ids({ place, ...first })).toEqual([]);
  });

  test("a refused delivery stays waiting and is pulled again", async () => {
    const first = await openTerm(makePlace());
    await first.store.send([event("e1"), event("e2")]);
    const results = await first.commit(taking(event("e1"), 7));
    expect(results).toEqual([{ ok: false, why: "conflict" }]);
    expect(await ids(first)).toEqual(["e1", "e2"]);
    const clash = [step("b:1", 0, { views: [agent("x", "t"), agent("y", "t")] })];
    await expect(first.commit(taking(event("e1"), 0), ...clash)).rejects.toThrow(/unique/i);
    expect(await ids(first)).toEqual(["e1", "e2"]);
    const again = await first.reopen();
    expect(await ids(again)).toEqual(["e1", "e2"]);
    await again.commit(taking(event("e1"), 0), taking(event("e2"), 1));
    expect(await ids(again)).toEqual([]);
  });

  test("events come in the order they were sent, whoever they are for", async () => {
    const first = await openTerm(makePlace());
    const sent = Array.from({ length: 60 }, (_, n) => event(`e${n}`, { actor: `a:${n % 3}` }));
    await first.store.send(sent.slice(0, 20));
    await first.store.send(sent.slice(20, 40));
    await first.commit(taking(event("e0", { actor: "a:0" }), 0));
    const again = await first.reopen();
    await again.store.send(sent.slice(40));
    expect(await ids(again)).toEqual(sent.slice(1).map(({ id }) => id));
  });

  test("a limit gives the oldest, and the others after them", async () => {
    const term = await openTerm(makePlace());
    await term.store.send([event("e1"), event("e2"), event("e3")]);
    expect(await ids(term, 2)).toEqual(["e1", "e2"]);
    await term.commit(taking(event("e1"), 0), taking(event("e2"), 1));
    expect(await ids(term, 2)).toEqual(["e3"]);
  });

  test("an event that changed nothing is spent without a step", async () => {
    const term = await openTerm(makePlace());
    await term.store.send([event("e1"), event("e2")]);
    await term.store.commit(term.fence, group([], { spentInbox: ["e1"] }));
    expect(await ids(await term.reopen())).toEqual(["e2"]);
  });

  test("the sends of a step arrive, in order, as they were sent", async () => {
    const first = await openTerm(makePlace());
    const sends = ["m1", "m2", "m3"].map((id) => event(id, { actor: "b:1", cause: "a:1@1" }));
    await first.commit(step("a:1", 0, { sends }));
    expect(await waiting(first)).toEqual(sends);
    expect(await waiting(await first.reopen())).toEqual(sends);
  });

  test("a send that a later step of its group takes never appears", async () => {
    const term = await openTerm(makePlace());
    const sends = [event("m1", { actor: "b:1" }), event("m2", { actor: "b:1" })];
    await term.commit(step("a:1", 0, { sends }), step("b:1", 0, { key: "m1" }));
    expect(await ids(term)).toEqual(["m2"]);
    expect(await term.store.fate("m1")).toMatchObject({ kind: "taken", version: 1 });
  });

  test("a send whose taking step was refused waits in the inbox", async () => {
    const term = await openTerm(makePlace());
    const sends = [event("m1", { actor: "b:1" })];
    const results = await term.commit(step("a:1", 0, { sends }), step("b:1", 4, { key: "m1" }));
    expect(results.map(({ ok }) => ok)).toEqual([true, false]);
    expect(await ids(term)).toEqual(["m1"]);
  });

  test("a send laid aside within its group is a dead letter and waits no more", async () => {
    const term = await openTerm(makePlace());
    const more = { dead: [deadLetter("m1")] };
    await term.store.commit(term.fence, group([step("a:1", 0, { sends: [event("m1")] })], more));
    expect(await ids(term)).toEqual([]);
    expect(await term.store.fate("m1")).toMatchObject({ kind: "dead" });
  });
}
