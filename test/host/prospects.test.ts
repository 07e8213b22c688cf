/** What an actor would accept is foretold without taking it, and the kernel then does just that. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { and, not, setup } from "xstate";
import type { PlainEvent } from "../../machines/chart.ts";
import { Kernel } from "../../src/host/kernel.ts";
import type { LiveActor } from "../../src/host/kernel.ts";
import { prospectsOf } from "../../src/host/prospects.ts";
import { lamp } from "../support/sample-charts.ts";

/** A door with every sort of guard: on its memory, on the event, on both, combined, and none. */
const door = setup({
  types: { context: {} as { readonly isLocked: boolean }, events: {} as PlainEvent },
  guards: {
    isLocked: ({ context }) => context.isLocked,
    isKey: ({ event }) => event["key"] === "brass",
    isNamed: ({ event }) => "name" in event,
    isLong: ({ event }) => String((event["name"] as { length: number }).length) > "3",
    isPlain: ({ event }) => Object.keys(event).length <= 2,
    isSing: ({ event }) => event.type === "sing" && "type" in event,
    isSign: ({ event }) => event.type === "sign" || !("type" in event),
    explode: () => {
      throw new Error("the hinge is broken");
    },
  },
}).createMachine({
  id: "door",
  context: ({ input }) => input as { isLocked: boolean },
  initial: "shut",
  options: { maxIterations: 10 },
  on: { knock: {}, "draught.*": {} },
  states: {
    shut: {
      on: {
        push: { guard: not("isLocked"), target: "open" },
        unlock: { guard: and(["isLocked", "isKey"]), target: "open" },
        call: [
          { guard: "isNamed", target: "open" },
          { guard: "isLong", target: "open" },
        ],
        peep: { guard: "isPlain", target: "open" },
        kick: [{ guard: "isLocked" }, { guard: "explode", target: "open" }],
        wait: [{ guard: "isKey", target: "open" }, {}],
        sing: [{ guard: "isSign" }, { guard: "isSing", target: "open" }],
        hum: { guard: "isSing", target: "open" },
      },
    },
    open: { on: { pull: "shut" } },
  },
});

const doorKernel = new Kernel(door);

function begun(kernel: Kernel, input: object): LiveActor {
  const outcome = kernel.start("it", input);
  if (outcome.kind !== "stepped") throw new Error(outcome.kind);
  return outcome.next;
}

const accepted = (event: string) => ({ kind: "accepted", event });
const conditional = (event: string, ...guards: string[]) => ({
  kind: "conditional",
  event,
  guards,
});
const refused = (event: string, ...guards: string[]) => ({ kind: "refused", event, guards });

test("a locked door: each guard by its name, and whether the event can change its mind", () => {
  expect(prospectsOf(doorKernel, begun(doorKernel, { isLocked: true }))).toEqual([
    conditional("call", "isNamed", "isLong"),
    refused("hum", "isSing"),
    accepted("kick"),
    accepted("knock"),
    conditional("peep", "isPlain"),
    refused("pull"),
    refused("push", "not(isLocked)"),
    accepted("sing"),
    conditional("unlock", "and(isLocked, isKey)"),
    accepted("wait"),
  ]);
});

test("a door that is not locked: what fails whatever the event carries is refused", () => {
  const prospects = prospectsOf(doorKernel, begun(doorKernel, { isLocked: false }));
  expect(prospects).toContainEqual(accepted("push"));
  expect(prospects).toContainEqual(refused("unlock", "and(isLocked, isKey)"));
  expect(prospects).toContainEqual(refused("kick", "isLocked", "explode (it throws)"));
});

test("a pattern is no event that anybody could send", () => {
  const ear = setup({ types: { events: {} as PlainEvent } }).createMachine({
    id: "ear",
    options: { maxIterations: 10 },
    on: { "*": {}, "draught.*": {}, knock: {} },
  });
  const kernel = new Kernel(ear);
  expect(prospectsOf(kernel, begun(kernel, {}))).toEqual([accepted("knock")]);
});

test("an actor that does not exist accepts nothing", () => {
  const nobody = {
    actor: "it",
    version: 0,
    snapshot: null,
    children: new Map(),
    timers: new Map(),
  };
  expect(prospectsOf(doorKernel, nobody)).toEqual([]);
});

const payload = fc.record(
  {
    key: fc.constantFrom("brass", "iron"),
    name: fc.constantFrom("Jo", "Johanna"),
    watts: fc.integer({ min: 8, max: 12 }),
  },
  { requiredKeys: [] },
);

function fate(kernel: Kernel, live: LiveActor, event: PlainEvent): string {
  try {
    return kernel.step(live, { kind: "event", event }, 5).kind;
  } catch {
    return "threw";
  }
}

const POSSIBLE = {
  accepted: ["stepped", "unchanged", "threw"],
  conditional: ["stepped", "unchanged", "threw", "refused"],
  refused: ["refused", "threw"],
};

test("what is foretold comes true, whatever the event carries", () => {
  const lampKernel = new Kernel(lamp);
  const on = lampKernel.step(
    begun(lampKernel, {}),
    { kind: "event", event: { type: "switch" } },
    5,
  );
  const standings: readonly (readonly [Kernel, LiveActor])[] = [
    [doorKernel, begun(doorKernel, { isLocked: true })],
    [doorKernel, begun(doorKernel, { isLocked: false })],
    [lampKernel, begun(lampKernel, {})],
    ...(on.kind === "stepped" ? [[lampKernel, on.next] as const] : []),
  ];
  expect(standings.length).toBe(4);
  for (const [kernel, live] of standings) {
    for (const { kind, event: type } of prospectsOf(kernel, live)) {
      fc.assert(
        fc.property(payload, (carried) => {
          const came = fate(kernel, live, { ...carried, type });
          expect(POSSIBLE[kind]).toContain(came);
        }),
        { numRuns: 30 },
      );
    }
  }
});
