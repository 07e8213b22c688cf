/** Timers are rows with an absolute due time: P5. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Store } from "../../src/store/port.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { eggChart } from "../support/sample-charts.ts";
import { emptyFolder, openBench } from "../support/workbench.ts";
import type { Bench } from "../support/workbench.ts";

const BOIL_MS = 10_000;

async function openEgg(): Promise<Bench> {
  const bench = await openBench({ charts: [eggChart] });
  await bench.host.start("egg:1", { ms: BOIL_MS });
  await bench.host.send("egg:1", { type: "heat" });
  return bench;
}

async function stateOf({ host }: Bench): Promise<unknown> {
  await host.quiet();
  return (await host.actor("egg:1"))?.getSnapshot().value;
}

test.each([
  ["a moment before it is due nothing happens", BOIL_MS - 1, "boiling"],
  ["when it is due it rings", BOIL_MS, "done"],
])("%s", async (_title, afterMs, state) => {
  const bench = await openEgg();
  bench.clock.advance(afterMs);
  expect(await stateOf(bench)).toBe(state);
});

test("a restart neither forgets nor restarts a delay", async () => {
  const first = await openEgg();
  first.clock.advance(BOIL_MS - 1);
  const second = await first.reopen();
  expect(await stateOf(second)).toBe("boiling");
  second.clock.advance(1);
  expect(await stateOf(second)).toBe("done");
});

test("a timer that came due while nobody ran rings on opening, once", async () => {
  const first = await openEgg();
  await first.host.close();
  first.clock.advance(BOIL_MS * 5);
  const second = await first.reopen();
  expect(await stateOf(second)).toBe("done");
  const third = await second.reopen();
  expect(await stateOf(third)).toBe("done");
  expect((await third.host.actor("egg:1"))?.getSnapshot().context).toMatchObject({ rung: 1 });
});

test("a timer set again counts from then", async () => {
  const bench = await openEgg();
  bench.clock.advance(BOIL_MS - 1);
  await bench.host.send("egg:1", { type: "reset" });
  bench.clock.advance(BOIL_MS - 1);
  expect(await stateOf(bench)).toBe("boiling");
  bench.clock.advance(1);
  expect(await stateOf(bench)).toBe("done");
});

test("leaving the state takes its timer along, also over a restart", async () => {
  const first = await openEgg();
  await first.host.send("egg:1", { type: "cool" });
  const second = await first.reopen();
  second.clock.advance(BOIL_MS * 2);
  expect(await stateOf(second)).toBe("cold");
});

test("a timer that is set anew while it rings rings again, also where the two are taken apart", async () => {
  const clock = new ManualClock();
  const path = join(emptyFolder(), "orchestrator.db");
  const store = openStore(path, clock);
  let refused = 0;
  const commit: Store["commit"] = async (fence, group) => {
    const isMixed = group.steps.length > 0 && group.dead.length > 0;
    if (isMixed) refused += 1;
    return isMixed ? Promise.reject(new Error("a constraint fails")) : store.commit(fence, group);
  };
  const bench = await openBench({ charts: [eggChart], clock, path, store: { ...store, commit } });
  await bench.host.start("egg:1", { ms: BOIL_MS });
  await bench.host.send("egg:1", { type: "heat" });
  const body = JSON.stringify({ kind: "event", event: { type: "reset" } });
  const sent = store.send([{ id: "reset", actor: "egg:1", body, cause: null }]);
  clock.advance(BOIL_MS);
  await sent;
  expect([await stateOf(bench), refused]).toEqual(["boiling", 1]);
  clock.advance(BOIL_MS);
  expect(await stateOf(bench)).toBe("done");
});

test("a thousand timers due at once are all taken", async () => {
  const bench = await openBench({ charts: [eggChart] });
  const names = Array.from({ length: 1_000 }, (_, index) => `egg:${index}`);
  await Promise.all(names.map((name) => bench.host.start(name, { ms: BOIL_MS })));
  await Promise.all(names.map((name) => bench.host.send(name, { type: "heat" })));
  bench.clock.advance(BOIL_MS);
  await bench.host.quiet();
  const values = await Promise.all(names.map((name) => bench.host.actor(name)));
  expect(new Set(values.map((actor) => actor?.getSnapshot().value))).toEqual(new Set(["done"]));
});
