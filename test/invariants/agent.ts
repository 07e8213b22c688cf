/** The invariants of an agent (A1 to A6), and what the checker cannot see in its chart. */
import type { AgentContext } from "../../machines/agent-setup.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
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

const CUT_OFF = ["timeout", "crashed", "killed"];

/** The branch goes back to the start unless the work is handed in or can be gone on with. */
function keepsWhatCounts(moment: Moment): boolean {
  const { exit, work } = is(moment);
  const asked = moment.requests.effects.find(({ kind }) => kind === "collectWork")?.input;
  if (asked === undefined || exit === null || work === null) return true;
  const isCut = exit.outcome === "failed" && CUT_OFF.includes(exit.errorClass ?? "");
  const isLimit = exit.outcome === "limited" || exit.outcome === "notStarted";
  const isPlain = exit.session !== null && work.startFrom !== "overlay";
  const isLeft = isPlain && (isLimit || (isCut && work.resume === null));
  return (asked as { keep: boolean }).keep === (exit.outcome === "completed" || isLeft);
}

/** What is told of it is what was collected, and a run that was gone on with leaves no more. */
function leavesOnce(moment: Moment): boolean {
  const { exit, work } = was(moment) ?? {};
  const left = reportsIn(moment).find((each) => each["runId"] === work?.runId)?.["left"];
  if (left === undefined || work === undefined || work === null) return true;
  const isGiven = JSON.stringify(left) === JSON.stringify(work.resume);
  if (isGiven && (exit === null || exit?.outcome === "notStarted")) return true;
  const isPlain = work.startFrom !== "overlay" && exit?.outcome !== "completed";
  const isAgain = exit?.outcome === "failed" && work.resume !== null;
  return isPlain && !isAgain && exit?.session !== null && whatIn(moment) === "collectWork done";
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
  {
    id: "A6",
    text: "what is handed in or can be gone on with is kept, and a run is gone on with once",
    holds: (moment) => keepsWhatCounts(moment) && leavesOnce(moment),
  },
];

export const facts: Facts = {
  sentBy: { beat: ["agent program"] },
  once: [{ effect: "runAgent", renewedBy: ["assign"] }],
  destructive: [
    // A worktree is taken apart for the next run only after its last one was collected.
    { effect: "prepareWorktree", after: "collecting", since: "working" },
  ],
};
