/** An actor at each of its events: as it was stored then, with what it waited for and would take. */
import { expect, test } from "vitest";
import { Charts } from "../../src/host/charts.ts";
import { recordOf } from "../../src/host/kernel.ts";
import { askWhether, rewind } from "../../src/watch/rewind.ts";
import type { Moment } from "../../src/watch/rewind.ts";
import { eggChart, lampChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";
import { CHARTS, liveAWhile, page, reading } from "./filming.ts";

const charts = new Charts(CHARTS);

async function momentOf(path: string, actor: string, at: number): Promise<Moment> {
  const moment = await rewind(reading(path), charts, { actor, at });
  if (moment === null) throw new Error(`${actor} has no event ${at}`);
  return moment;
}

test("at every event an actor is what was stored then, byte for byte", async () => {
  const { path, album } = await liveAWhile();
  const store = reading(path);
  let compared = 0;
  for (const { actor, version: last } of await store.actors("", 100)) {
    for (let at = 1; at <= last; at += 1) {
      const { live, row } = await momentOf(path, actor, at);
      expect([row.actor, row.version]).toEqual([actor, at]);
      const record = live === null ? "" : JSON.stringify(recordOf(live));
      expect(record).toBe(album.get(page(actor, at)) ?? record);
      compared += album.has(page(actor, at)) ? 1 : 0;
    }
    expect(await rewind(store, charts, { actor, at: last + 1 })).toBeNull();
  }
  expect(compared).toBe(album.size);
});

test("a timer has the time at which it was due, and is there only while it runs", async () => {
  const { host, clock, path } = await openBench({ charts: [eggChart] });
  await host.start("egg:1", { ms: 5_000 });
  clock.advance(100);
  const setAtMs = clock.now();
  await host.send("egg:1", { type: "heat" });
  clock.advance(2_000);
  await host.send("egg:1", { type: "reset" });
  clock.advance(5_000);
  await host.quiet();
  const name = "boil@egg.boiling";
  const at = async (event: number) => (await momentOf(path, "egg:1", event)).timers;
  expect(await at(1)).toEqual([]);
  expect(await at(2)).toEqual([{ name, setBy: 2, dueMs: setAtMs + 5_000 }]);
  expect(await at(3)).toEqual([{ name, setBy: 3, dueMs: setAtMs + 7_000 }]);
  expect(await at(4)).toEqual([]);
});

test("an effect under way is told with what it was given", async () => {
  const { path } = await liveAWhile();
  const effects = async (event: number) => (await momentOf(path, "job:1", event)).effects;
  const started = { kind: "work", input: { round: 1 } };
  expect(await effects(1)).toEqual([]);
  expect(await effects(2)).toMatchObject([{ id: "job:1@2/0", name: "work", started }]);
  expect(await effects(3)).toEqual([]);
});

test("what it would have accepted, and the guard of what it would not", async () => {
  const { path } = await liveAWhile();
  const { prospects } = await momentOf(path, "lamp:hall", 2);
  expect(prospects).toEqual([
    { kind: "accepted", event: "corrupt" },
    { kind: "conditional", event: "dim", guards: ["isStrong"] },
    { kind: "accepted", event: "look" },
    { kind: "refused", event: "smash", guards: ["explode (it throws)"] },
    { kind: "accepted", event: "switch" },
  ]);
});

test.each([
  [1, { type: "dim", watts: 20 }, { kind: "refused", guards: [] }],
  [2, { type: "dim", watts: 3 }, { kind: "refused", guards: ["isStrong"] }],
  [2, { type: "dim", watts: 20 }, { kind: "accepted", state: "dimmed" }],
  [2, { type: "look" }, { kind: "accepted", state: "on" }],
  [2, { type: "smash" }, { kind: "invalid" }],
  [2, { type: "unheard of" }, { kind: "refused", guards: [] }],
])("asked after event %d: what of %o", async (at, event, fate) => {
  const { path } = await liveAWhile();
  const moment = await momentOf(path, "lamp:hall", at);
  expect(askWhether(charts, moment, event)).toMatchObject(fate);
});

test("asking changes nothing", async () => {
  const { path } = await liveAWhile();
  const rows = await reading(path).journal({ limit: 1_000 });
  const moment = await momentOf(path, "lamp:hall", 2);
  askWhether(charts, moment, { type: "switch" });
  expect(await reading(path).journal({ limit: 1_000 })).toEqual(rows);
  expect(moment.row.toState).toBe("on");
});

test("where today's chart was another one then, only the journal's word is told", async () => {
  const { host, path } = await openBench({ charts: [lampChart] });
  await host.start("lamp:hall", {});
  await host.send("lamp:hall", { type: "switch" });
  const other = new Charts([{ ...lampChart, machine: eggChart.machine }]);
  const moment = await rewind(reading(path), other, { actor: "lamp:hall", at: 2 });
  expect(moment).toMatchObject({ live: null, timers: [], effects: [], prospects: [] });
  expect(moment?.row.toState).toBe("on");
  expect(moment && askWhether(other, moment, { type: "switch" })).toBeNull();
});
