/** The functions that several charts share, at their edges. */
import { describe, expect, test } from "vitest";
import { isCutOff, leftBy } from "../../machines/cut-off.ts";
import { branchOf } from "../../machines/protocol.ts";
import type { Assignment, RunExit } from "../../machines/protocol.ts";
import { dayOf, dayStartMs, pricedMicroUsd } from "../../machines/spending.ts";

const DAY_MS = 86_400_000;

test.each([
  [0, 0],
  [DAY_MS - 1, 0],
  [DAY_MS, 1],
  [20_000 * DAY_MS + 5, 20_000],
])("the moment %i is on day %i, which begins at its midnight", (atMs, day) => {
  expect(dayOf(atMs)).toBe(day);
  expect(dayStartMs(day)).toBe(day * DAY_MS);
  expect(dayOf(dayStartMs(day))).toBe(day);
});

describe("tokens have a price where both kinds and the price are known", () => {
  const price = { input: 3, output: 15 };
  test.each([
    [price, 100, 10, 450],
    [price, 0, 0, 0],
    [{ input: 0.4, output: 0 }, 1, 1, 0],
    [null, 100, 10, null],
    [price, null, 10, null],
    [price, 100, null, null],
  ])("%j, %j in and %j out", (...[its, inputTokens, outputTokens, found]) => {
    expect(pricedMicroUsd(its, { inputTokens, outputTokens })).toBe(found);
  });
});

test("the branch of a task bears its id", () => {
  expect(branchOf("T-1")).toBe("wvo/T-1");
});

const session = { sessionId: "s-1", used: null };
const exit: RunExit = {
  outcome: "failed",
  errorClass: "timeout",
  detail: "it took too long",
  retryAtMs: null,
  usage: null,
  findings: [],
  session,
  windows: [],
};
const work: Assignment = {
  taskId: "T-1",
  runId: "T-1.1",
  provider: "claude",
  tier: "low",
  startFrom: "target",
  commit: null,
  resume: null,
};

test.each<[string, Partial<RunExit>, boolean]>([
  ["that took too long", {}, true],
  ["that crashed", { errorClass: "crashed" }, true],
  ["that was refused", { errorClass: "refused" }, false],
  ["that was stopped late", { outcome: "stopped" }, false],
])("a run %s", (_title, more, found) => {
  expect(isCutOff({ ...exit, ...more })).toBe(found);
});

describe("a run leaves", () => {
  const kept = { commit: "ba1f", changed: true, findings: [] };
  const gone = { commit: null, changed: false, findings: [] };
  const lost = { ...gone, findings: [{ source: "git", text: "a lock is held" }] };
  const before = { sessionId: "s-0", used: null, commit: "01d" };
  const run = (exitMore: Partial<RunExit>, workMore: Partial<Assignment>) => {
    return { exit: { ...exit, ...exitMore }, work: { ...work, ...workMore } };
  };

  test.each<[string, Parameters<typeof leftBy>[0]["context"], object, object]>([
    ["its session and its commit", run({}, {}), kept, { left: { ...session, commit: "ba1f" } }],
    ["its session alone", run({}, {}), gone, { left: { ...session, commit: null } }],
    ["nothing where its tree was lost", run({}, {}), lost, {}],
    ["nothing where it ended well", run({ outcome: "completed" }, {}), kept, {}],
    ["nothing without a session", run({ session: null }, {}), kept, {}],
    ["nothing of an overlay", run({}, { startFrom: "overlay" }), kept, {}],
    ["nothing once it was gone on with", run({}, { resume: before }), kept, {}],
    [
      "its session again where a limit ended it",
      run({ outcome: "limited" }, { resume: before }),
      kept,
      { left: { ...session, commit: "ba1f" } },
    ],
    [
      "what the one before left, where it never ran",
      run({ outcome: "notStarted", errorClass: null }, { resume: before }),
      kept,
      { left: before },
    ],
    [
      "nothing where it never ran and nothing was left",
      run({ outcome: "notStarted", errorClass: null }, {}),
      kept,
      {},
    ],
    ["nothing without work", { exit, work: null }, kept, {}],
    ["nothing without an end", { exit: null, work }, kept, {}],
    ["nothing where there is neither", { exit: null, work: null }, kept, {}],
  ])("%s", (...[, context, output, left]) => {
    expect(leftBy({ context, event: { output } })).toEqual(left);
  });
});
