/** Effects begin after their commit, report exactly once, and survive crashes as declared: P4. */
import { expect, test } from "vitest";
import type { CrashPolicy } from "../../machines/effects.ts";
import { Charts } from "../../src/host/charts.ts";
import type { HostSetting } from "../../src/host/host.ts";
import { replayAll } from "../../src/host/replay.ts";
import type { EffectHandler, EffectScope } from "../../src/host/effects.ts";
import { openReader } from "../../src/store/sqlite/store.ts";
import { jobChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";
import type { Bench } from "../support/workbench.ts";

interface Started {
  readonly scope: EffectScope;
  readonly input: { readonly round: number };
  readonly finish: (output: string) => void;
  readonly fail: (thrown: unknown) => void;
}

/** A handler whose runs the test ends by hand. */
function manual() {
  const started: Started[] = [];
  const work = (input: Started["input"], scope: EffectScope): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    started.push({ scope, input, finish: resolve, fail: reject });
    scope.signal.addEventListener("abort", () => reject(new Error("aborted")));
    return promise;
  };
  return { started, handlers: { work } as Record<string, EffectHandler> };
}

async function openJob(
  crash: CrashPolicy,
  setting: Pick<HostSetting, "limits" | "attemptsMax"> = {},
) {
  const effects = manual();
  const charts = [jobChart(crash)];
  const bench = await openBench({ charts, handlers: effects.handlers, ...setting });
  await bench.host.start("job:1", {});
  return { bench, ...effects };
}

/** Lets the effects that have ended report. */
async function settle({ host }: Bench): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await host.send("job:1", { type: "nothing" });
  }
}

async function jobOf({ host }: Bench, actor = "job:1") {
  const snapshot = (await host.actor(actor))?.getSnapshot();
  return [snapshot?.value, (snapshot?.context as { results: string[] } | undefined)?.results];
}

test("an effect starts after its commit: the row is on disk when the handler is called", async () => {
  let rows: readonly unknown[] = [];
  let path = "";
  const work = async (): Promise<string> => {
    const reader = openReader(path);
    rows = await reader.journal({ actor: "job:1", limit: 9 });
    await reader.close();
    return "seen";
  };
  const bench = await openBench({ charts: [jobChart("retry")], handlers: { work } });
  ({ path } = bench);
  await bench.host.start("job:1", {});
  await bench.host.send("job:1", { type: "begin" });
  await bench.host.quiet();
  expect(rows).toHaveLength(2);
  expect(await jobOf(bench)).toEqual(["idle", ["seen"]]);
});

test("its output reaches the chart once", async () => {
  const { bench, started } = await openJob("retry");
  await bench.host.send("job:1", { type: "begin" });
  started[0]?.finish("good");
  await settle(bench);
  expect(await jobOf(bench)).toEqual(["idle", ["good"]]);
  expect(await jobOf(await bench.reopen())).toEqual(["idle", ["good"]]);
});

test("what it throws reaches the chart as a fault", async () => {
  const { bench, started } = await openJob("retry");
  await bench.host.send("job:1", { type: "begin" });
  started[0]?.fail(Object.assign(new Error("disk full"), { code: "ENOSPC" }));
  await settle(bench);
  expect(await jobOf(bench)).toEqual(["failed", ["ENOSPC"]]);
});

test("leaving the state aborts it, and what it still says is dropped", async () => {
  const { bench, started } = await openJob("retry");
  await bench.host.send("job:1", { type: "begin" });
  await bench.host.send("job:1", { type: "abort" });
  expect(started[0]?.scope.signal.aborted).toBe(true);
  await settle(bench);
  expect(await jobOf(bench)).toEqual(["idle", []]);
});

test("leaving the state after a restart aborts it as well", async () => {
  const { bench, started } = await openJob("retry");
  await bench.host.send("job:1", { type: "begin" });
  const after = await bench.reopen();
  await after.host.send("job:1", { type: "abort" });
  expect(started.map(({ scope }) => scope.signal.aborted)).toEqual([true, true]);
  started[1]?.finish("late");
  await settle(after);
  expect(await jobOf(after)).toEqual(["idle", []]);
});

test("the result of an earlier visit does not end a later one", async () => {
  const late = Promise.withResolvers<string>();
  const work: EffectHandler = (_input, { key, signal }) =>
    key === "job:1@2/0"
      ? late.promise
      : new Promise((_, reject) => signal.addEventListener("abort", reject));
  const bench = await openBench({ charts: [jobChart("retry")], handlers: { work } });
  await bench.host.start("job:1", {});
  await bench.host.send("job:1", { type: "begin" });
  await bench.host.send("job:1", { type: "abort" });
  await bench.host.send("job:1", { type: "begin" });
  late.resolve("late");
  await settle(bench);
  expect(await jobOf(bench)).toEqual(["working", []]);
});

test("after a restart a `retry` effect runs again with the same key and a higher attempt", async () => {
  const { bench, started } = await openJob("retry");
  await bench.host.send("job:1", { type: "begin" });
  const after = await bench.reopen();
  expect(started.map(({ scope }) => [scope.key, scope.attempt])).toEqual([
    ["job:1@2/0", 1],
    ["job:1@2/0", 2],
  ]);
  started[1]?.finish("second time");
  await settle(after);
  expect(await jobOf(after)).toEqual(["idle", ["second time"]]);
});

test("after a restart an `interrupted` effect is not started again: the chart is told", async () => {
  const { bench, started } = await openJob("interrupted");
  await bench.host.send("job:1", { type: "begin" });
  const after = await bench.reopen();
  await settle(after);
  expect(started).toHaveLength(1);
  expect(await jobOf(after)).toEqual(["failed", ["interrupted"]]);
});

test("of one kind no more run than its limit, and the others follow", async () => {
  const { bench, started } = await openJob("retry", { limits: { work: 2 } });
  const { host } = bench;
  const names = ["job:1", "job:2", "job:3", "job:4"];
  await Promise.all(names.map((name) => host.start(name, {})));
  await Promise.all(names.map((name) => host.send(name, { type: "begin" })));
  expect(started).toHaveLength(2);
  started[0]?.finish("a");
  await settle(bench);
  expect(started).toHaveLength(3);
  started.forEach(({ finish }) => finish("b"));
  await settle(bench);
  started.forEach(({ finish }) => finish("c"));
  await settle(bench);
  const states = await Promise.all(names.map((name) => jobOf(bench, name)));
  expect(states.map(([value]) => value)).toEqual(["idle", "idle", "idle", "idle"]);
});

test("an effect that takes the orchestrator down is given up in the end", async () => {
  const { bench: first, started } = await openJob("retry", { attemptsMax: 10 });
  await first.host.send("job:1", { type: "begin" });
  let bench = first;
  for (let crash = 0; crash < 10; crash += 1) bench = await bench.reopen();
  await settle(bench);
  expect(started).toHaveLength(10);
  expect(await jobOf(bench)).toEqual(["failed", ["given-up"]]);
});

test("an effect that nobody here carries out waits for somebody who does", async () => {
  const bench = await openBench({ charts: [jobChart("retry")], handlers: {} });
  await bench.host.start("job:1", {});
  await bench.host.send("job:1", { type: "begin" });
  await bench.host.quiet();
  expect(await jobOf(bench)).toEqual(["working", []]);
});

test.each([
  ["that the chart cannot read", { toString: 1, valueOf: 1 }, "poison"],
  ["that is too large to be kept", "x".repeat(5 * 1024 * 1024), "store.too-large"],
])("a result %s is a failure that the chart hears of", async (_title, output, code) => {
  const bench = await openBench({
    charts: [jobChart("retry")],
    handlers: { work: async () => output },
  });
  await bench.host.start("job:1", {});
  await bench.host.send("job:1", { type: "begin" });
  await bench.host.quiet();
  expect(await jobOf(bench)).toEqual(["failed", [code]]);
  const reader = openReader(bench.path);
  expect(await reader.deadLetters(9)).toEqual([]);
  expect((await replayAll(reader, new Charts([jobChart("retry")]))).discrepancies).toEqual([]);
  await reader.close();
});
