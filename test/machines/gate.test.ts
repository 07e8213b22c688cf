/** The gate chart: how checks are run, what their evidence is worth, and who hears the verdict. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judge, machine, meanScore } from "../../machines/gate.ts";
import type { CheckResult, GateInput } from "../../machines/protocol.ts";
import { compare, done, elapse, failed, gapsOf, play } from "../support/chart-table.ts";
import { reachable, say, takenOf, wander } from "../support/chart-table.ts";
import type { Moment, Rows, Stage } from "../support/chart-table.ts";

const evidence = { path: "checks/tests.json", sha256: "5eed" };
/** A mandatory check that passed and left evidence, but for what is said otherwise. */
const check = (more: Partial<CheckResult> = {}): CheckResult => {
  const plain = { name: "tests", mandatory: true, passed: true, score: null, floor: 0 };
  return { ...plain, deep: false, evidence, excerpt: "the end", ...more };
};
const scores = (...list: readonly number[]): readonly CheckResult[] =>
  list.map((score, index) => check({ name: `s${index}`, score }));
const lost = check({ evidence: null, passed: false, excerpt: "killed" });
const red = check({ passed: false });
const optional = check({ mandatory: false });

// ── what evidence is worth ────────────────────────────────────────────────────────────────────

type Verdict = "pass" | "fail" | "inconclusive";
const verdicts: readonly (readonly [string, readonly CheckResult[], Verdict])[] = [
  ["no check at all (G2)", [], "inconclusive"],
  ["a check that passed on evidence (G1)", [check()], "pass"],
  ["a check that failed", [red], "fail"],
  ["one of two that failed", [check(), red], "fail"],
  ["a mandatory check without evidence (G2)", [lost], "inconclusive"],
  ["one of two without evidence (G2)", [check(), lost], "inconclusive"],
  ["a lost check beside a failed one (G2)", [red, lost], "inconclusive"],
  [
    "one that says it passed, and has no evidence (G1)",
    [check({ evidence: null })],
    "inconclusive",
  ],
  ["an optional check without evidence", [check(), { ...lost, mandatory: false }], "pass"],
  ["only optional checks without evidence (G2)", [{ ...lost, mandatory: false }], "inconclusive"],
  ["an optional check that failed", [check(), { ...optional, passed: false }], "pass"],
  ["a score of 0.85", scores(0.85), "pass"],
  ["a score of 0.8499", scores(0.8499), "fail"],
  ["a mean of 0.85", scores(0.7, 1), "pass"],
  ["a mean just below it", scores(0.6999, 1), "fail"],
  [
    "an optional score that pulls the mean down",
    [check({ score: 1 }), { ...optional, score: 0.5 }],
    "fail",
  ],
  [
    "a score without evidence does not count",
    [check({ score: 1 }), { ...optional, evidence: null, score: 0 }],
    "pass",
  ],
  ["a good mean does not save a failed check", [red, ...scores(1, 1, 1)], "fail"],
  ["a score on its floor", [check({ score: 0.9, floor: 0.9 })], "pass"],
  [
    "a score below its floor, with a good mean",
    [check({ score: 0.89, floor: 0.9 }), ...scores(1)],
    "fail",
  ],
  [
    "an optional score below its floor",
    [check({ score: 1 }), { ...optional, score: 0.9, floor: 0.91 }],
    "fail",
  ],
  ["a floor without a score", [check({ floor: 1 })], "pass"],
  [
    "a score below its floor without evidence",
    [check(), { ...optional, evidence: null, score: 0, floor: 1 }],
    "pass",
  ],
];

test.each(verdicts)("%s: %o is a %s", (_title, results, verdict) => {
  expect(judge(results)).toBe(verdict);
});

test.each<[string, readonly CheckResult[], number | null]>([
  ["of nothing is none", [], null],
  ["of checks that do not score is none", [check()], null],
  ["of one score is that", scores(0.5), 0.5],
  ["leaves out what does not score", [check(), ...scores(0.5)], 0.5],
  ["leaves out what has no evidence", [check({ score: 1, evidence: null }), ...scores(0.5)], 0.5],
  ["of two is between them", scores(0.25, 0.75), 0.5],
])("a mean %s", (_title, results, mean) => {
  expect(meanScore(results)).toBe(mean);
});

/** Seven times 0.85 is summed to a mean of 0.8499999999999999. */
test.each([7, 8, 20])("%i scores of 0.85 have a mean of 0.85", (count) => {
  expect(judge(scores(...Array<number>(count).fill(0.85)))).toBe("pass");
});

const anyCheck: fc.Arbitrary<CheckResult> = fc.record({
  name: fc.constant("any"),
  mandatory: fc.boolean(),
  passed: fc.boolean(),
  score: fc.option(fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20)),
  floor: fc.constantFrom(0, 0.5, 0.9),
  deep: fc.boolean(),
  evidence: fc.option(fc.constant(evidence)),
  excerpt: fc.constant(""),
});

test("a pass has evidence of every mandatory check, and all of them passed (G1, G2)", () => {
  const property = fc.property(fc.array(anyCheck, { maxLength: 6 }), (results) => {
    const mandatory = results.filter((each) => each.mandatory);
    const isProven = results.some((each) => each.evidence !== null);
    const isWhole = mandatory.every((each) => each.evidence !== null);
    const isGreen = mandatory.every(({ passed }) => passed);
    const verdict = judge(results);
    expect(verdict === "inconclusive").toBe(!isProven || !isWhole);
    expect(verdict !== "pass" || isGreen).toBe(true);
    expect(judge(results.toReversed())).toBe(verdict);
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});

// ── the chart ─────────────────────────────────────────────────────────────────────────────────

const input: GateInput = { id: "gate:T-1.1", taskId: "T-1", commit: "c0ffee", replyTo: "task:T-1" };
const words = {
  cancel: say({ type: "cancel" }),
  fault: failed("runChecks", "checks.broken", "no space"),
  otherFault: failed("runChecks", "checks.broken", "no memory"),
  breath: elapse("breath"),
  limit: elapse("gateLimit"),
  green: done("runChecks", [check()]),
  red: done("runChecks", [red]),
  redDeep: done("runChecks", [check(), check({ passed: false, deep: true })]),
  deepButGreen: done("runChecks", [check({ deep: true }), red]),
  lowDeep: done("runChecks", [check({ deep: true, score: 0.8 })]),
  low: done("runChecks", [check({ name: "lint", score: 0.8 }), ...scores(0.85, 0.86), optional]),
  floored: done("runChecks", [check({ name: "lint", score: 0.9, floor: 0.95 })]),
  lost: done("runChecks", [check(), check({ name: "types", evidence: null, excerpt: "killed" })]),
  none: done("runChecks", []),
  unproven: done("runChecks", [{ ...lost, mandatory: false }]),
};
const stage: Stage = { subject: { machine, actor: input.id, input }, words };

const PASSED = "tell task:T-1 gatePassed, clear gateLimit";
const FAILED = "tell task:T-1 gateFailed, clear gateLimit";
const LOST = "inconclusive: tell task:T-1 gateInconclusive, clear gateLimit";
const rows: Rows = {
  "the checks are run at once, for two hours at most": [
    "",
    "running: run runChecks, set gateLimit 2h",
  ],
  "good evidence passes (G1)": `green => passed: ${PASSED}`,
  "bad evidence fails": `red => failed: ${FAILED}`,
  "bad evidence that needs deep thought says so": `redDeep => failedDeep: ${FAILED}`,
  "so does a low score": `lowDeep => failedDeep: ${FAILED}`,
  "a deep check that passed is not to blame": `deepButGreen => failed: ${FAILED}`,
  "a low mean fails": `low => failed: ${FAILED}`,
  "a lost check is no verdict (G2)": `lost => ${LOST}`,
  "no check is no verdict (G2)": `none => ${LOST}`,
  "no evidence is no verdict (G2)": `unproven => ${LOST}`,
  "checks that could not be run are run again after four seconds":
    "fault => waiting: set breath 4s, clear gateLimit",
  "and again": "fault breath => running: run runChecks, set gateLimit 2h",
  "after 16 seconds": "fault breath fault => waiting: set breath 16s, clear gateLimit",
  "after three times there is no verdict (G2)": `fault breath fault breath fault => ${LOST}`,
  "the third time may pass": `fault breath fault breath green => passed: ${PASSED}`,
  "checks that do not end are no verdict (G2)":
    "limit => inconclusive: tell task:T-1 gateInconclusive, end runChecks",
  "a cancelled gate tells nobody (G3)": "cancel => cancelled: end runChecks, clear gateLimit",
  "also while it waits (G3)": "fault cancel => cancelled: clear breath",
  "a verdict is told once (G3)": "green !cancel => passed",
};

test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

const trial = { ...input, id: "gate:trial@T-1.1", replyTo: null, only: ["tests"] };
const trialStage: Stage = { subject: { machine, actor: trial.id, input: trial }, words };
test.each(["green", "red", "redDeep", "none", "limit"])(
  "a trial comes to its end and tells nobody: %s (G3)",
  (script) => {
    const now = play(trialStage, script);
    expect(now.live.snapshot?.status).toBe("done");
    expect(now.facts()).toMatchObject({ told: [] });
  },
);

test("a trial says which checks it is about", () => {
  const { only, taskId, commit } = trial;
  expect(play(trialStage, "").facts()).toMatchObject({
    given: [{ gateId: trial.id, taskId, commit, only }],
  });
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

const gateId = input.id;
test.each<[string, string, object]>([
  [
    "the checks are run on the commit",
    "",
    { given: [{ gateId, taskId: "T-1", commit: "c0ffee" }] },
  ],
  ["the verdict names the gate", "green", { told: [{ type: "gatePassed", gateId }] }],
  ["a fault is kept, and counted", "fault", { tries: 1, reason: "no space", results: [] }],
  [
    "the last fault says why",
    "fault breath fault breath otherFault",
    { told: [{ gateId, reason: "no memory" }] },
  ],
  [
    "an endless check says so",
    "limit",
    { told: [{ reason: "the checks did not end within two hours" }] },
  ],
  ["no check says so (G2)", "none", { told: [{ reason: "no check is configured" }] }],
  ["no evidence says so (G2)", "unproven", { told: [{ reason: "no check left evidence" }] }],
  [
    "the lost check is named (G2)",
    "lost",
    { told: [{ reason: "check types left no evidence: killed" }] },
  ],
  [
    "a finding quotes the check",
    "red",
    { told: [{ findings: [{ source: "check tests", text: "the end" }] }] },
  ],
])("%s", (_title, script, facts) => {
  expect(play(stage, script).facts()).toMatchObject(facts);
});

test.each<[string, string, readonly object[]]>([
  ["names its check", "red", [{ source: "check tests", text: "the end" }]],
  ["gives the score", "low", [{ source: "check lint", text: "score 0.8000\nthe end" }]],
  ["is made of a score below its floor", "floored", [{ text: "score 0.9000\nthe end" }]],
  ["says that it needs deep thought", "redDeep", [{ source: "check tests", deep: true }]],
  ["does not say so without need", "deepButGreen", [{ source: "check tests", text: "the end" }]],
])("a finding %s", (_title, script, findings) => {
  const [verdict] = play(stage, script).facts().told;
  expect(verdict).toMatchObject({ type: "gateFailed", gateId, findings });
  expect(Object.hasOwn((verdict as { findings: [object] }).findings[0], "deep")).toBe(
    script === "redDeep",
  );
});

// ── what each state takes ─────────────────────────────────────────────────────────────────────

const places: readonly (readonly [state: string, way: string, taken: string])[] = [
  ["running", "", "cancel"],
  ["waiting", "fault", "cancel"],
  ["passed", "green", ""],
  ["failed", "red", ""],
  ["failedDeep", "redDeep", ""],
  ["inconclusive", "none", ""],
  ["cancelled", "cancel", ""],
];

describe("no state takes more than its events", () => {
  test.each(places)("%s", (state, way, taken) => {
    const now = play(stage, way);
    expect(now.at()).toBe(state);
    const others = ["gatePassed", "gateFailed", "setStatus"].map((type) => ({ type }));
    expect(takenOf([{ type: "cancel" }, ...others], now)).toBe(taken);
  });

  test("these are all states in which it rests, and all events it knows", () => {
    const states = [...places.map(([state]) => state), "", "scoring"].toSorted();
    expect(reachable(stage.subject, "nothing").toSorted()).toEqual(states);
    expect(machine.events.filter((type) => !type.startsWith("xstate."))).toEqual(["cancel"]);
  });
});

test.each(["passed", "failed", "failedDeep"])("%s is entered from scoring alone (G1)", (state) => {
  expect(reachable(stage.subject, "scoring")).not.toContain(state);
  expect(reachable(stage.subject, "waiting")).toContain(state);
});

test("a verdict is told once, on entering a final state (G3)", () => {
  const final = new Set(["passed", "failed", "failedDeep", "inconclusive"]);
  const outputs = { runChecks: [[check()], [red], [], [lost]] };
  const events = () => [{ type: "cancel" }];
  const walk = fc.array(fc.nat(), { minLength: 8, maxLength: 20, size: "max" });
  const property = fc.property(walk, (picks) => {
    let verdicts = 0;
    const look = ({ play: now }: Moment) => {
      verdicts += now.requests.messages.length;
      expect([now.at(), verdicts]).toEqual([now.at(), final.has(now.at()) ? 1 : 0]);
      expect(now.context<{ readonly tries: number }>().tries).toBeLessThan(3);
    };
    wander(stage.subject, picks, { events, outputs, look });
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});
