/** The invariants of a task (T1 to T7), and what the checker cannot see in its chart. */
import type { TaskContext } from "../../machines/task-setup.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { at, enters, eventIn, isIn, known, toldIn, typesIn, whatIn } from "./moments.ts";

const was = ({ before }: Moment): TaskContext | undefined => known<TaskContext | undefined>(before);
const is = ({ after }: Moment): TaskContext => known<TaskContext>(after);

const SETTLED = ["done", "imported", "cancelled"];
const isSettled = (live: Moment["after"]): boolean => SETTLED.includes(at(live));

/** A run begins with the one assignment, and an event of any other run is not taken. */
function holdsOneRun(moment: Moment): boolean {
  const { after } = moment;
  const begins = enters(moment, "active");
  const assigned = typesIn(moment, "agent").filter((type) => type === "assign");
  const runId = eventIn(moment)?.["runId"];
  const isClaim = whatIn(moment) === "claim";
  const isOurs = runId === undefined || isClaim || runId === was(moment)?.run?.runId;
  const { id, runs, run } = is(moment);
  const isNext = runs === (was(moment)?.runs ?? 0) + 1 && run?.runId === `${id}.${runs}`;
  const isNew = !begins || (isNext && runId === run?.runId);
  return (
    isOurs &&
    isNew &&
    isIn(after, "active") === (is(moment).run !== null) &&
    assigned.length === (begins ? 1 : 0)
  );
}

/** Where each state on the way to `done` may be entered from. */
const WAY: Readonly<Record<string, readonly string[]>> = {
  done: ["gate.merging", "gate.withdrawing"],
  "gate.withdrawing": ["gate.merging"],
  "gate.merging": ["gate.checking"],
  "gate.checking": ["active.working"],
  "active.working": ["active.claimed"],
  imported: [""],
};

const COUNTED: Readonly<Record<string, readonly string[]>> = {
  runFailed: ["active.claimed", "active.working"],
  gateFailed: ["gate.checking"],
  mergeRejected: ["gate.merging"],
};

function countsFailures(moment: Moment): boolean {
  const { before, after } = moment;
  const what = whatIn(moment);
  const { attempts, conflicts } = is(moment);
  const isFailure = COUNTED[what]?.includes(at(before)) === true;
  const isConflict = what === "mergeConflicted" && at(before) === "gate.merging";
  const isAttempt = isFailure && !isFreeCut(moment);
  const [had, hadConflicts] = [was(moment)?.attempts ?? 0, was(moment)?.conflicts ?? 0];
  const isCounted =
    attempts === (what === "unblock" ? 0 : had + Number(isAttempt)) &&
    conflicts === (what === "unblock" ? 0 : hadConflicts + Number(isConflict));
  const isSpent = attempts >= 3 || conflicts >= 5;
  const isReserved = typesIn(moment, "refinery").includes("reserve");
  const mustReserve = isConflict && conflicts >= 2 && conflicts < 5;
  const isAtRest = isIn(after, "blocked") || isIn(after, "cancelled");
  return isCounted && (!isSpent || isAtRest) && isReserved === mustReserve;
}

/** A run that was cut off and can be gone on with is no attempt of its own, once. */
const isFreeCut = (moment: Moment): boolean =>
  whatIn(moment) === "runFailed" &&
  eventIn(moment)?.["left"] !== undefined &&
  was(moment)?.cuts === 0;

/** What was left is taken by the next run or forgotten, and goes on where its session is. */
function goesOnOnce(moment: Moment): boolean {
  const { run, left, cuts } = is(moment);
  const had = was(moment)?.left ?? null;
  if (cuts > 1 || (run !== null && left !== null)) return false;
  if (!enters(moment, "active") || run === null || run.resume === null) return true;
  const isSame = had?.sessionId === run.resume.sessionId && had.provider === run.provider;
  return isSame && run.startFrom !== "overlay";
}

const RUN_ENDS = ["workFinished", "runFailed", "runReleased", "runBlocked"];
const MERGE_ENDS = ["mergeWithdrawn", "mergeConflicted", "mergeRejected", "mergeInconclusive"];

function waitsToCancel(moment: Moment): boolean {
  if (!enters(moment, "cancelled")) return true;
  const from = at(moment.before);
  if (isIn(moment.before, "active")) {
    return from === "active.cancelling" && RUN_ENDS.includes(whatIn(moment));
  }
  if (from === "gate.checking") return typesIn(moment, "gate").includes("cancel");
  if (!isIn(moment.before, "gate")) return true;
  return from === "gate.withdrawing" && MERGE_ENDS.includes(whatIn(moment));
}

export const invariants: readonly Invariant[] = [
  {
    id: "T1",
    text: "active if and only if exactly one run holds the task, and no other run is heard",
    holds: holdsOneRun,
  },
  {
    id: "T2",
    text: "every path to done passes working, checking and merging",
    holds: (moment) =>
      Object.entries(WAY).every(
        ([state, from]) => !enters(moment, state) || from.includes(at(moment.before)),
      ),
  },
  {
    id: "T3",
    text: "what can be worked on has no unfinished dependency",
    holds: (moment) =>
      !["backlog.ready", "rework", "active"].some((state) => isIn(moment.after, state)) ||
      is(moment).blockers.length === 0,
  },
  {
    id: "T4",
    text: "failures and conflicts are counted, and the last one blocks",
    holds: countsFailures,
  },
  {
    id: "T5",
    text: "what is settled stays settled, and dependents hear of it",
    holds: (moment) => {
      const { before, after } = moment;
      if (isSettled(before)) return at(after) === at(before);
      const heard = toldIn(moment, "task").filter(({ type }) => type.startsWith("dependency"));
      return !isSettled(after) || heard.length === (was(moment)?.dependents.length ?? 0);
    },
  },
  {
    id: "T6",
    text: "a cancelled task has no run, no gate and no merge under way",
    holds: waitsToCancel,
  },
  {
    id: "T7",
    text: "a run that was cut off is gone on with once, by the provider that has its session",
    holds: goesOnOnce,
  },
];

/** Who finds a task where it rests; composition tests ask the actors themselves. */
const queues: NonNullable<Facts["queues"]> = {
  coordinator: ({ state }) => state === "backlog.ready" || state.startsWith("rework."),
  dependency: ({ state, context }) =>
    state === "backlog.waiting" && (context as unknown as TaskContext).blockers.length > 0,
  agent: ({ state }) => state.startsWith("active."),
  gate: ({ state }) => state === "gate.checking",
  refinery: ({ state }) => state === "gate.merging" || state === "gate.withdrawing",
  person: ({ state }) => state === "blocked",
};

export const facts: Facts = {
  waits: { blocked: "person" },
  claims: [{ state: "active", owner: "run", heldBy: "agent" }],
  queues,
};
