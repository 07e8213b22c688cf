/** A hall with a lamp, an egg and a job, on a store of which a test may break a part. */
import { join } from "node:path";
import type { PlainEvent } from "../../machines/chart.ts";
import { nextTurn } from "../../src/clock.ts";
import type { Store } from "../../src/store/port.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { eggChart, jobChart, lampChart } from "../support/sample-charts.ts";
import { emptyFolder, openBench } from "../support/workbench.ts";
import type { BenchSetting } from "../support/workbench.ts";

export const SWITCH = { type: "switch" };
export const BOIL_MS = 10_000;

export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

type Place = Pick<BenchSetting, "isPassive" | "passiveHandlers" | "handlers"> & {
  readonly clock: ManualClock;
  readonly path: string;
};
export const newPlace = (): Place => ({
  clock: new ManualClock(),
  path: join(emptyFolder(), "orchestrator.db"),
});

/** A lamp and an egg on a store of which the test may break a part. */
export async function openHall(
  broken: (store: Store) => Partial<Store> = () => ({}),
  place: Place = newPlace(),
) {
  const { clock, path } = place;
  const store = openStore(path, clock);
  const faults: unknown[] = [];
  const bench = await openBench({
    charts: [lampChart, eggChart, jobChart("retry")],
    ...place,
    store: { ...store, ...broken(store) },
    onFault: (fault) => faults.push(fault),
  });
  await bench.host.start("lamp:hall", {});
  await bench.host.start("egg:1", { ms: BOIL_MS });
  const switchOn = () => bench.host.send("lamp:hall", SWITCH);
  // On the host's own store a ring is a call: nothing here waits for a file to be watched.
  const leave = (actor: string, event: PlainEvent) => {
    const body = JSON.stringify({ kind: "event", event });
    return store.send([{ id: clock.newId(), actor, body, cause: null }]);
  };
  const valueOf = async (actor: string) => (await bench.host.actor(actor))?.getSnapshot().value;
  return { ...bench, store, faults, switchOn, leave, valueOf };
}
