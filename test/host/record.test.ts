/** The words of the journal: a state as one word, and what happened in another. */
import { expect, test } from "vitest";
import { eventName, stateText } from "../../src/host/record.ts";
import type { StateValue } from "../../src/host/record.ts";

test.each<[StateValue, string]>([
  ["done", "done"],
  [{ gate: "checking" }, "gate.checking"],
  [{ held: { collecting: "now" } }, "held.collecting.now"],
  [{ working: { lease: "live", session: "started" } }, "working.(lease.live session.started)"],
  [{ lease: "live", session: "started" }, "(lease.live session.started)"],
  [{ open: {} }, "open"],
  [{ open: undefined }, "open"],
])("the state %j is said as %s", (value, text) => {
  expect(stateText(value)).toBe(text);
});

test.each<[object, string]>([
  [{ kind: "start", input: {} }, "start"],
  [{ kind: "event", event: { type: "cancel" } }, "cancel"],
  [{ kind: "done", effect: "e1", child: "rank", output: null }, "rank done"],
  [{ kind: "failed", effect: "e1", child: "rank", error: {} }, "rank failed"],
  [{ kind: "timer", timer: "lease@held.working", setBy: 3 }, "timer lease"],
  [{ kind: "migrated", snapshot: {} }, "migrated"],
])("%j is called %s", (happening, name) => {
  expect(eventName(JSON.stringify(happening))).toBe(name);
});
