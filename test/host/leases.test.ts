/** An effect under way keeps its claim for as long as it works, so that nobody begins it again. */
import { expect, test } from "vitest";
import type { EffectHandler } from "../../src/host/effects.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { jobChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";

/** What a claim is made for; it is renewed at half of that. */
const LEASE_MS = 10 * 60_000;

async function atWork() {
  const end = Promise.withResolvers<string>();
  const work: EffectHandler = () => end.promise;
  const charts = [jobChart("retry")];
  const bench = await openBench({ charts, handlers: { work } });
  await bench.host.start("job:1", {});
  await bench.host.send("job:1", { type: "begin" });
  const other = openStore(bench.path, bench.clock);
  const claim = async () => {
    const asked = { worker: "other", kinds: ["work"], limit: 1, leaseMs: LEASE_MS };
    return (await other.claim(asked)).length;
  };
  const pass = async (ms: number): Promise<void> => {
    bench.clock.advance(ms);
    await bench.host.send("job:1", { type: "nothing" });
  };
  return { ...bench, end, other, claim, pass };
}

test("a claim is renewed while its effect works, however long that is", async () => {
  const { pass, claim, other, end, host } = await atWork();
  for (let half = 0; half < 6; half += 1) {
    await pass(LEASE_MS / 2);
    expect(await claim()).toBe(0);
  }
  end.resolve("done");
  await host.quiet();
  expect((await host.actor("job:1"))?.getSnapshot().value).toBe("idle");
  expect(await claim()).toBe(0);
  await other.close();
});
