/**
 * What the drive through the host sees: each way in which the host could differ from the chart is
 * shown by a host that was given another chart than the walk was planned with.
 */
import { expect, test } from "vitest";
import { Drive } from "../../src/proof/drive.ts";
import type { AnyStateMachine } from "xstate";
import { emptyFolder } from "../support/workbench.ts";
import { chart, planOf } from "./walks.ts";

interface Differing {
  readonly delay?: string;
  readonly input?: number;
  readonly told?: string;
  readonly to?: string;
  readonly counts?: boolean;
  readonly takes?: string;
}

/** A chart with a timer, an effect, a message, a memory and an event that is refused. */
function variant(differing: Differing = {}): AnyStateMachine {
  const { delay = "short", input = 1, told = "news", to = "calm", counts = true } = differing;
  const more = differing.takes === undefined ? {} : { [differing.takes]: {} };
  return chart({
    first: {
      invoke: { src: "work", id: "work", input, onDone: "second", onError: "second" },
      on: { ...more },
    },
    second: {
      entry: { type: "tell", params: { to: "other:1", event: { type: told } } },
      after: { [delay]: to },
      on: { go: to },
    },
    calm: { entry: counts ? "count" : [] },
    other: {},
  });
}

async function driveAs(host: AnyStateMachine): Promise<string> {
  const { tours } = planOf(variant());
  const setting = { folder: emptyFolder(), observe: () => {} };
  const drive = new Drive({ ...setting, chart: { name: "walk", version: 1, machine: host } });
  for (const tour of tours) await drive.go(tour);
  return drive.problems.join("\n\n");
}

test("a host that does as the chart says differs in nothing", async () => {
  expect(await driveAs(variant())).toBe("");
});

test.each<[string, Differing, RegExp]>([
  ["a timer of another length", { delay: "long" }, /^done work in first: snapshot: found .*long@/],
  ["a timer that rings later", { delay: "same" }, /timers: found .*same@walk\.second/],
  ["another input of an effect", { input: 2 }, /^start in nowhere: outbox: found .*"input\W+2/],
  ["another message", { told: "rumour" }, /messages: found .*rumour.*, expected .*news/],
  ["another state", { to: "other" }, /snapshot: found .*other.*, expected .*calm/],
  ["another memory", { counts: false }, /snapshot: found .*"count\W+0.*, expected .*"count\W+1/],
  [
    "an event that is taken and must be refused",
    { takes: "go" },
    /the answer to go: found "taken, and led to first", expected "not-accepted"/,
  ],
])("%s is seen", async (_what, differing, words) => {
  expect(await driveAs(variant(differing))).toMatch(words);
});

test("a problem says where, and how the walk came there", async () => {
  const told = await driveAs(variant({ to: "other" }));
  expect(told).toContain("go in second: ");
  expect(told).toContain("  on the way: start, done work, go");
});
