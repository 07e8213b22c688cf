/**
 * How an effect may end in the world, and what is true afterwards. The first ending is the one
 * that is hoped for; every other is an adversity.
 */
import type { CheckResult, RunExit } from "../../machines/protocol.ts";
import { NOTHING_USED } from "../../machines/spending.ts";
import { plainExit } from "../../src/agents/run-exit.ts";
import { latest } from "./world.ts";
import type { Deed, Truth, World } from "./world.ts";

export interface Ending {
  readonly label: string;
  readonly result: { readonly output: unknown } | { readonly code: string };
  readonly truth: Truth;
}

type Endings = (deed: Deed, world: World, ends: readonly RunExit[]) => readonly Ending[];

interface RunInput {
  readonly agentId: string;
  readonly work: { readonly taskId: string; readonly runId: string };
}
interface MergeInput {
  readonly taskId: string;
  readonly commit: string;
  readonly onto: string;
}

const findings = [{ source: "world", text: "so it came" }];

const given = (output: unknown, label: string, truth: Truth): Ending => {
  return { label, result: { output }, truth };
};
const failing = (code: string, truth: Truth, label = "fails"): Ending => {
  return { label: `${label} (${code})`, result: { code }, truth };
};

/** What failed has not told what it used, so that its estimate counts. */
const exitOf = (outcome: RunExit["outcome"], more: Partial<RunExit> = {}): RunExit => {
  const usage = outcome === "failed" ? null : NOTHING_USED;
  return plainExit({ outcome, detail: outcome, usage, ...more });
};

/** How a program ends in most worlds. */
export const RUN_ENDS: readonly RunExit[] = [
  exitOf("completed"),
  exitOf("failed"),
  exitOf("limited"),
  exitOf("notStarted"),
];

const usedUp = (usedRatio: number) => [{ name: "five_hour", usedRatio, resetsAtMs: null }];
/** How it ends where its account is what the world is about. */
export const ACCOUNT_ENDS: readonly RunExit[] = [
  exitOf("completed"),
  exitOf("completed", { detail: "85 % used", windows: usedUp(0.85) }),
  exitOf("completed", { detail: "97 % used", windows: usedUp(0.97) }),
  exitOf("limited", { detail: "overloaded", errorClass: "overloaded" }),
  exitOf("notStarted", { detail: "refused", errorClass: "auth" }),
];
const session = { sessionId: "s-1", used: null };
/** How it ends where it can be gone on with. */
export const CUT_ENDS: readonly RunExit[] = [
  exitOf("completed", { session }),
  exitOf("failed", { detail: "crashed", errorClass: "crashed", session }),
  exitOf("limited", { detail: "used up", errorClass: "usage_limited", session }),
  exitOf("failed", { detail: "forgotten", errorClass: "session_not_found" }),
];
const STOP_ENDS = [exitOf("stopped"), exitOf("completed"), exitOf("limited")];

/** The program has ended in each of these; a fault of the effect leaves it running. */
function endsOf(exits: readonly RunExit[], { input }: Deed, { truth }: World): readonly Ending[] {
  const { runId } = (input as RunInput).work;
  const programs = new Map([...truth.programs].filter(([each]) => each !== runId));
  const ended = { ...truth, programs };
  return exits.map((exit) => given(exit, `gives ${exit.detail}`, ended));
}
const ofRun: Endings = (deed, world, ends) => endsOf(ends, deed, world);
const ofStop: Endings = (deed, world) => endsOf(STOP_ENDS, deed, world);

const faulty =
  (endings: Endings, ...codes: readonly string[]): Endings =>
  (deed, world, ends) => [
    ...endings(deed, world, ends),
    ...codes.map((code) => failing(code, world.truth)),
  ];

const simply =
  (output: unknown): Endings =>
  (_deed, { truth }) => [given(output, "is done", truth)];

const collectWork: Endings = ({ input }, { truth }) => {
  const { work, keep } = input as RunInput & { readonly keep: boolean };
  const commit = `work-${work.runId}`;
  const nothing = { commit: null, changed: false, findings: [] };
  const made = { ...truth, made: latest(new Set([...truth.made, commit])) };
  const kept = given({ commit, changed: true, findings: [] }, `gives ${commit}`, made);
  const empty = given(nothing, "finds nothing", truth);
  return keep ? [kept, empty] : [empty];
};

const check: CheckResult = {
  name: "tests",
  mandatory: true,
  passed: true,
  score: null,
  floor: 0,
  deep: false,
  evidence: { path: "checks/tests.json", sha256: "5eed" },
  excerpt: "the end",
};

const runChecks: Endings = ({ input }, { truth }) => {
  const { commit } = input as { readonly commit: string };
  const passed = { ...truth, passed: latest(new Set([...truth.passed, commit])) };
  return [
    given([check], "pass", passed),
    given([{ ...check, passed: false }], "fail", truth),
    given([], "leave no evidence", truth),
  ];
};

/** A rebase makes a commit of its own each time, and names what it was made of. */
const rebase: Endings = ({ id, input }, { truth }) => {
  const { commit } = input as MergeInput;
  const rebased = `${commit}+${id.split("@")[1]}`;
  const origin = new Map(truth.origin).set(rebased, commit);
  return [
    given({ kind: "rebased", commit: rebased, onto: "tip" }, "rebases", { ...truth, origin }),
    given({ kind: "conflict", findings }, "finds a conflict", truth),
    given({ kind: "empty", findings }, "finds nothing to merge", truth),
  ];
};

function landed(truth: Truth, commit: string): Truth {
  const onTarget = latest(new Set([...truth.onTarget, commit]));
  const task = taskOf(commit);
  const landings = new Map(truth.landings).set(task, (truth.landings.get(task) ?? 0) + 1);
  return { ...truth, onTarget, landings };
}

/** `work-T-1.3+7/0` is of the task `T-1`. */
export const taskOf = (commit: string): string => /T-\d+/.exec(commit)?.[0] ?? "";

const land: Endings = ({ input }, { truth }) => {
  const { commit } = input as MergeInput;
  const done = landed(truth, commit);
  return [
    given({ kind: "landed" }, "lands", done),
    given({ kind: "moved" }, "finds the target moved", truth),
    given({ kind: "held", reason: "in use" }, "finds the target held", truth),
    failing("interrupted", done, "lands and fails"),
    failing("interrupted", truth),
  ];
};

const observeTarget: Endings = ({ input }, { truth }) => {
  const { commit } = input as MergeInput;
  const contains = truth.onTarget.has(commit);
  return [given({ contains }, contains ? "sees it" : "does not see it", truth)];
};

const rank: Endings = ({ id }, { looks, truth }) => {
  const ranking = looks.get(id);
  if (ranking === undefined) return [];
  return [
    given(ranking, ranking.kind === "picked" ? `picks ${ranking.taskId}` : "picks nothing", truth),
  ];
};

const ENDINGS: Readonly<Record<string, Endings>> = {
  rank: faulty(rank, "broken"),
  probeProvider: faulty(simply(null), "broken"),
  prepareWorktree: faulty(simply(null), "broken"),
  runAgent: faulty(ofRun, "interrupted", "broken"),
  adoptRun: faulty(ofRun, "broken"),
  stopRun: faulty(ofStop, "broken"),
  collectWork: faulty(collectWork, "broken"),
  runChecks: faulty(runChecks, "broken"),
  rebase: faulty(rebase, "broken"),
  land,
  observeTarget: faulty(observeTarget, "broken"),
  retireBranch: faulty(simply(null), "broken"),
};

/** The ways in which an effect under way may end now. */
export function endingsOf(
  deed: Deed,
  world: World,
  ends: readonly RunExit[] = RUN_ENDS,
): readonly Ending[] {
  const endings = ENDINGS[deed.kind];
  if (endings === undefined) throw new Error(`the world does not know what ${deed.kind} does`);
  return endings(deed, world, ends);
}
