/** Replaying the journal gives the stored snapshots, byte for byte: P7. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Charts } from "../../src/host/charts.ts";
import { replayAll } from "../../src/host/replay.ts";
import { openReader } from "../../src/store/sqlite/store.ts";
import { eggChart, jobChart, lampChart, relayChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";

const charts = [eggChart, jobChart("retry"), lampChart, relayChart];

const act = fc.oneof(
  fc.record({
    kind: fc.constant("send" as const),
    actor: fc.constantFrom("lamp:1", "egg:1", "job:1", "relay:1", "relay:2"),
    event: fc.oneof(
      fc
        .constantFrom("switch", "heat", "reset", "cool", "begin", "abort")
        .map((type) => ({ type })),
      fc.nat(20).map((n) => ({ type: "pass", n })),
      fc.nat(20).map((watts) => ({ type: "dim", watts })),
    ),
  }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 9_000 }) }),
  fc.constant({ kind: "restart" as const }),
);

test("whatever happened, the journal replays to the snapshots", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
      const work = async (input: { round: number }): Promise<string> => `round ${input.round}`;
      let bench = await openBench({ charts, handlers: { work } });
      await bench.host.start("lamp:1", {});
      await bench.host.start("egg:1", { ms: 5_000 });
      await bench.host.start("job:1", {});
      await bench.host.start("relay:1", { id: "1", to: "relay:2" });
      await bench.host.start("relay:2", { id: "2", to: "relay:1" });
      for (const each of acts) {
        if (each.kind === "send") await bench.host.send(each.actor, each.event);
        if (each.kind === "wait") bench.clock.advance(each.ms);
        if (each.kind === "restart") bench = await bench.reopen();
      }
      await bench.host.quiet();
      await bench.host.close();
      const store = openReader(bench.path);
      const { discrepancies } = await replayAll(store, new Charts(charts));
      await store.close();
      expect(discrepancies).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
