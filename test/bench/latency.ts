/** From an event at rest to the start of the effect it asks for, commit on disk in between. */
import { join } from "node:path";
import { stopwatch, systemClock } from "../../src/clock.ts";
import { Host } from "../../src/host/host.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { jobChart } from "../support/sample-charts.ts";
import { inFolder, median } from "./measure.ts";
import type { Figure } from "./measure.ts";

const SAMPLES = 400;
const P50_MAX_MS = 1;

export const latency = (): Promise<readonly Figure[]> =>
  inFolder(async (folder) => {
    let elapsedMs = stopwatch();
    let taken: number[] = [];
    const work = async (): Promise<string> => {
      taken.push(elapsedMs());
      return "done";
    };
    const store = openStore(join(folder, "latency.db"));
    const setting = { store, clock: systemClock, owner: ownerHere("bench") };
    const charts = [jobChart("retry")];
    const host = await Host.open({ ...setting, charts, handlers: { work } });
    await host.start("job:1", {});
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      if (sample === SAMPLES / 4) taken = [];
      await host.quiet();
      // A context that grows with every result would be measured instead.
      if (sample % 50 === 0) await host.start(`job:${sample + 2}`, {});
      elapsedMs = stopwatch();
      await host.send(`job:${sample < 50 ? 1 : sample - (sample % 50) + 2}`, { type: "begin" });
    }
    await host.quiet();
    await host.close();
    const p50 = median(taken);
    const promise = `under ${P50_MAX_MS}`;
    return [
      {
        name: "idle event to effect start, p50",
        value: p50,
        unit: "ms",
        promise,
        kept: p50 < P50_MAX_MS,
      },
    ];
  });
