/** Charts have versions: an older snapshot is brought forward, anything else is refused. */
import { setup } from "xstate";
import { expect, test } from "vitest";
import type { PlainEvent } from "../../machines/chart.ts";
import { Charts } from "../../src/host/charts.ts";
import type { Chart } from "../../src/host/charts.ts";
import { replayAll } from "../../src/host/replay.ts";
import { openReader } from "../../src/store/sqlite/store.ts";
import { openBench } from "../support/workbench.ts";

const door = (closed: string, version: number, migrations: Chart["migrations"] = {}): Chart => ({
  name: "door",
  version,
  migrations,
  machine: setup({ types: { events: {} as PlainEvent } }).createMachine({
    id: "door",
    initial: "open",
    options: { maxIterations: 9 },
    states: { open: { on: { close: closed } }, [closed]: { on: { open: "open" } } },
  }),
});

const rename: Chart["migrations"] = {
  1: (old) => ({ ...old, value: old.value === "closed" ? "shut" : old.value }),
};

async function closedDoor() {
  const bench = await openBench({ charts: [door("closed", 1)] });
  await bench.host.start("door:1", {});
  await bench.host.send("door:1", { type: "close" });
  await bench.host.close();
  return bench;
}

test("a migrated actor goes on where it was, and its journal still replays", async () => {
  const { path, clock } = await closedDoor();
  const charts = [door("shut", 2, rename)];
  const { host } = await openBench({ charts, path, clock });
  expect((await host.actor("door:1"))?.getSnapshot().value).toBe("shut");
  expect(await host.send("door:1", { type: "open" })).toMatchObject({ version: 4, state: "open" });
  await host.close();
  const store = openReader(path);
  expect(await replayAll(store, new Charts(charts))).toEqual({ actors: 1, discrepancies: [] });
  await store.close();
});

test.each([
  ["a missing migration", door("shut", 2), "migration door 1 to 2"],
  ["a new version that skips one", door("shut", 3, rename), "migration door 2 to 3"],
  ["another definition under the same version", door("shut", 1), "door:1 cannot be read"],
])("%s is refused by name", async (_title, chart, words) => {
  const { path, clock } = await closedDoor();
  await expect(openBench({ charts: [chart], path, clock })).rejects.toThrow(words);
});

test("a database of a newer chart is refused", async () => {
  const first = await closedDoor();
  const { path, clock } = first;
  const newer = await openBench({ charts: [door("shut", 2, rename)], path, clock });
  await newer.host.close();
  const older = openBench({ charts: [door("closed", 1)], path, clock });
  await expect(older).rejects.toThrow("newer WeatherVane");
});

test("a changed definition that still reads every snapshot is admitted", async () => {
  const { path, clock } = await closedDoor();
  const more = door("closed", 1);
  const edited = { ...more, machine: more.machine.provide({}) };
  const { host } = await openBench({ charts: [edited], path, clock });
  expect(await host.send("door:1", { type: "open" })).toMatchObject({ ok: true });
});

test("a chart that the database knows and the program does not is refused", async () => {
  const { path, clock } = await closedDoor();
  await expect(openBench({ charts: [], path, clock })).rejects.toThrow("no chart named door");
});
