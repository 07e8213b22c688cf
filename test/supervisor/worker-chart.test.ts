/**
 * The chart of the worker's life: by a table, and proven with the tools that prove the product's
 * charts, though no database ever holds it.
 */
import { expect, test } from "vitest";
import { lintChart } from "../../src/host/lint.ts";
import { checkChart } from "../../src/proof/checker/check.ts";
import type { Cases } from "../../src/proof/cases.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { prove } from "../../src/proof/prove.ts";
import { machine, STARTS_MAX } from "../../src/supervisor/worker-chart.ts";
import type { WorkerContext, WorkerEvent } from "../../src/supervisor/worker-chart.ts";
import { enters, isIn, known, startedIn, whatIn } from "../invariants/moments.ts";
import { all, compare, elapse, failed, gapsOf, play, say } from "../support/chart-table.ts";
import type { Play, Rows, Stage, Step } from "../support/chart-table.ts";
import { emptyFolder } from "../support/workbench.ts";

/** Its effects are none of the product's: they have no handlers there. */
const done =
  (child: string, output: unknown): Step =>
  (now) =>
    now.result(child, { output });

const evicted = done("evictWorker", null);
const started = done("startWorker", null);
const ends = done("watchWorker", { how: "it ended", isOrderly: false });
const leaves = done("watchWorker", { how: "it ended", isOrderly: true });
const wait = elapse("wait");
const failedStart = failed("startWorker", "supervisor.worker", "it ended early");
const again = all(ends, wait);

const words = {
  evicted,
  started,
  ends,
  leaves,
  wait,
  failedStart,
  again,
  stays: failed("evictWorker", "supervisor.old-worker", "it lives on"),
  lost: failed("watchWorker", "unexpected", "no process to watch"),
  steady: elapse("steady"),
  drained: done("drainWorker", null),
  undrained: failed("drainWorker", "unexpected", "no channel"),
  stop: say<WorkerEvent>({ type: "stop" }),
  kill: say<WorkerEvent>({ type: "kill" }),
  killed: done("killWorker", null),
  unkilled: failed("killWorker", "unexpected", "not ours to signal"),
  serves: all(evicted, started),
  failsOften: (now: Play) => {
    for (let tries = 1; tries < STARTS_MAX; tries += 1) all(failedStart, wait)(now);
  },
};
const subject = { machine, actor: "worker", input: {} };
const stage: Stage = { subject, words };
const SERVES = "serving: run watchWorker, set steady 1m";

const rows: Rows = {
  "first the worker of an earlier life is seen to its end (W1)": "=> evicting: run evictWorker",
  "then one is started": "evicted => starting: run startWorker",
  "where the old one lives on, none is (W1)": "stays => failed",
  "one that serves is watched": `serves => ${SERVES}`,
  "the first one that cannot be started is the end (W2)": "evicted failedStart => failed",
  "one that served and ended is replaced soon":
    "serves ends => restarting: set wait 100ms, clear steady",
  "one that said so is replaced at once, and is no setback (W2)": [
    "serves leaves started ends",
    "restarting: set wait 100ms, clear steady",
  ],
  "by a new one, now that it is dead (W1)": "serves ends wait => starting: run startWorker",
  "later after a longer wait":
    "serves again started ends => restarting: set wait 200ms, clear steady",
  "which has an end": [
    "serves again started again started again started again started again started again started again started ends",
    "restarting: set wait 10s, clear steady",
  ],
  "after steady service the wait is short again": [
    "serves again started again started steady ends",
    "restarting: set wait 100ms",
  ],
  "one that cannot be started again is tried again": [
    "serves again failedStart",
    "restarting: set wait 200ms",
  ],
  "and not for ever (W2)": "serves again failsOften failedStart => failed",
  "a start that succeeds begins the count anew": [
    "serves again failsOften started again failedStart",
    "restarting: set wait 10s",
  ],
  "stop lets it finish": "serves stop => stopping: run drainWorker, end watchWorker, clear steady",
  "and ends there (W3)": "serves stop drained => stopped",
  "also where it cannot be told": "serves stop undrained => failed",
  "a second stop changes nothing": "serves stop ~stop => stopping",
  "stop during a start ends what has begun":
    "evicted stop => stopping: run drainWorker, end startWorker",
  "stop before a start begins nothing (W3)": "stop => stopped: end evictWorker",
  "stop between two starts nothing (W3)": "serves ends stop => stopped: clear wait",
  "a worker that cannot be watched is the end": "serves lost => failed: clear steady",
  "kill waits for nobody (W3)":
    "serves kill => killing: run killWorker, end watchWorker, clear steady",
  "neither for what stop has begun": "serves stop kill => killing: run killWorker, end drainWorker",
  "nor for a start": "evicted kill => killing: run killWorker, end startWorker",
  "and ends when it is dead (W3)": "serves kill killed => stopped",
  "or cannot be": "serves kill unkilled => failed",
  "while it kills nothing else is heard": "serves kill ~kill ~stop => killing",
  "kill before a start begins nothing (W3)": "kill => stopped: end evictWorker",
  "kill between two starts nothing (W3)": "serves ends kill => stopped: clear wait",
};

test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

test.each([
  ["why it ended is told", "serves ends", "it ended"],
  ["and why it could not be started", "evicted failedStart", "it ended early"],
  ["a worker that serves leaves nothing to tell", "serves again started", null],
])("%s", (_title, script, reason) => {
  expect(play(stage, script).context<WorkerContext>().reason).toBe(reason);
});

const isEnding = (live: Moment["after"]): boolean =>
  isIn(live, "stopping") || isIn(live, "killing");
const isOver = (moment: Moment): boolean =>
  isIn(moment.after, "failed") || isIn(moment.after, "stopped");

const invariants: readonly Invariant[] = [
  {
    id: "W1",
    text: "a worker is started after an eviction, after an end in order, or after the wait that follows another",
    holds: (moment) =>
      !startedIn(moment).includes("startWorker") ||
      ["evictWorker done", "watchWorker done", "wait"].includes(whatIn(moment)),
  },
  {
    id: "W2",
    text: "the life fails where no start ever succeeded, or after STARTS_MAX failed ones",
    holds: (moment) => {
      if (!enters(moment, "failed") || whatIn(moment) !== "startWorker failed") return true;
      const { hasServed, failedStarts } = known<WorkerContext>(moment.after);
      return !hasServed || failedStarts === STARTS_MAX;
    },
  },
  {
    id: "W3",
    text: "after stop or kill it is ending or over, and nothing is started any more",
    holds: (moment) =>
      !(["stop", "kill"].includes(whatIn(moment)) || isEnding(moment.before)) ||
      ((isEnding(moment.after) || isOver(moment)) && !startedIn(moment).includes("startWorker")),
  },
];

const cases: Cases<WorkerContext, WorkerEvent> = {
  actor: "worker",
  events: () => [{ type: "stop" }, { type: "kill" }],
  outputs: {
    watchWorker: [
      { how: "it ended", isOrderly: false },
      { how: "it ended", isOrderly: true },
    ],
  },
  // After this many the wait is at its longest; more change nothing.
  essence: ({ setbacks, failedStarts, hasServed }) => [
    Math.min(setbacks, STARTS_MAX),
    failedStarts,
    hasServed,
  ],
};

test("it keeps the rules that charts of the product keep", () => {
  expect(lintChart(machine)).toEqual([]);
});

test("it knows no way to be stuck", () => {
  expect(checkChart(machine, { cases, sentBy: { stop: ["person"], kill: ["person"] } })).toEqual(
    [],
  );
});

test("every transition is taken, and its invariants hold in every state", async () => {
  const candidate = { name: "worker", machine, cases, invariants };
  const proof = await prove(candidate, { folder: emptyFolder() });
  expect(proof.problems).toEqual([]);
  expect(proof.taken).toBe(proof.declared);
});
