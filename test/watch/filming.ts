/** Films of a test's database as another process sees them, and what the store held meanwhile. */
import { onTestFinished } from "vitest";
import { Charts } from "../../src/host/charts.ts";
import type { Chart } from "../../src/host/charts.ts";
import type { EffectScope } from "../../src/host/effects.ts";
import type { StoreReader } from "../../src/store/port.ts";
import { openReader } from "../../src/store/sqlite/store.ts";
import { film } from "../../src/watch/film.ts";
import { textOf } from "../../src/watch/frame.ts";
import type { Frame } from "../../src/watch/frame.ts";
import { eggChart, jobChart, lampChart, relayChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";
import type { Bench } from "../support/workbench.ts";

export const CHARTS = [eggChart, jobChart("retry"), lampChart, relayChart];

interface Wanted {
  readonly path: string;
  readonly charts: readonly Chart[];
  readonly after?: number;
}

/** A reader of its own, closed with the test. */
export function reading(path: string): StoreReader {
  const store = openReader(path);
  onTestFinished(() => store.close());
  return store;
}

/** The film up to the journal's end, as it comes out of the wire. */
export async function filmed({ path, charts, after = 0 }: Wanted): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of film({ store: reading(path), charts: new Charts(charts), after })) {
    frames.push(JSON.parse(textOf(frame)) as Frame);
  }
  return frames;
}

/** Snapshots as the store had them, by actor and version. */
export type Album = ReadonlyMap<string, string>;
export const page = (actor: string, version: number): string => `${actor}@${version}`;

/** Actors of every sort live for a while: events, refusals, effects, timers, messages, restarts. */
export async function liveAWhile(): Promise<{ readonly path: string; readonly album: Album }> {
  const works = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const work = ({ round }: { round: number }, { signal }: EffectScope): Promise<string> =>
    Promise.race([
      works[round - 1]?.promise ?? Promise.reject(new Error("no more")),
      ended(signal),
    ]);
  let bench = await openBench({ charts: CHARTS, handlers: { work } });
  const store = reading(bench.path);
  const album = new Map<string, string>();
  const note = async (act: (now: Bench) => unknown): Promise<void> => {
    await act(bench);
    // A step is noted as soon as it is on disk; what follows from it later is noted with the next.
    for (const { actor, version, snapshot } of await store.actors("", 100)) {
      album.set(page(actor, version), snapshot);
    }
  };
  await note(({ host }) => host.start("lamp:hall", {}));
  await note(({ host }) => host.start("egg:1", { ms: 5_000 }));
  await note(({ host }) => host.start("job:1", {}));
  await note(({ host }) => host.send("lamp:hall", { type: "switch" }));
  await note(({ host }) => host.send("lamp:hall", { type: "dim", watts: 3 }));
  await note(({ host }) => host.send("egg:1", { type: "heat" }));
  await note(({ host }) => host.send("job:1", { type: "begin" }));
  bench = await bench.reopen();
  await note(({ host }) => host.start("relay:a", { id: "a", to: "relay:b" }));
  await note(({ host }) => host.start("relay:b", { id: "b", to: "relay:a" }));
  await note(({ host }) => host.send("relay:a", { type: "pass", n: 3 }));
  await note(({ host }) => host.send("relay:a", { type: "spawn", child: "relay:c" }));
  works[0]?.resolve("done at last");
  await note(({ host }) => host.quiet());
  await note(({ host }) => host.send("job:1", { type: "begin" }));
  await note(({ host }) => host.send("job:1", { type: "abort" }));
  works[1]?.reject(new Error("broken"));
  await note(({ host, clock }) => {
    clock.advance(5_000);
    return host.quiet();
  });
  await note(({ host }) => host.send("job:1", { type: "begin" }));
  await note(({ host }) => host.quiet());
  await note(({ host }) => host.send("lamp:hall", { type: "dim", watts: 30 }));
  await bench.host.close();
  return { path: bench.path, album };
}

/** Rejects when nobody waits for the effect any more. */
const ended = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("called off")));
  });
