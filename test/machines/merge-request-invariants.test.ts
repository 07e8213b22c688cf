/** What holds of a merge request after every sequence, and what it refuses in every state. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MergeRequestContext } from "../../machines/merge-request-setup.ts";
import { machine } from "../../machines/merge-request.ts";
import type { GateVerdict, MergeRequestEvent } from "../../machines/protocol.ts";
import { all, done, elapse, failed, movedBy, play } from "../support/chart-table.ts";
import { reachable, say, takenOf, wander } from "../support/chart-table.ts";
import type { Moment, Play, Stage } from "../support/chart-table.ts";

const findings = [{ source: "git", text: "both changed src/a.ts" }];
const known = (now: Play): MergeRequestContext => now.context<MergeRequestContext>();
const verdicts = (gateId: string): readonly GateVerdict[] => [
  { type: "gatePassed", gateId },
  { type: "gateFailed", gateId, findings },
  { type: "gateInconclusive", gateId, reason: "no evidence" },
];
const gateOf = (now: Play, ago = 0): string =>
  `gate:merge-request-T-1.1.${known(now).rounds - ago}`;
const requests: readonly MergeRequestEvent[] = [{ type: "takeTurn" }, { type: "withdraw" }];
const present = (now: Play): readonly MergeRequestEvent[] => [
  ...requests,
  ...verdicts(gateOf(now)),
];

const rebased = done("rebase", { kind: "rebased", commit: "r1", onto: "m1" });
const gatePassed = say((now) => ({ type: "gatePassed", gateId: gateOf(now) }));
const turn = say<MergeRequestEvent>({ type: "takeTurn" });
const faultWait = elapse("faultWait");
const check = all(turn, rebased);
const land = all(check, gatePassed);
const observe = all(land, done("land", { kind: "landed" }));
const unseen = failed("observeTarget");

const words = {
  turn,
  check,
  land,
  observe,
  unseen,
  faultWait,
  withdraw: say<MergeRequestEvent>({ type: "withdraw" }),
  /** A withdrawal, whether anything comes of it or not. */
  unwanted: (now: Play) => void now.offer({ kind: "event", event: { type: "withdraw" } }),
  fails: say((now) => ({ type: "gateFailed", gateId: gateOf(now), findings })),
  lost: say((now) => ({ type: "gateInconclusive", gateId: gateOf(now), reason: "none" })),
  conflict: done("rebase", { kind: "conflict", findings }),
  rebaseFails: failed("rebase"),
  falters: all(failed("rebase"), faultWait),
  moves: done("land", { kind: "moved" }),
  held: done("land", { kind: "held", reason: "in use" }),
  crash: failed("land", "interrupted"),
  asksAgain: all(unseen, faultWait),
  contains: done("observeTarget", { contains: true }),
  lacks: done("observeTarget", { contains: false }),
  retired: done("retireBranch", null),
};
const input = { id: "merge-request:T-1.1", taskId: "T-1", commit: "c0ffee" };
const subject = { machine, actor: input.id, input };
const stage: Stage = { subject, words };

// ── what each state takes ─────────────────────────────────────────────────────────────────────

/** Where a landing is, and whether it is wanted still. */
const at = (step: string, wish = "wanted"): string => `landing.(wish.${wish} step.${step})`;
const verdict = "gateFailed gateInconclusive gatePassed";
const places: readonly (readonly [state: string, way: string, moved: string])[] = [
  ["queued", "", "takeTurn withdraw"],
  ["rebasing", "turn", "withdraw"],
  ["faltering", "turn rebaseFails", "withdraw"],
  ["checking", "check", `${verdict} withdraw`],
  [at("moving"), "land", "withdraw"],
  [at("moving", "unwanted"), "land withdraw", ""],
  [at("held"), "land held", "withdraw"],
  [at("observing"), "observe", "withdraw"],
  [at("observing", "unwanted"), "observe withdraw", ""],
  [at("wondering"), "observe unseen", "withdraw"],
  [at("wondering", "unwanted"), "observe unseen withdraw", ""],
  ["retiring", "observe contains", ""],
  ["merged", "observe contains retired", ""],
  ["conflicted", "turn conflict", ""],
  ["rejected", "check fails", ""],
  ["inconclusive", "check lost", ""],
  ["withdrawn", "withdraw", ""],
];

const flat = places.map(([state]) => state).filter((state) => !state.includes("("));
const wishes = ["", ".wish", ".wish.wanted", ".wish.unwanted"];
const steps = ["", ".moving", ".held", ".observing", ".wondering"].map((each) => `.step${each}`);
const landings = [...wishes, ...steps].map((each) => `landing${each}`);
/** Every state of the chart as a path. */
const states = [...flat, ...landings].toSorted();

describe("no state takes more than its events, and an idle withdrawal", () => {
  test.each(places)("%s", (state, way, moved) => {
    const now = play(stage, way);
    expect(now.at()).toBe(state);
    expect(movedBy(present(now), now)).toBe(moved);
    const taken = new Set([...moved.split(" "), "withdraw"].filter((each) => each !== ""));
    expect(takenOf(present(now), now)).toBe([...taken].toSorted().join(" "));
    for (const gateId of [gateOf(now, 1), gateOf(now, -1), "gate:T-1.1", ""]) {
      expect(takenOf([...verdicts(gateId), { type: "merged" }], now)).toBe("");
    }
  });

  test("these are all states, and all events it knows", () => {
    expect(reachable(subject, "nothing").toSorted()).toEqual(["", ...states].toSorted());
    const events = machine.events.filter((type) => !type.startsWith("xstate."));
    expect(events.toSorted()).toEqual(["takeTurn", "withdraw", ...verdict.split(" ")].toSorted());
  });
});

test.each(["rebasing", "checking", "landing.step.moving", "landing.step.observing"])(
  "without %s nothing is merged (M1, M2)",
  (state) => {
    expect(reachable(subject, state)).not.toContain("merged");
    expect(reachable(subject, "landing.step.held")).toContain("merged");
  },
);

// ── after every sequence ──────────────────────────────────────────────────────────────────────

const REPORTS: Readonly<Record<string, string>> = {
  merged: "merged",
  conflicted: "mergeConflicted",
  rejected: "mergeRejected",
  inconclusive: "mergeInconclusive",
  withdrawn: "mergeWithdrawn",
};

/** The step of a landing, or the state itself. */
const stepOf = (state: string): string => /step\.(\w+)/.exec(state)?.[1] ?? state;
const isBeginning = (kind: string): boolean => kind === "rebase" || kind === "land";

/** Remembers by hand what was proven of the commit that is on its way. */
class Witness {
  readonly broken: string[] = [];
  readonly #told: string[] = [];
  #isChecked = false;
  #mustAsk = false;
  #isSeen = false;
  #isUnwanted = false;

  readonly look = ({ play: now, from, what, isTaken }: Moment): void => {
    const at = now.at();
    const kinds = now.requests.effects.map(({ kind }) => kind);
    const [was, is] = [stepOf(from), stepOf(at)];
    if (isTaken && was === "observing" && is !== "wondering" && was !== is) this.#mustAsk = false;
    if (isTaken && what === "gatePassed") this.#isChecked = true;
    if (at === "retiring" && was === "observing") this.#isSeen = true;
    if (isTaken && what === "withdraw") this.#isUnwanted = true;
    if (kinds.includes("rebase")) this.#isChecked = this.#isSeen = false;
    const messages = now.requests.messages.filter(({ to }) => /^(task|refinery)/.test(to));
    const told = messages.map((each) => ("event" in each ? each.event.type : "start"));
    this.#told.push(...told);
    const report = REPORTS[at];
    const wrong = {
      "M1 it is merged where it was seen": at === "merged" && !this.#isSeen,
      "M2 what is landed was checked": kinds.includes("land") && !this.#isChecked,
      "M3 git is asked before it is landed again": kinds.includes("land") && this.#mustAsk,
      "M4 the end is told once":
        this.#told.join() !== (report === undefined ? "" : `${report},settled`),
      "M6 what is unwanted is not begun again": this.#isUnwanted && kinds.some(isBeginning),
      "M5 there are few rounds": known(now).rounds > 14,
      "one effect at most is under way": now.live.children.size > 1,
    };
    if (what === "land fails") this.#mustAsk = true;
    const texts = Object.entries(wrong).flatMap(([text, is]) => (is ? [text] : []));
    this.broken.push(...texts.map((text) => `${text}: ${from}, ${what}, ${at}`));
  };
}

const outputs = {
  rebase: [
    ...["r1", "r2", "r3", "r4"].map((commit) => ({ kind: "rebased", commit, onto: "m1" }) as const),
    { kind: "conflict", findings },
    { kind: "empty", findings },
  ],
  land: [{ kind: "landed" }, { kind: "moved" }, { kind: "held", reason: "in use" }],
  observeTarget: [{ contains: true }, { contains: false }],
  retireBranch: [null],
} as const;

test("M1, M2, M3 and M4 hold after every sequence", () => {
  const walk = fc.array(fc.nat(), { minLength: 30, maxLength: 150, size: "max" });
  const been = new Set<string>();
  const events = (now: Play) => {
    const passes = Array.from({ length: 8 }, () => ({ type: "gatePassed", gateId: gateOf(now) }));
    return [...present(now), ...verdicts(gateOf(now, 1)), { type: "takeTurn" }, ...passes];
  };
  const property = fc.property(walk, (picks) => {
    const witness = new Witness();
    const end = wander(subject, picks, { events, outputs, look: witness.look });
    end.been.forEach((each) => been.add(each));
    expect(witness.broken).toEqual([]);
  });
  fc.assert(property, { seed: 1, numRuns: 400 });
  expect([...been].toSorted()).toEqual(states);
});

test("a target that keeps moving and a rebase that keeps failing come to an end (M5)", () => {
  const walk = fc.array(fc.nat(), { minLength: 120, maxLength: 120, size: "max" });
  const events = (now: Play) => [{ type: "takeTurn" }, ...verdicts(gateOf(now)).slice(0, 1)];
  const never = {
    rebase: [{ kind: "rebased", commit: "r1", onto: "m1" }],
    land: [{ kind: "moved" }, { kind: "landed" }],
    observeTarget: [{ contains: false }],
  } as const;
  const property = fc.property(walk, (picks) => {
    const end = wander(subject, [...picks, ...picks, ...picks], {
      events,
      outputs: never,
      look: () => {},
    });
    expect(end.at()).toBe("inconclusive");
  });
  fc.assert(property, { seed: 1, numRuns: 60 });
});
