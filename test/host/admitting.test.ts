/** Whether the charts of a program can read what a database holds, and what is said where not. */
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { setup } from "xstate";
import { FaultError } from "../../src/fault.ts";
import { chartNameOf } from "../../src/host/charts.ts";
import type { Chart } from "../../src/host/charts.ts";
import { lampChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";

/** A chart with these states; another list is another definition. */
const door = (version: number, ...states: readonly string[]): Chart => ({
  name: "door",
  version,
  migrations: { 1: (old) => old, 2: (old) => old },
  machine: setup({}).createMachine({
    id: "door",
    initial: states[0] ?? "",
    options: { maxIterations: 9 },
    states: Object.fromEntries(states.map((state) => [state, { type: "final" as const }])),
  }),
});

const bolted = JSON.stringify({
  status: "active",
  value: "bolted",
  context: {},
  children: {},
  timers: {},
});

async function doors(count: number) {
  const charts = [door(1, "open"), lampChart];
  const { host, path, clock } = await openBench({ charts });
  const names = Array.from({ length: count }, (_, at) => `door:${String(at).padStart(4, "0")}`);
  await Promise.all(names.map((name) => host.start(name, {})));
  await host.start("lamp:hall", {});
  await host.close();
  const bolt = (actor: string): void => {
    const db = new Database(path);
    db.prepare("UPDATE snapshots SET body = ? WHERE actor = ?").run(bolted, actor);
    db.close();
  };
  const faultWith = async (...known: readonly Chart[]) => {
    try {
      const { host: again } = await openBench({ charts: known, path, clock });
      await again.close();
      return null;
    } catch (thrown) {
      if (thrown instanceof FaultError) return thrown;
      throw thrown;
    }
  };
  return { bolt, faultWith };
}

describe("snapshots are looked through where a definition was changed under its version", () => {
  test("one that cannot be read is named, also beyond the first thousand", async () => {
    const { bolt, faultWith } = await doors(1_001);
    bolt("door:1000");
    const fault = await faultWith(door(1, "open", "ajar"), lampChart);
    expect(fault?.details).toMatchObject({
      code: "host.migration-missing",
      where: "chart door",
      found: "snapshots of version 1 and no migration door 1 to 2; door:1000 cannot be read",
      expected: "a migration for every version before 2",
      next: "add migration 1 of chart door, or run the older wvo",
    });
    expect(fault?.cause).toBeInstanceOf(Error);
    expect(await faultWith(door(1, "open", "bolted"), lampChart)).toBeNull();
  });

  test("another chart's are not, nor any where nothing changed or a migration comes first", async () => {
    const { bolt, faultWith } = await doors(1);
    bolt("lamp:hall");
    expect(await faultWith(door(1, "open", "ajar"), lampChart)).toBeNull();
    expect(await faultWith(door(2, "open"), lampChart)).toBeNull();
    bolt("door:0000");
    expect(await faultWith(door(2, "open"), lampChart)).toBeNull();
    expect(await faultWith(door(3, "shut"), lampChart)).toBeNull();
  });
});

test("a database of a newer chart is refused with what to do, and changes nothing", async () => {
  const { faultWith } = await doors(1);
  expect(await faultWith(door(2, "open"), lampChart)).toBeNull();
  const fault = await faultWith(door(1, "open"), lampChart);
  expect(fault?.details).toMatchObject({
    code: "host.newer-chart",
    where: "chart door",
    found: "snapshots of version 2, written by a newer WeatherVane",
    expected: "version 1 or older",
    next: "run the newer wvo, or restore a backup made before the upgrade",
  });
  expect(await faultWith(door(2, "open"), lampChart)).toBeNull();
});

test("a chart without any migrations is refused by the first that is missing", async () => {
  const { faultWith } = await doors(1);
  const { migrations: _none, ...bare } = door(3, "open");
  const fault = await faultWith(bare, lampChart);
  expect(fault?.details.found).toBe("snapshots of version 1 and no migration door 1 to 2");
  expect(fault?.details.expected).toBe("a migration for every version before 3");
});

test("a chart that breaks a rule is refused by all the rules that it breaks", async () => {
  const bad = {
    ...lampChart,
    machine: setup({}).createMachine({
      id: "bad",
      initial: "now",
      states: { now: {}, past: { type: "history" } },
    }),
  };
  const opening = openBench({ charts: [bad] });
  await expect(opening).rejects.toThrow(
    "chart lamp: options.maxIterations is not set; #bad.past is a history state",
  );
});

test.each([
  ["task:T-1", "task"],
  ["task:a:b", "task"],
  ["coordinator", "coordinator"],
  [":T-1", ""],
])("%s is an actor of the chart %j", (actor, chart) => {
  expect(chartNameOf(actor)).toBe(chart);
});
