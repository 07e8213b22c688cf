/**
 * The frames against the inspector's own library: what it says of a live XState actor is what ours
 * say of the same chart run by the host.
 */
import { createInspector } from "@statelyai/inspect";
import type { StatelyInspectionEvent } from "@statelyai/inspect";
import { expect, test } from "vitest";
import { createActor, fromPromise } from "xstate";
import type { AnyStateMachine } from "xstate";
import { catalog } from "../../src/catalog/catalog.ts";
import { Charts } from "../../src/host/charts.ts";
import { definitionOf } from "../../src/watch/definition.ts";
import type { Frame } from "../../src/watch/frame.ts";
import { jobChart, jobMachine, lampChart } from "../support/sample-charts.ts";
import { openBench } from "../support/workbench.ts";
import { filmed } from "./filming.ts";

/** Deep enough for every chart; by default the library cuts a definition off at ten levels. */
const DEPTH = 100;

type Loose = Readonly<Record<string, unknown>>;

/** What the library makes of an actor that lives as XState wants it: that many frames. */
async function libraryFrames(
  { machine, count }: { readonly machine: AnyStateMachine; readonly count: number },
  event: { readonly type: string },
): Promise<readonly Loose[]> {
  const frames: Loose[] = [];
  const all = Promise.withResolvers<void>();
  const send = (told: StatelyInspectionEvent): void => {
    frames.push(JSON.parse(JSON.stringify(told)) as Loose);
    if (frames.length === count) all.resolve();
  };
  const inspector = createInspector({ send }, { serializationDepthLimit: DEPTH });
  const actor = createActor(machine, { inspect: inspector.inspect, input: {} });
  actor.start();
  actor.send(event);
  await all.promise;
  return frames;
}

/** What no two runs have in common: names given by a system, times, ids, and the host's stamp. */
function withoutNames(frames: readonly Loose[]): readonly Loose[] {
  return frames.map((frame) => {
    const kept = Object.entries(frame).filter(([field]) => !NAMES.includes(field));
    return Object.fromEntries(
      kept.map(([field, value]) => [field, PLAIN[field]?.(value) ?? value]),
    );
  });
}
const NAMES = ["sessionId", "rootId", "createdAt", "id", "name"];
const PLAIN: Readonly<Record<string, (value: unknown) => unknown>> = {
  event: (value) => {
    const { at: _at, input: _input, ...event } = value as Loose;
    return event;
  },
  definition: (text) => JSON.parse(String(text)) as unknown,
};

test("an actor's life is told as the library tells it: same frames, same fields, same values", async () => {
  const { host, path } = await openBench({ charts: [lampChart] });
  await host.start("lamp:hall", {});
  await host.send("lamp:hall", { type: "switch" });
  const ours = withoutNames((await filmed({ path, charts: [lampChart] })) as unknown as Loose[]);
  const [born, ...theirs] = withoutNames(
    await libraryFrames({ machine: lampChart.machine, count: 5 }, { type: "switch" }),
  );
  expect(ours.slice(1)).toEqual(theirs);
  // The library looks late, when the lamp is on already; ours is told as it was when it began.
  const asItBegan = { ...(born?.["snapshot"] as Loose), value: "off", context: { switched: 0 } };
  expect(ours[0]).toEqual({ ...born, snapshot: asItBegan });
});

test("an effect under way is told as the library tells an invoked promise", async () => {
  const never = Promise.withResolvers<string>();
  const bench = await openBench({
    charts: [jobChart("retry")],
    handlers: { work: () => never.promise },
  });
  await bench.host.start("job:1", {});
  await bench.host.send("job:1", { type: "begin" });
  const ours = await filmed({ path: bench.path, charts: [jobChart("retry")] });
  never.resolve("");
  const work = fromPromise(() => new Promise<string>(() => {}));
  const machine = jobMachine("retry").provide({ actors: { work: work as never } });
  const theirs = await libraryFrames({ machine, count: 8 }, { type: "begin" });
  const child = (frames: readonly Loose[]) => {
    const [parent, effect] = frames.filter(({ type }) => type === "@xstate.actor");
    expect(effect).toMatchObject({ parentId: parent?.["sessionId"], rootId: parent?.["rootId"] });
    return { name: effect?.["name"], definition: effect?.["definition"] };
  };
  expect(child(ours as unknown as Loose[])).toEqual(child(theirs));
  const standing = (frames: readonly Loose[]) =>
    frames
      .filter((each) => each["type"] === "@xstate.snapshot" && isOfParent(each, frames))
      .map(({ snapshot }) => snapshot)
      .at(-1);
  expect(standing(ours as unknown as Loose[])).toEqual(standing(theirs));
});

const isOfParent = ({ sessionId }: Loose, [first]: readonly Loose[]): boolean =>
  sessionId === first?.["sessionId"];

test.each(catalog.map((chart) => [chart.name, chart] as const))(
  "the definition of the chart %s is the library's, nothing cut off",
  async (name, chart) => {
    const frames: StatelyInspectionEvent[] = [];
    const inspector = createInspector(
      { send: (event) => frames.push(event) },
      { serializationDepthLimit: DEPTH },
    );
    const { machine } = chart;
    inspector.actor({ sessionId: "x:0", logic: machine } as never, {});
    const [theirs] = frames as unknown as readonly { readonly definition: string }[];
    const ours = definitionOf(new Charts(catalog), `${name}:1`);
    expect(JSON.parse(ours)).toEqual(JSON.parse(theirs?.definition ?? ""));
    expect(ours).not.toMatch(/\[(Object|Array|Circular)\]/);
  },
);

test("every frame has its time, its id and its version as text", async () => {
  const { host, path } = await openBench({ charts: [lampChart] });
  await host.start("lamp:hall", {});
  await host.send("lamp:hall", { type: "switch" });
  const frames: readonly Frame[] = await filmed({ path, charts: [lampChart] });
  for (const { createdAt, id, _version: version } of frames) {
    expect(createdAt).toMatch(/^\d{13}$/);
    expect(id).toMatch(/^\d+\/(actor|event|snapshot)\/lamp:hall$/);
    expect(version).toBe("0.7.2");
  }
  expect(new Set(frames.map(({ id }) => id)).size).toBe(frames.length);
});
