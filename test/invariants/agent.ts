/** The invariants of an agent (A1 to A5), what its chart is walked with, and its facts. */
import type { AgentContext } from "../../machines/agent-setup.ts";
import type { AgentEvent, Assignment, RunExit } from "../../machines/protocol.ts";
import type { Facts, Resting } from "../../src/proof/checker/facts.ts";
import type { Samples } from "../../src/proof/checker/survey.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { at, enters, isIn, known, startedIn, toldIn, whatIn } from "./moments.ts";

const was = ({ before }: Moment): AgentContext | undefined =>
  known<AgentContext | undefined>(before);
const is = ({ after }: Moment): AgentContext => known<AgentContext>(after);

const REPORTS = ["workFinished", "runFailed", "runReleased"];
const reportsIn = (moment: Moment) =>
  toldIn(moment, "task").filter(({ type }) => REPORTS.includes(type));

/** The present run is reported when the agent becomes free, and a refused one at once. */
function reportsOnce(moment: Moment): boolean {
  const { before, after } = moment;
  const runId = was(moment)?.work?.runId;
  const isEnding = isIn(after, "free") && runId !== undefined;
  const reports = reportsIn(moment).filter((each) => each["runId"] === runId);
  const isWorking = is(moment).work !== null;
  const begins = !isIn(after, "free") && isIn(before, "free");
  return (
    isIn(after, "free") !== isWorking &&
    reports.length === (isEnding ? 1 : 0) &&
    (!begins || whatIn(moment) === "assign") &&
    (!isEnding || isIn(before, "preparing") || isIn(before, "collecting"))
  );
}

function startsOnce(moment: Moment): boolean {
  const started = startedIn(moment);
  const isPrepared = isIn(moment.before, "preparing") && whatIn(moment) === "prepareWorktree done";
  const wasCut = whatIn(moment) === "runAgent failed";
  return (!started.includes("runAgent") || isPrepared) && (!started.includes("adoptRun") || wasCut);
}

const PROGRAM_ENDS = ["runAgent done", "adoptRun done", "stopRun done"];

/** The timers that watch over a run, by their delays. */
const watchesOf = ({ timers }: Moment["after"]): readonly string[] =>
  [...timers.keys()].filter((name) => /^(lease|suspicion)@/.test(name));

const NO_ATTEMPT = ["limited", "notStarted", "stopped"];

function releasesLimits(moment: Moment): boolean {
  const outcome = was(moment)?.exit?.outcome;
  const wasStopped = outcome !== undefined && NO_ATTEMPT.includes(outcome);
  const isRefused = wasStopped || isIn(moment.before, "preparing.halted");
  if (!isRefused || !enters(moment, "free")) return true;
  return reportsIn(moment).every(({ type }) => type === "runReleased");
}

export const invariants: readonly Invariant[] = [
  {
    id: "A1",
    text: "between assign and the report there is one run, and its end is reported once",
    holds: reportsOnce,
  },
  {
    id: "A2",
    text: "a program is started once, and adopted only after it was started",
    holds: startsOnce,
  },
  {
    id: "A3",
    text: "the worktree is touched only while no program of ours runs in it",
    holds: (moment) =>
      moment.after.children.size <= 1 &&
      (!enters(moment, "collecting") || PROGRAM_ENDS.includes(whatIn(moment))),
  },
  {
    id: "A4",
    text: "a run has a lease as long as its program is at work",
    holds: (moment) =>
      watchesOf(moment.after).length === (isIn(moment.after, "working") ? 1 : 0) &&
      (whatIn(moment) !== "suspicion" || at(moment.after) === "stopping.silent"),
  },
  {
    id: "A5",
    text: "a limit, a missing program or a stop is no failed attempt",
    holds: releasesLimits,
  },
];

// ── samples ───────────────────────────────────────────────────────────────────────────────────

const plan = { provider: "local", tier: "low", startFrom: "target", commit: null } as const;
const workOf = (taskId: string): Assignment => ({ taskId, runId: `${taskId}.1`, ...plan });
const reason = "it is wanted";
const exitOf = (outcome: RunExit["outcome"]): RunExit => {
  return { outcome, detail: outcome, retryAtMs: null, usage: null };
};
const exits = (["completed", "failed", "limited", "notStarted", "stopped"] as const).map(exitOf);

/**
 * The present run, and another one that the agent must not mistake for it. The run in hand is not
 * assigned once more: the host delivers a message once, and a task assigns a run once (T1).
 */
function events({ context }: Resting): readonly AgentEvent[] {
  const work = context["work"] as Assignment | null;
  const runs = [work?.runId ?? "T-0.1", "T-0.9"];
  return [
    { type: "assign", ...workOf(work?.taskId === "T-1" ? "T-2" : "T-1") },
    ...runs.map((runId) => ({ type: "beat", runId }) as const),
    ...runs.map((runId) => ({ type: "stop", runId, reason }) as const),
    { type: "drain", reason },
  ];
}

export const samples: Samples = {
  actor: "agent:a-1",
  inputs: [{ id: "a-1" }],
  events: events as Required<Samples>["events"],
  outputs: {
    runAgent: exits,
    adoptRun: exits,
    stopRun: exits,
    collectWork: [
      { commit: "c0ffee", changed: true, findings: [] },
      { commit: null, changed: false, findings: [] },
    ],
  },
  essence: ({ work, exit, faults }: AgentContext) => [
    work?.runId,
    exit?.outcome,
    Math.min(faults, 2),
  ],
};

export const facts: Facts = {
  samples,
  sentBy: { beat: ["agent program"] },
  once: [{ effect: "runAgent", renewedBy: ["assign"] }],
  destructive: [
    // A worktree is taken apart for the next run only after its last one was collected.
    { effect: "prepareWorktree", after: "collecting", since: "working" },
  ],
};
