/** What must hold of a store that was churned, wherever its owner or its disk ended. */
import { expect } from "vitest";
import type { Fence, Store } from "../../src/store/port.ts";
import * as churn from "../fixtures/store/churn.ts";

const ALL = 1_000_000;

/** Every actor stands at the same version, and everything else follows from that. */
export async function proveWhole(store: Store, fence: Fence): Promise<number> {
  expect(await store.check()).toEqual([]);
  const stored = await store.actors("", ALL);
  expect(stored.map(({ actor }) => actor).toSorted()).toEqual(churn.CHURNED_ACTORS.toSorted());
  const version = stored[0]?.version ?? 0;
  expect(stored.map((each) => each.version)).toEqual(stored.map(() => version));
  expect(version % 2).toBe(0);
  for (const { actor, snapshot } of stored) {
    expect(snapshot).toBe(churn.snapshotOf(actor, version));
    expect(await store.timersOf(actor)).toEqual([{ name: "later", dueMs: churn.dueOf(version) }]);
    expect(store.views.task(actor)?.runs).toBe(version);
  }
  await proveJournal(store, version);
  const pulled = await store.pull(fence, ALL);
  const sends = pulled.map((each) => (each.from === "inbox" ? each.event.id : "a timer"));
  expect(new Set(sends).size).toBe(sends.length);
  expect(sends).toHaveLength(version * churn.CHURNED_ACTORS.length);
  return version;
}

/** An actor's own list of steps is complete, ends where its snapshot stands, and is the journal. */
async function proveJournal(store: Store, version: number): Promise<void> {
  const whole = await store.journal({ limit: ALL });
  for (const actor of churn.CHURNED_ACTORS) {
    const rows = await store.journal({ actor, limit: ALL });
    expect(rows).toEqual(whole.filter((row) => row.actor === actor));
    const versions = Array.from({ length: version }, (_, index) => index + 1);
    expect(rows.map((row) => row.version)).toEqual(versions);
    expect(rows.map((row) => row.key)).toEqual(versions.map((each) => churn.keyOf(actor, each)));
  }
  expect(whole).toHaveLength(version * churn.CHURNED_ACTORS.length);
}

/** Of every actor exactly the effect of its last step is left. */
export async function proveEffects(store: Store, version: number): Promise<void> {
  const request = { worker: "w", kinds: ["work"], limit: ALL, leaseMs: 1_000 };
  const claims = (await store.claim(request)).map(({ effect }) => effect);
  const expected = churn.CHURNED_ACTORS.map((actor) => churn.effectOf(actor, version));
  expect(claims.toSorted()).toEqual(expected.toSorted());
}
