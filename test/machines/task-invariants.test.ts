/** What holds of a task after every sequence of happenings, and what it refuses in every state. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TaskEvent, TaskInput, TaskSpec } from "../../machines/protocol.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import { machine } from "../../machines/task.ts";
import { play, reachable, say, takenOf, wander } from "../support/chart-table.ts";
import type { Moment, Play, Subject } from "../support/chart-table.ts";
import { claimAfter } from "../support/proposals.ts";

const NO_PLACE = { epicId: null, milestoneId: null, acceptance: [], related: [], suggested: [] };
const specOf = (dependsOn: readonly string[]): TaskSpec => {
  const weight = { value: 5, timeCriticality: 2, complexity: 3, priority: "medium" } as const;
  return { title: "t", description: "", type: "feature", dependsOn, ...weight, ...NO_PLACE };
};
const input: TaskInput = { id: "T-1", spec: specOf([]), status: "pending", reason: null };
const subject: Subject = { machine, actor: "task:T-1", input };

const findings = [{ source: "check", text: "red" }];
const reason = "so it is";
const usage = { inputTokens: 10, outputTokens: null, costUsd: null };
const anyone: readonly TaskEvent[] = [
  { type: "revise", spec: specOf([]) },
  { type: "revise", spec: specOf(["T-0"]) },
  { type: "addDependent", taskId: "T-9" },
  { type: "dropDependent", taskId: "T-9" },
  { type: "dependencyDone", taskId: "T-0" },
  { type: "dependencyCancelled", taskId: "T-0" },
  { type: "cancel", reason },
  { type: "unblock" },
];
/** Everything that a run, its gate and its merge can say. */
function ofRun(runId: string): readonly TaskEvent[] {
  const [gateId, mergeId] = [`gate:${runId}`, `merge-request:${runId}`];
  return [
    { type: "runStarted", runId },
    { type: "workFinished", runId, usage, commit: "c0ffee", findings },
    { type: "runFailed", runId, usage, findings },
    { type: "runReleased", runId, usage, reason },
    { type: "runBlocked", runId, usage, reason },
    { type: "gatePassed", gateId },
    { type: "gateFailed", gateId, findings },
    { type: "gateInconclusive", gateId, reason },
    { type: "merged", mergeId, commit: "d00d" },
    { type: "mergeConflicted", mergeId, findings },
    { type: "mergeRejected", mergeId, findings },
    { type: "mergeInconclusive", mergeId, reason },
    { type: "mergeWithdrawn", mergeId },
  ];
}
const left = { sessionId: "s-1", used: null, commit: "ba1f" };
/** What is said of a run that can be gone on with. */
const cutOff = (runId: string): readonly TaskEvent[] => [
  { type: "runFailed", runId, usage, findings, left },
  { type: "runReleased", runId, usage, reason, left },
];
const known = (now: Play): TaskContext => now.context<TaskContext>();
/** The claim of the next run, of the present one again, and of one that is over. */
const claims = (now: Play): readonly TaskEvent[] =>
  [0, -1, -2].map((more) => claimAfter(known(now).runs + more));
const runOf = (now: Play, ago = 0): string => `T-1.${known(now).runs - ago}`;

// ── what each state takes ─────────────────────────────────────────────────────────────────────

const always = "addDependent claim dependencyCancelled dependencyDone dropDependent";
const runEnds = "runBlocked runFailed runReleased";
const gateEnds = "gateFailed gateInconclusive gatePassed";
const mergeEnds = "mergeConflicted mergeInconclusive mergeRejected merged";
const work = "claim runStarted";
const merge = `${work} workFinished gatePassed`;
/** A state, the happenings that lead there, and what it takes besides what every state takes. */
const places: readonly (readonly [state: string, way: string, taken: string])[] = [
  ["backlog.ready", "", "cancel revise"],
  ["backlog.waiting", "needT0", "cancel revise"],
  ["active.claimed", "claim", `cancel revise runStarted ${runEnds}`],
  ["active.working", work, `cancel revise workFinished ${runEnds}`],
  ["active.cancelling", `${work} cancel`, `revise workFinished ${runEnds}`],
  ["gate.checking", `${work} workFinished`, `cancel revise ${gateEnds}`],
  ["gate.merging", merge, `cancel revise ${mergeEnds}`],
  ["gate.withdrawing", `${merge} cancel`, `revise mergeWithdrawn ${mergeEnds}`],
  ["rework.correcting", `${work} workFinished gateFailed`, "cancel revise"],
  ["rework.reapplying", `${merge} mergeConflicted`, "cancel revise"],
  ["blocked", `${work} workFinished gateInconclusive`, "cancel revise unblock"],
  ["done", `${merge} merged`, ""],
  ["cancelled", "cancel", ""],
];
const types = new Set([...anyone, claimAfter(0), ...ofRun("")].map(({ type }) => type));
const words = {
  needT0: say<TaskEvent>({ type: "revise", spec: specOf(["T-0"]) }),
  ...Object.fromEntries(
    [...types].map((type) => {
      const told = (now: Play) =>
        [...anyone, ...claims(now), ...ofRun(runOf(now))].find((each) => each.type === type);
      return [type, say((now) => told(now) ?? { type })];
    }),
  ),
};
const stage = { subject, words };
const sorted = (text: string): string => text.split(" ").filter(Boolean).toSorted().join(" ");

describe("no state takes more than its events, and a refused one leaves no trace", () => {
  test.each(places)("%s", (state, way, taken) => {
    const now = play(stage, way);
    expect(now.at()).toBe(state);
    expect(takenOf([...anyone, ...claims(now), ...ofRun(runOf(now))], now)).toBe(
      sorted(`${always} ${taken}`),
    );
  });

  test("imported", () => {
    const imported = { ...subject, input: { ...input, status: "done" } };
    const now = play({ subject: imported, words }, "");
    expect(takenOf([...anyone, ...claims(now), ...ofRun("T-1.0")], now)).toBe(sorted(always));
  });

  test("these are all states in which a task rests, and all events it knows", () => {
    const rests = places.map(([state]) => state);
    const inner = ["", "active", "backlog", "gate", "rework"];
    const passing = ["created", "active.returning", "imported"];
    expect(reachable(subject, "nothing").toSorted()).toEqual(
      [...rests, ...inner, ...passing].toSorted(),
    );
    const events = machine.events.filter((type) => !type.startsWith("xstate."));
    expect(events.toSorted()).toEqual([...types].toSorted());
  });
});

describe("what speaks of another run is refused (T1)", () => {
  test.each(places)("%s", (_state, way) => {
    const now = play(stage, `${work} runFailed ${way}`);
    for (const runId of [runOf(now, 1), "T-1.9", "T-2.1", ""]) {
      expect(takenOf(ofRun(runId), now)).toBe("");
    }
  });
});

// ── the way to done ───────────────────────────────────────────────────────────────────────────

test.each(["active.working", "gate.checking", "gate.merging"])(
  "without %s nothing is done (T2)",
  (state) => {
    expect(reachable(subject, state)).not.toContain("done");
    expect(reachable(subject, "blocked")).toContain("done");
  },
);

// ── after every sequence ──────────────────────────────────────────────────────────────────────

const SETTLED = new Set(["done", "imported", "cancelled"]);
const UNDER_WAY = new Set(["active.claimed", "active.working", "gate.merging"]);
const ATTEMPTS: Readonly<Record<string, string>> = {
  runFailed: "active.claimed active.working",
  gateFailed: "gate.checking",
  mergeRejected: "gate.merging",
};

/** Counts by hand what the chart should have counted. */
class Tally {
  attempts = 0;
  conflicts = 0;
  runs = 0;
  cuts = 0;
  /** The provider of the present run, and of the last one that left something. */
  provider: string | null = null;
  leftBy: string | null = null;

  count({ play: now, from, what, isTaken, event }: Moment): void {
    if (!isTaken) return;
    if ("left" in event) this.leftBy = this.provider;
    if (what === "unblock") this.attempts = this.conflicts = this.cuts = 0;
    if (what === "workFinished" && from === "active.working") this.cuts = 0;
    if (ATTEMPTS[what]?.split(" ").includes(from) === true) this.#end("left" in event);
    if (what === "mergeConflicted" && from === "gate.merging") this.conflicts += 1;
    this.provider = known(now).run?.provider ?? this.provider;
  }

  /** A run that was cut off is one attempt with the next one. */
  #end(isCut: boolean): void {
    const isFree = isCut && this.cuts === 0;
    this.cuts = isFree ? 1 : 0;
    this.attempts += isFree ? 0 : 1;
  }
}

/** The session that the tally knows of was left by the run before, at its own provider. */
function isStrange({ run }: TaskContext, leftBy: string | null): boolean {
  return run !== null && run.resume !== null && run.provider !== leftBy;
}

/** The invariants that a happening has broken. */
function brokenBy(tally: Tally, { play: now, from, isTaken }: Moment): readonly string[] {
  const { attempts, conflicts, run, runs, blockers, cuts, left } = known(now);
  const at = now.at();
  const isActive = at.startsWith("active");
  const isWorkable = isActive || at === "backlog.ready" || at.startsWith("rework");
  const assigned = now.facts().told.filter((each) => "type" in each && each.type === "assign");
  const begins = isTaken && isActive && !from.startsWith("active");
  tally.runs += assigned.length;
  const isMiscounted = attempts !== tally.attempts || conflicts !== tally.conflicts;
  const isSpent = attempts >= 3 || conflicts >= 5;
  const wrong = {
    "T1 a run is held when active, and only then": isActive !== (run !== null),
    "T1 a run is given to an agent once":
      assigned.length !== (begins ? 1 : 0) || runs !== tally.runs,
    "T3 nothing is waited for any more": isWorkable && blockers.length > 0,
    "T4 failures and conflicts are counted": isMiscounted,
    "T4 the last one blocks": isSpent && at !== "blocked" && at !== "cancelled",
    "T4 there are no more": attempts > 3 || conflicts > 5,
    "T5 what is settled stays so": SETTLED.has(from) && at !== from,
    "T7 cut-off runs are counted": cuts !== tally.cuts,
    "T7 what was left is taken by the next run": isActive && left !== null,
    "T7 a session is gone on with where it is": begins && isStrange(known(now), tally.leftBy),
    "T6 what is under way is waited for": at === "cancelled" && UNDER_WAY.has(from),
  };
  return Object.entries(wrong).flatMap(([text, is]) => (is ? [`${text}: ${from} to ${at}`] : []));
}

const takenAt = new Map(places.map(([state, , taken]) => [state, taken.split(" ")]));
/** Everything at any time, but mostly what gets the task on, or stops it on its way. */
function events(now: Play): readonly TaskEvent[] {
  const [at, present] = [now.at(), ofRun(runOf(now))];
  const isOnItsWay = at.startsWith("active") || at.startsWith("gate");
  const likely = [...(takenAt.get(at) ?? []), isOnItsWay ? "cancel" : "claim"];
  const more = [...anyone, ...claims(now).slice(0, 1), ...present].filter(({ type }) =>
    likely.includes(type),
  );
  const next = claims(now).slice(0, 1);
  const rest = anyone.filter(({ type }) => type !== "cancel");
  const onWay = more.filter(({ type }) => isOnItsWay || type !== "cancel");
  return [
    ...rest,
    ...next,
    ...next.map((each): TaskEvent => ({ ...each, provider: "other" }) as TaskEvent),
    ...present,
    ...cutOff(runOf(now)),
    ...cutOff(runOf(now)),
    ...ofRun(runOf(now, 1)),
    ...Array(8).fill(onWay).flat(),
  ];
}

test("T1 and T3 to T7 hold after every sequence", () => {
  const walk = fc.array(fc.nat(), { minLength: 20, maxLength: 200, size: "max" });
  const seen = new Set<string>();
  const property = fc.property(walk, (picks) => {
    const tally = new Tally();
    const broken: string[] = [];
    const look = (moment: Moment) => {
      tally.count(moment);
      broken.push(...brokenBy(tally, moment));
      seen.add(moment.play.at());
    };
    wander(subject, picks, { events, look });
    expect(broken).toEqual([]);
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
  expect([...seen].toSorted()).toEqual(places.map(([state]) => state).toSorted());
});
