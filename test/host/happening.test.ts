/** From the journal's words to a chart's events, and what comes too late to mean anything. */
import { describe, expect, test } from "vitest";
import { current, eventOf } from "../../src/host/happening.ts";
import type { LiveActor } from "../../src/host/kernel.ts";
import type { Happening } from "../../src/host/record.ts";

const error = { code: "ENOSPC", message: "no space" };

test.each<[string, Happening, object]>([
  [
    "an event",
    { kind: "event", event: { type: "cancel", reason: "r" } },
    { type: "cancel", reason: "r", at: 7 },
  ],
  [
    "an effect's output",
    { kind: "done", effect: "e1", child: "rank", output: [1] },
    { type: "xstate.done.actor.rank", output: [1], actorId: "rank", at: 7 },
  ],
  [
    "an effect's fault",
    { kind: "failed", effect: "e1", child: "rank", error },
    { type: "xstate.error.actor.rank", error, actorId: "rank", at: 7 },
  ],
  [
    "a timer",
    { kind: "timer", timer: "lease@visitor.held.working", setBy: 3 },
    { type: "xstate.after.lease.visitor.held.working", at: 7 },
  ],
  [
    "a timer without a place",
    { kind: "timer", timer: "lease", setBy: 3 },
    { type: "xstate.after.lease.", at: 7 },
  ],
])("%s, stamped with its time", (_title, happening, event) => {
  expect(eventOf(happening, 7)).toEqual(event);
});

test.each<[Happening, string]>([
  [{ kind: "start", input: {} }, "start is no event of a chart"],
  [{ kind: "migrated", snapshot: {} as never }, "migrated is no event of a chart"],
])("%j is none", (happening, text) => {
  expect(() => eventOf(happening, 7)).toThrow(text);
});

describe("what belongs to the present visit of a state", () => {
  const live: LiveActor = {
    actor: "job:1",
    version: 5,
    snapshot: null,
    children: new Map([
      ["other", "e0"],
      ["work", "e1"],
    ]),
    timers: new Map([["lease@held", 4]]),
  };
  const done = (effect: string): Happening => {
    return { kind: "done", effect, child: "old name", output: 1 };
  };
  const failed = (effect: string): Happening => {
    return { kind: "failed", effect, child: "old name", error };
  };
  const timer = (name: string, setBy: number): Happening => {
    return { kind: "timer", timer: name, setBy };
  };

  test.each<[string, Happening, Happening | null]>([
    ["its timer", timer("lease@held", 4), timer("lease@held", 4)],
    ["a timer of an earlier visit is none", timer("lease@held", 3), null],
    ["a timer that is not set is none", timer("rest@held", 4), null],
    ["its effect's output, by the present name", done("e1"), { ...done("e1"), child: "work" }],
    ["its effect's fault, by the present name", failed("e1"), { ...failed("e1"), child: "work" }],
    ["an output of an earlier visit is none", done("e9"), null],
    ["a fault of an earlier visit is none", failed("e9"), null],
  ] as readonly [string, Happening, Happening | null][])("%s", (_title, happening, found) => {
    expect(current(live, happening)).toEqual(found);
  });

  test.each<Happening>([
    { kind: "start", input: {} },
    { kind: "event", event: { type: "cancel" } },
  ])("%j belongs to every visit", (happening) => {
    expect(current(live, happening)).toBe(happening);
  });
});
