/** The merge request chart, row by row: where each happening leads, and all that it asks for. */
import { describe, expect, test } from "vitest";
import type { MergeRequestContext } from "../../machines/merge-request-setup.ts";
import { machine } from "../../machines/merge-request.ts";
import type { MergeRequestEvent } from "../../machines/protocol.ts";
import { all, compare, done, elapse, failed, gapsOf } from "../support/chart-table.ts";
import { play, say } from "../support/chart-table.ts";
import type { Play, Rows, Stage } from "../support/chart-table.ts";

const send = say<MergeRequestEvent>;
const findings = [{ source: "git", text: "both changed src/a.ts" }];
const gateOf = (now: Play): string =>
  `gate:merge-request-T-1.1.${now.context<MergeRequestContext>().rounds}`;
const passed = send((now) => ({ type: "gatePassed", gateId: gateOf(now) }));
const rebased = done("rebase", { kind: "rebased", commit: "r1", onto: "m1" });
const turn = send({ type: "takeTurn" });
const check = all(turn, rebased);
const land = all(check, passed);
const moves = done("land", { kind: "moved" });
const again = all(rebased, passed, moves);
const observe = all(land, done("land", { kind: "landed" }));
const rebaseFails = failed("rebase", "git.broken", "no space");
const faultWait = elapse("faultWait");

const unseen = failed("observeTarget", "git.broken", "no space");
const held = done("land", { kind: "held", reason: "src/a.ts is being edited" });

const words = {
  turn,
  check,
  land,
  moves,
  again,
  observe,
  rebased,
  rebaseFails,
  faultWait,
  passed,
  withdraw: send({ type: "withdraw" }),
  conflict: done("rebase", { kind: "conflict", findings }),
  empty: done("rebase", { kind: "empty", findings }),
  falters: all(rebaseFails, faultWait),
  fails: send((now) => ({ type: "gateFailed", gateId: gateOf(now), findings })),
  lost: send((now) => ({ type: "gateInconclusive", gateId: gateOf(now), reason: "no evidence" })),
  staleGate: send({ type: "gatePassed", gateId: "gate:merge-request-T-1.1.1" }),
  landed: done("land", { kind: "landed" }),
  held,
  crash: failed("land", "interrupted", "a crash of ours"),
  landFails: failed("land", "git.notForward", "it is not forward"),
  recheck: elapse("holdRecheck"),
  heldAgain: all(held, elapse("holdRecheck")),
  contains: done("observeTarget", { contains: true }),
  lacks: done("observeTarget", { contains: false }),
  unseen,
  asksAgain: all(unseen, faultWait),
  retired: done("retireBranch", null),
  unretired: failed("retireBranch", "git.broken", "no space"),
};
const input = { id: "merge-request:T-1.1", taskId: "T-1", commit: "c0ffee" };
const stage: Stage = { subject: { machine, actor: input.id, input }, words };

/** Where a landing is, and whether it is wanted still. */
const at = (step: string, wish = "wanted"): string => `landing.(wish.${wish} step.${step})`;
const LAND = `${at("moving")}: run land`;
const OBSERVE = `${at("observing")}: run observeTarget`;
const end = (state: string, report: string): string =>
  `${state}: tell task:T-1 ${report}, tell refinery settled`;
const MERGED = end("merged", "merged");
const CONFLICTED = end("conflicted", "mergeConflicted");
const REJECTED = end("rejected", "mergeRejected");
const LOST = end("inconclusive", "mergeInconclusive");
const WITHDRAWN = end("withdrawn", "mergeWithdrawn");

const rows: Rows = {
  "it asks for a place in the queue": "=> queued: tell refinery enqueue",
  "its turn begins with a rebase": "turn => rebasing: run rebase",
  "a turn is taken once": "turn !turn => rebasing",
  "what was rebased is checked, in a gate of that round (M2)":
    "turn rebased => checking: start gate:merge-request-T-1.1.1",
  "what passed is landed (M2)": `check passed => ${LAND}`,
  "what landed is looked for (M1)": `land landed => ${OBSERVE}`,
  "what is seen on the target is tidied up (M1)": "observe contains => retiring: run retireBranch",
  "and merged": `observe contains retired => ${MERGED}`,
  "even where tidying up failed (M1)": `observe contains unretired => ${MERGED}`,

  "a conflict ends it": `turn conflict => ${CONFLICTED}`,
  "an empty change is rejected": `turn empty => ${REJECTED}`,
  "what fails the gate is rejected (M2)": `check fails => ${REJECTED}`,
  "a lost gate is no verdict (M2)": `check lost => ${LOST}`,
  "the gate of an earlier round means nothing (M2)": "land moves rebased !staleGate => checking",
  "each round has a gate of its own (M2)": [
    "land moves rebased",
    "checking: start gate:merge-request-T-1.1.2",
  ],

  "a target that moved means another rebase (M2)": "land moves => rebasing: run rebase",
  "the tenth round may land (M5)": `turn 9*again rebased passed landed => ${OBSERVE}`,
  "the ninth move means a tenth rebase (M5)": "turn 9*again => rebasing: run rebase",
  "the tenth move ends it (M5)": `turn 10*again => ${LOST}`,
  "a held target is tried again in two seconds": `land held => ${at("held")}: set holdRecheck 2s`,
  "without another check": `land held recheck => ${LAND}`,
  "as often as it is held, and twice as long each time": [
    "land 2*heldAgain held",
    `${at("held")}: set holdRecheck 8s`,
  ],
  "up to a minute": `land 7*heldAgain held => ${at("held")}: set holdRecheck 1m`,
  "another rebase begins to count anew": [
    "land 3*heldAgain moves rebased passed held",
    `${at("held")}: set holdRecheck 2s`,
  ],
  "a target that moved while it was held means another rebase (M2)":
    "land held recheck moves => rebasing: run rebase",

  "a rebase that failed is tried again in a second": [
    "turn rebaseFails",
    "faltering: set faultWait 1s",
  ],
  "and again": "turn rebaseFails faultWait => rebasing: run rebase",
  "the fourth failure in a row is tried again (M5)":
    "turn 3*falters rebaseFails => faltering: set faultWait 1s",
  "the fifth one ends it (M5)": `turn 4*falters rebaseFails => ${LOST}`,
  "a rebase that worked begins to count anew":
    "turn 4*falters again 4*falters => rebasing: run rebase",

  "after a crash while landing git is asked first (M3)": `land crash => ${OBSERVE}`,
  "after a fault as well (M3)": `land landFails => ${OBSERVE}`,
  "what git shows is merged then (M3)": `land crash contains retired => ${MERGED}`,
  "what it does not show is rebased anew (M3)": "land crash lacks => rebasing: run rebase",
  "what landed and is gone is rebased anew (M1)": "observe lacks => rebasing: run rebase",
  "the tenth time it ends it (M5)": `turn 9*again rebased passed landed lacks => ${LOST}`,
  "while git does not answer it is asked again": [
    "observe unseen",
    `${at("wondering")}: set faultWait 1s`,
  ],
  "and again, and nothing is landed meanwhile (M3)": `observe unseen faultWait => ${OBSERVE}`,

  "it can be withdrawn from the queue": `withdraw => ${WITHDRAWN}`,
  "from a rebase": `turn withdraw => ${WITHDRAWN}, end rebase`,
  "from waiting after a fault": `turn rebaseFails withdraw => ${WITHDRAWN}, clear faultWait`,
  "from its gate, which is cancelled": [
    "check withdraw",
    "withdrawn: tell gate:merge-request-T-1.1.1 cancel, " +
      "tell task:T-1 mergeWithdrawn, tell refinery settled",
  ],
  "from waiting for a held target (M6)": `land held withdraw => ${WITHDRAWN}, clear holdRecheck`,
  "while it lands the landing comes first (M3)": `land withdraw => ${at("moving", "unwanted")}`,
  "and is merged where it succeeds (M6)": `land withdraw landed contains retired => ${MERGED}`,
  "a target that moved ends it then (M6)": `land withdraw moves => ${WITHDRAWN}`,
  "so does one that is held (M6)": `land withdraw held => ${WITHDRAWN}`,
  "after a crash git is asked first, also then (M3)": [
    "land withdraw crash",
    `${at("observing", "unwanted")}: run observeTarget`,
  ],
  "and what is not on the target is withdrawn (M6)": `land withdraw crash lacks => ${WITHDRAWN}`,
  "also where it was seen to land (M6)": `observe withdraw lacks => ${WITHDRAWN}`,
  "also where git did not answer at first (M6)": [
    "observe unseen withdraw faultWait lacks",
    WITHDRAWN,
  ],
  "what it shows is merged, wanted or not (M1)": `land withdraw crash contains retired => ${MERGED}`,
  "while it is looked for that comes first (M1)": ["observe withdraw", at("observing", "unwanted")],
  "while git does not answer as well (M1)": [
    "observe unseen withdraw ~withdraw",
    at("wondering", "unwanted"),
  ],
  "questions to git are no failed rebases (M5)": [
    "observe 5*asksAgain lacks rebaseFails",
    "faltering: set faultWait 1s",
  ],
  "what is merged is merged": "observe contains ~withdraw => retiring",
  "an end is an end (M4)": "withdraw !turn ~withdraw => withdrawn",
};

describe("a merge request", () => {
  test.each(Object.entries(rows))("%s", (_title, row) => {
    const [seen, written] = compare(stage, row);
    expect(seen).toBe(written);
  });

  test("the rows take every transition and reach every state", () => {
    expect(gapsOf([stage, rows])).toEqual([]);
  });
});

const mergeId = input.id;
const settled = { type: "settled", mergeId };
const moved = "the target moved 10 times meanwhile";
const gone = "it was landed and is not on the target";
const lost = (reason: string) => [{ type: "mergeInconclusive", mergeId, reason }, settled];
test.each<[string, string, object]>([
  [
    "the refinery hears for which task",
    "",
    { told: [{ type: "enqueue", mergeId, taskId: "T-1" }] },
  ],
  ["at first nothing is found or missed", "", { findings: [], faults: 0, reason: null }],
  [
    "the task's commit is rebased",
    "turn",
    { given: [{ taskId: "T-1", commit: "c0ffee" }], rounds: 1 },
  ],
  [
    "the rebased commit is checked (M2)",
    "check",
    { told: [{ commit: "r1", replyTo: mergeId, taskId: "T-1" }] },
  ],
  [
    "the checked commit is landed, onto what it stands on (M2)",
    "land",
    { given: [{ commit: "r1", onto: "m1" }] },
  ],
  ["the landed commit is looked for (M1)", "observe", { given: [{ commit: "r1" }] }],
  ["the task's branch is retired", "observe contains", { given: [{ taskId: "T-1" }] }],
  [
    "the merged commit is told (M4)",
    "observe contains retired",
    { told: [{ mergeId, commit: "r1" }, settled] },
  ],
  ["the conflict is told (M4)", "turn conflict", { told: [{ mergeId, findings }, settled] }],
  ["an empty change is told (M4)", "turn empty", { told: [{ mergeId, findings }, settled] }],
  ["what the gate found is told (M4)", "check fails", { told: [{ mergeId, findings }, settled] }],
  ["that the gate was lost is told (M4)", "check lost", { told: lost("no evidence") }],
  ["that the target keeps moving is told (M5)", "turn 10*again", { told: lost(moved) }],
  [
    "that it is gone is told (M5)",
    "turn 9*again rebased passed landed lacks",
    { told: lost(gone) },
  ],
  ["that git is broken is told (M5)", "turn 4*falters rebaseFails", { told: lost("no space") }],
  ["that it is withdrawn is told (M4)", "withdraw", { told: [{ mergeId }, settled] }],
  ["faults are counted in a row", "turn 3*falters", { faults: 3, rounds: 4, reason: "no space" }],
  ["a rebase ends the row", "turn 3*falters rebased", { faults: 0, reason: null }],
  ["why it waits is kept", "land held", { reason: "src/a.ts is being edited" }],
  ["that the branch stayed is kept", "observe contains unretired", { reason: "no space" }],
])("%s", (_title, script, facts) => {
  expect(play(stage, script).facts()).toMatchObject(facts);
});
