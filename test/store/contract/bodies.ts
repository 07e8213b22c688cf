/** Bodies: large ones pass, those beyond the limit are refused before anything is stored. */
import { expect, test } from "vitest";
import type { Envelope, Step } from "../../../src/store/port.ts";
import { only, openTerm } from "../place.ts";
import type { MakePlace, Term } from "../place.ts";
import { effect, event, laden, step } from "../samples.ts";

const MIB = 1024 * 1024;
const CLAIM = { worker: "w", kinds: ["work"], limit: 9, leaseMs: 1_000 };
const TOO_LARGE = { name: "FaultError", code: "store.too-large" };

/** JSON text of exactly so many bytes of UTF-8, most of them in characters of two bytes. */
function bodyOf(bytes: number): string {
  const two = "é".repeat(Math.floor((bytes - 2) / 2));
  return `"${two}${bytes % 2 === 1 ? "x" : ""}"`;
}

const PARTS: readonly (readonly [string, (body: string) => Partial<Step>])[] = [
  ["a snapshot", (snapshot) => ({ snapshot })],
  ["what happened", (happening) => ({ happening })],
  ["an effect's input", (body) => ({ effects: [effect("e1", { body })] })],
  ["a send", (body) => ({ sends: [event("m1", { body })] })],
];

export function describeBodies(makePlace: MakePlace): void {
  test("bodies of 1 MiB pass everywhere and come back the same", async () => {
    const body = bodyOf(MIB);
    const term = await openTerm(makePlace());
    const parts = PARTS.map(([, part]) => part(body));
    await term.commit(Object.assign(step("a:1", 0), ...parts) as Step);
    const { store, fence } = await term.reopen();
    expect((await store.load(fence, "a:1"))?.snapshot).toBe(body);
    expect(only(await store.journal({ limit: 9 })).happening).toBe(body);
    const claim = only(await store.claim(CLAIM));
    expect(claim.body).toBe(body);
    await store.send([event("m2", { body })]);
    await store.finish(claim, event("e1!", { body }));
    const bodies = (await store.pull(fence, 9)).map((each) =>
      each.from === "inbox" ? each.event.body === body : null,
    );
    expect(bodies).toEqual([true, true, true]);
  });

  test.each(PARTS)("%s of the largest size passes", async (_title, part) => {
    const { store, commit } = await openTerm(makePlace());
    const largest = part(bodyOf(store.traits.bodyBytesMax));
    expect(await commit(step("a:1", 0, largest))).toEqual([{ ok: true, version: 1 }]);
  });

  test.each(PARTS)("%s one byte larger is a fault, and nothing is stored", async (_title, part) => {
    const { store, fence, commit } = await openTerm(makePlace());
    const large = part(bodyOf(store.traits.bodyBytesMax + 1));
    const group = [laden("b:1", 0), step("a:1", 0, large)];
    await expect(commit(...group)).rejects.toMatchObject(TOO_LARGE);
    expect(await store.actors("", 9)).toEqual([]);
    expect(await store.journal({ limit: 9 })).toEqual([]);
    expect(await store.pull(fence, 9)).toEqual([]);
    expect(await store.claim(CLAIM)).toEqual([]);
  });

  test.each([
    ["send", ({ store }: Term, large: Envelope) => store.send([event("e1"), large])],
    [
      "finish",
      async ({ store }: Term, large: Envelope) =>
        store.finish(only(await store.claim({ ...CLAIM, leaseMs: 0 })), large),
    ],
  ])("%s refuses a body beyond the limit and stores nothing", async (_title, act) => {
    const term = await openTerm(makePlace());
    const { store, fence, commit } = term;
    await commit(step("a:1", 0, { effects: [effect("work:1")] }));
    const large = event("large", { body: bodyOf(store.traits.bodyBytesMax + 1) });
    await expect(act(term, large)).rejects.toMatchObject(TOO_LARGE);
    expect(await store.pull(fence, 9)).toEqual([]);
    expect(only(await store.claim(CLAIM)).effect).toBe("work:1");
  });
}
