/** One writer: P6. A later term ends the earlier one, and a bad database is refused on opening. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { Host } from "../../src/host/host.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { jobChart, lampChart } from "../support/sample-charts.ts";
import { emptyFolder, openBench } from "../support/workbench.ts";

test("a second host on the same workspace is refused with the first one's pid", async () => {
  const { path } = await openBench({ charts: [lampChart] });
  const store = openStore(path);
  const owner = ownerHere("second");
  const setting = { store, clock: systemClock, owner, charts: [lampChart], handlers: {} };
  const opening = Host.open(setting);
  await expect(opening).rejects.toThrow(`pid ${process.pid}`);
  await store.close();
});

test("after a takeover the earlier host's next event fails and changes nothing", async () => {
  const faults: unknown[] = [];
  const first = await openBench({ charts: [lampChart], onFault: (fault) => faults.push(fault) });
  await first.host.start("lamp:hall", {});
  const { path, clock } = first;
  const second = await openBench({ charts: [lampChart], path, clock, takeOver: true });
  // It may learn of the later term by this very event, or a moment before.
  const late = await first.host.send("lamp:hall", { type: "switch" }).catch(String);
  expect(late).not.toMatchObject({ ok: true });
  expect(faults.map(String)).toEqual([expect.stringContaining("epoch")]);
  expect(await first.host.send("lamp:hall", { type: "switch" })).toMatchObject({ code: "closed" });
  expect(await second.host.send("lamp:hall", { type: "switch" })).toMatchObject({ version: 2 });
});

test("after a takeover the earlier host's effects report to nobody", async () => {
  const ends: (() => void)[] = [];
  const work = (): Promise<string> =>
    new Promise((resolve) => {
      ends.push(() => resolve(`from ${ends.length}`));
    });
  const charts = [jobChart("retry")];
  const handlers = { work };
  const first = await openBench({ charts, handlers });
  await first.host.start("job:1", {});
  await first.host.send("job:1", { type: "begin" });
  const { path, clock } = first;
  const second = await openBench({ charts, handlers, path, clock, takeOver: true });
  expect(ends).toHaveLength(2);
  ends[0]?.();
  ends[1]?.();
  await second.host.quiet();
  const job = await second.host.actor("job:1");
  expect(job?.getSnapshot().context).toEqual({ results: ["from 2"] });
});

test("a passive host takes calls but starts no effect and no timer", async () => {
  const started: string[] = [];
  const work = async (): Promise<string> => {
    started.push("work");
    return "done";
  };
  const charts = [jobChart("retry")];
  const passive = await openBench({ charts, handlers: { work }, isPassive: true });
  await passive.host.start("job:1", {});
  await passive.host.send("job:1", { type: "begin" });
  await passive.host.close();
  expect(started).toEqual([]);
  const { path, clock } = passive;
  const active = await openBench({ charts, handlers: { work }, path, clock });
  await active.host.quiet();
  expect(started).toEqual(["work"]);
});

test("the host frees the term when it closes", async () => {
  const path = join(emptyFolder(), "o.db");
  const first = await openBench({ charts: [lampChart], path });
  await first.host.close();
  const second = await openBench({ charts: [lampChart], path, clock: first.clock });
  expect(await second.host.start("lamp:x", {})).toMatchObject({ ok: true });
});
