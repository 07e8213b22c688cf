/** Calls wait in order, for one actor and for all together no more than there is room for. */
import { expect, test } from "vitest";
import { ACTOR_MAX, Mailbox, MAILBOX_MAX } from "../../src/host/mailbox.ts";
import type { Call } from "../../src/host/mailbox.ts";

const caller = { resolve: () => {}, reject: () => {} };
const call = (actor: string): Call => {
  const happening = { kind: "event", event: { type: "switch" } } as const;
  return { actor, key: null, cause: null, happening, caller };
};
const fill = (mailbox: Mailbox, actor: string, count: number) =>
  Array.from({ length: count }, () => mailbox.put(call(actor)));

test("calls come out in the order in which they came in, as many as are wanted", () => {
  const mailbox = new Mailbox();
  for (const name of ["a", "b", "c"]) mailbox.put(call(name));
  expect(mailbox.size).toBe(3);
  expect(mailbox.take(2).map(({ actor }) => actor)).toEqual(["a", "b"]);
  expect(mailbox.take(Infinity).map(({ actor }) => actor)).toEqual(["c"]);
  expect([mailbox.size, mailbox.take(1)]).toEqual([0, []]);
});

test("for one actor a thousand wait; one more is refused with what to do, and others are not", () => {
  const mailbox = new Mailbox();
  expect(new Set(fill(mailbox, "a", ACTOR_MAX))).toEqual(new Set([null]));
  expect(mailbox.put(call("a"))).toMatchObject({
    actor: "a",
    code: "mailbox-full",
    refusal: "1000 events wait for a and the mailbox is full",
    hint: "wait for an answer to an earlier event, then send this one again with the same key",
  });
  expect([mailbox.put(call("b")), mailbox.size]).toEqual([null, ACTOR_MAX + 1]);
});

test("as many as were taken have room again", () => {
  const mailbox = new Mailbox();
  fill(mailbox, "a", ACTOR_MAX);
  mailbox.take(2);
  const again = fill(mailbox, "a", 3).map((refusal) => refusal?.code);
  expect(again).toEqual([undefined, undefined, "mailbox-full"]);
  mailbox.take(Infinity);
  expect(new Set(fill(mailbox, "a", ACTOR_MAX))).toEqual(new Set([null]));
});

test("for all together ten thousand wait", () => {
  const mailbox = new Mailbox();
  for (let n = 0; n < MAILBOX_MAX / ACTOR_MAX; n += 1) fill(mailbox, `a${n}`, ACTOR_MAX);
  expect(mailbox.size).toBe(MAILBOX_MAX);
  expect(mailbox.put(call("b"))).toMatchObject({ code: "mailbox-full" });
  mailbox.take(1);
  expect([mailbox.put(call("b")), mailbox.put(call("c"))?.code]).toEqual([null, "mailbox-full"]);
});
