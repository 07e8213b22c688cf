/**
 * The order in which the real host delivers, which the worlds here take for granted: what one
 * actor tells, whoever it tells it to, is taken in the order in which it was told.
 */
import { expect, test } from "vitest";
import { assign, setup } from "xstate";
import { message, MICROSTEPS_MAX, tell } from "../../machines/chart.ts";
import type { Message, PlainEvent } from "../../machines/chart.ts";
import type { Chart } from "../../src/host/charts.ts";
import { openBench } from "../support/workbench.ts";

/** Says whatever it is asked to say. */
const teller: Chart = {
  name: "teller",
  version: 1,
  machine: setup({
    types: { events: {} as { readonly type: "say"; readonly all: readonly Message[] } },
    actions: { tell },
  }).createMachine({
    id: "teller",
    options: { maxIterations: MICROSTEPS_MAX },
    on: { say: { actions: { type: "tell", params: ({ event }) => event.all } } },
  }),
};

/** Remembers what it heard. */
const listener: Chart = {
  name: "listener",
  version: 1,
  machine: setup({
    types: {
      context: {} as { readonly heard: readonly number[] },
      events: {} as { readonly type: "hear"; readonly n: number },
    },
  }).createMachine({
    id: "listener",
    context: { heard: [] },
    options: { maxIterations: MICROSTEPS_MAX },
    on: {
      hear: { actions: assign({ heard: ({ context, event }) => [...context.heard, event.n] }) },
    },
  }),
};

/** Messages that the host delivers within one commit; the others wait in the inbox. */
const WITHIN_COMMIT = 1_024;

/**
 * A teller is told twice to speak, the second time over the inbox. What it said the first time
 * waits there too, behind that.
 */
async function heardUnderLoad(): Promise<readonly number[]> {
  const { host } = await openBench({ charts: [teller, listener] });
  for (const actor of ["teller:a", "teller:b"]) await host.start(actor, {});
  for (const actor of ["listener:a", "listener:crowd"]) await host.start(actor, {});
  const hear = (to: string, n: number): Message => message(to, { type: "hear", n });
  const say = (to: string, all: readonly Message[]): PlainEvent & Message =>
    message(to, { type: "say", all }) as never;
  const crowd = Array.from({ length: WITHIN_COMMIT - 1 }, (_, n) => hear("listener:crowd", n));
  const first = say("teller:b", [hear("listener:a", 1)]);
  const second = say("teller:b", [hear("listener:a", 2)]);
  await host.send("teller:a", { type: "say", all: [...crowd, first, second] });
  await host.quiet();
  const ref = await host.actor("listener:a");
  const context = ref?.getSnapshot().context as { readonly heard: readonly number[] } | undefined;
  return context?.heard ?? [];
}

/** Otherwise, as `broken-worlds.test.ts` shows, a refinery may be busy for ever. */
test("what is told first is heard first, also over the inbox", async () => {
  expect(await heardUnderLoad()).toEqual([1, 2]);
});
