/** What a refusal says, word for word: people and programs go on from it. */
import { expect, test } from "vitest";
import { setup } from "xstate";
import { Charts } from "../../src/host/charts.ts";
import type { Chart } from "../../src/host/charts.ts";
import { FaultError } from "../../src/fault.ts";
import { lampChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";

const finished: Chart = {
  name: "finished",
  version: 2,
  machine: setup({}).createMachine({
    id: "finished",
    initial: "kept",
    options: { maxIterations: 9 },
    states: { kept: { type: "final" } },
  }),
};

function faultOf(act: () => unknown): FaultError["details"] {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof FaultError) return thrown.details;
  }
  throw new Error("no fault");
}

test("an event without a transition, one whose guard says no, and one after the end", async () => {
  const { host } = await openBench({ charts: [lampChart, finished] });
  await host.start("lamp:hall", {});
  await host.start("finished:1", {});
  const accepts = "corrupt, look, smash, switch";
  expect(await host.send("lamp:hall", { type: "dim", watts: 20 })).toMatchObject({
    refusal: "lamp:hall is off and does not accept dim: it has no such transition",
    hint: `it accepts ${accepts}`,
    accepts: accepts.split(", "),
  });
  await host.send("lamp:hall", { type: "switch" });
  expect(await host.send("lamp:hall", { type: "dim", watts: 9 })).toMatchObject({
    refusal: "lamp:hall is on and does not accept dim: its guard isStrong does not hold",
  });
  expect(await host.send("finished:1", { type: "anything" })).toMatchObject({
    hint: "it accepts nothing more",
    accepts: [],
  });
});

test("an actor of a chart that is not there", () => {
  expect(faultOf(() => new Charts([lampChart, finished]).of("door:1"))).toEqual({
    code: "host.unknown-chart",
    kind: "notFound",
    where: "door:1",
    found: "no chart named door",
    expected: "one of lamp, finished",
    next: "check the actor's id: it is CHART:ID",
  });
});

test("a snapshot whose chart has no migration for it", () => {
  const snapshot = JSON.stringify({ status: "done", value: "kept", context: {} });
  const stored = { actor: "finished:1", chart: "finished", chartVersion: 1, version: 1 };
  const revive = () => new Charts([finished]).revive({ ...stored, savedAtMs: 1, snapshot });
  expect(faultOf(revive)).toMatchObject({
    code: "host.migration-missing",
    where: "chart finished",
    found: "snapshots of version 1 and no migration finished 1 to 2",
    expected: "a migration for every version before 2",
    next: "add migration 1 of chart finished, or run the older wvo",
  });
});
