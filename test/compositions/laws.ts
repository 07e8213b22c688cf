/**
 * What holds of all actors together, whatever happens. Each law looks at a world after a turn; the
 * invariants of the single charts are asked of every step besides.
 */
import type { AgentContext } from "../../machines/agent-setup.ts";
import type { BudgetContext } from "../../machines/budget-setup.ts";
import type { MergeRequestContext } from "../../machines/merge-request-setup.ts";
import { actorId } from "../../machines/protocol.ts";
import type { RefineryContext } from "../../machines/refinery.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import type { LiveActor } from "../../src/host/kernel.ts";
import { refusalsIn } from "./benign.ts";
import { taskOf } from "./deeds.ts";
import { stateOf } from "./moves.ts";
import { rankingIn } from "./ranking.ts";
import type { Setting } from "./setting.ts";
import type { Turned, World } from "./world.ts";

/** A turn as the laws look at it. */
export interface Occasion extends Turned {
  readonly before: World;
  readonly setting: Setting;
}

export interface Law {
  readonly id: string;
  readonly text: string;
  /** True where it holds also while messages are on their way. */
  readonly isEvenInFlight: boolean;
  readonly holds: (occasion: Occasion) => boolean;
}

const livesOf = ({ actors }: World, prefix: string): readonly LiveActor[] =>
  [...actors.values()].filter(({ actor }) => actor.startsWith(prefix));
const contextOf = <Context>({ snapshot }: LiveActor): Context => snapshot?.context as Context;
const isIn = (live: LiveActor, state: string): boolean =>
  stateOf(live) === state || stateOf(live).startsWith(`${state}.`);

const tasksOf = (world: World): readonly LiveActor[] => livesOf(world, "task:");
const worksOf = (world: World): readonly NonNullable<AgentContext["work"]>[] =>
  livesOf(world, "agent:").flatMap((live) => contextOf<AgentContext>(live).work ?? []);

const isUnique = (list: readonly string[]): boolean => new Set(list).size === list.length;

/** Requests that are in the refinery's one place: neither queued nor ended. */
const inPlace = (world: World): readonly LiveActor[] =>
  livesOf(world, "merge-request:").filter((live) => !isIn(live, "queued"));

function leasesMatch({ world }: Occasion): boolean {
  const held = tasksOf(world).flatMap((live) => {
    const { id, run } = contextOf<TaskContext>(live);
    return isIn(live, "active") ? [`${id} ${run?.runId}`] : [];
  });
  const worked = worksOf(world).map(({ taskId, runId }) => `${taskId} ${runId}`);
  return isUnique(worked) && held.toSorted().join() === worked.toSorted().join();
}

/** A program is begun once for a run, and no task or worktree has two of them. */
function programsAreAlone({ world, before }: Occasion): boolean {
  const programs = [...world.truth.programs];
  const tasks = programs.map(([runId]) => taskOf(runId));
  const works = worksOf(world).map(({ taskId }) => taskId);
  const starts = [...world.deeds.values()].filter(
    ({ id, kind }) => kind === "runAgent" && !before.deeds.has(id),
  );
  const runs = starts.map(({ input }) => (input as { work: { runId: string } }).work.runId);
  const isAgain = runs.some((runId) => before.truth.begun.get(taskOf(runId)) === runId);
  return (
    isUnique(tasks) && isUnique(programs.map(([, agent]) => agent)) && isUnique(works) && !isAgain
  );
}

const TOUCHING = ["prepareWorktree", "collectWork"];

function worktreesAreStill({ world, before }: Occasion): boolean {
  const touching = [...world.deeds.values()].filter(
    ({ id, kind }) => TOUCHING.includes(kind) && !before.deeds.has(id),
  );
  const agents = touching.map(({ input }) => (input as { agentId: string }).agentId);
  const running = new Set(world.truth.programs.values());
  return !agents.some((agent) => running.has(agent));
}

/** What is done was worked on, passed the gate as handed in and as merged, and is on the target. */
function doneIsEarned({ world, steps }: Occasion): boolean {
  const { made, passed, origin, onTarget } = world.truth;
  const done = steps.filter(
    ({ before, after }) =>
      after.actor.startsWith("task:") && isIn(after, "done") && !isIn(before, "done"),
  );
  return done.every(({ after }) => {
    const { mergedCommit: merged, commit } = contextOf<TaskContext>(after);
    if (merged === null || commit === null) return false;
    const isChecked = passed.has(commit) && passed.has(merged);
    return made.has(commit) && isChecked && onTarget.has(merged) && origin.get(merged) === commit;
  });
}

/** Whoever an unsettled task waits for is there, and will come to it. */
function isLookedAfter(live: LiveActor, world: World): boolean {
  const { id, runs, blockers } = contextOf<TaskContext>(live);
  const run = `${id}.${runs}`;
  const isThere = (actor: string): boolean => world.actors.has(actor);
  switch (stateOf(live)) {
    case "backlog.waiting":
      return blockers.every((each) => expects(world, each, id));
    case "gate.checking":
      return isThere(actorId.gate(run));
    case "gate.merging":
    case "gate.withdrawing":
      return isThere(actorId.mergeRequest(run)) && isInLine(world, actorId.mergeRequest(run));
    default:
      // Ready and rework are ranked, active is what leases are about, blocked waits for a person.
      return true;
  }
}

function expects({ actors }: World, blocker: string, dependent: string): boolean {
  const live = actors.get(actorId.task(blocker));
  if (live === undefined || live.snapshot?.hasTag("settled") === true) return false;
  return contextOf<TaskContext>(live).dependents.includes(dependent);
}

function isInLine({ actors }: World, mergeId: string): boolean {
  const refinery = actors.get(actorId.refinery);
  if (refinery === undefined) return false;
  return contextOf<RefineryContext>(refinery).queue.some((each) => each.mergeId === mergeId);
}

/** An idle coordinator has nothing to do: no wake was lost. */
function isAwake({ world, setting }: Occasion): boolean {
  const coordinator = world.actors.get(actorId.coordinator);
  if (coordinator === undefined || !/^running\.(idle|short)/.test(stateOf(coordinator)))
    return true;
  return rankingIn(setting, world).kind === "nothing";
}

function onePlace({ world }: Occasion): boolean {
  const [first, ...others] = inPlace(world);
  const refinery = world.actors.get(actorId.refinery);
  const isBusy = refinery !== undefined && isIn(refinery, "busy");
  const [turn] = refinery === undefined ? [] : contextOf<RefineryContext>(refinery).queue;
  return others.length === 0 && (isBusy ? turn?.mergeId : undefined) === first?.actor;
}

function landsOnce({ world }: Occasion): boolean {
  const { landings, onTarget } = world.truth;
  const cancelled = tasksOf(world).filter((live) => isIn(live, "cancelled"));
  const isOnTarget = (live: LiveActor): boolean =>
    [...onTarget].some((commit) => taskOf(commit) === contextOf<TaskContext>(live).id);
  const pushing = inPlace(world).map((live) => contextOf<MergeRequestContext>(live).taskId);
  return (
    [...landings.values()].every((count) => count <= 1) &&
    !cancelled.some(isOnTarget) &&
    !cancelled.some((live) => pushing.includes(contextOf<TaskContext>(live).id))
  );
}

/**
 * Who was drained is free, unless the limit came first. Where messages overtake each other a claim
 * under way can reach an agent that has said already that it is free: its run then goes on beyond
 * the stop, and is found again at the next start.
 */
function drainIsTrue({ world, steps, setting }: Occasion): boolean {
  if (setting.delivery !== "commit") return true;
  const coordinator = steps.filter(({ after }) => after.actor === actorId.coordinator);
  const ends = coordinator.some(
    (step) => stateOf(step.after) === "stopped" && stateOf(step.before) !== "",
  );
  const isLimit = steps[0]?.letter.happening.kind === "timer";
  return !ends || isLimit || (worksOf(world).length === 0 && world.truth.programs.size === 0);
}

/** What is held back is for runs that go on or whose claim is under way, each of them once. */
function moneyIsHeld({ world }: Occasion): boolean {
  const budget = world.actors.get(actorId.budget);
  if (budget === undefined) return true;
  const held = contextOf<BudgetContext>(budget).reservations.map(({ runId }) => runId);
  const runs = tasksOf(world).flatMap((live) => contextOf<TaskContext>(live).run?.runId ?? []);
  return held.toSorted().join() === runs.toSorted().join();
}

export const laws: readonly Law[] = [
  {
    id: "W1",
    text: "every active task has exactly one agent that works on its run, and no agent another",
    isEvenInFlight: false,
    holds: leasesMatch,
  },
  {
    id: "W2",
    text: "a task never has two runs, a worktree never two programs, a run never two starts",
    isEvenInFlight: true,
    holds: programsAreAlone,
  },
  {
    id: "W3",
    text: "no more tasks run than the WIP limit says",
    isEvenInFlight: true,
    holds: ({ world, setting }) =>
      tasksOf(world).filter((live) => isIn(live, "active")).length <= setting.wipLimit,
  },
  {
    id: "W4",
    text: "one merge at a time, and it is the refinery's first",
    isEvenInFlight: false,
    holds: onePlace,
  },
  {
    id: "W5",
    text: "no way to done around work, gate and merge",
    isEvenInFlight: true,
    holds: doneIsEarned,
  },
  {
    id: "W6",
    text: "a worktree is touched only while no program runs in it",
    isEvenInFlight: true,
    holds: worktreesAreStill,
  },
  {
    id: "W7",
    text: "no task is in nobody's queue: whom it waits for is there",
    isEvenInFlight: false,
    holds: ({ world }) => tasksOf(world).every((live) => isLookedAfter(live, world)),
  },
  {
    id: "W8",
    text: "a coordinator rests only when there is nothing to dispatch",
    isEvenInFlight: false,
    holds: isAwake,
  },
  {
    id: "W9",
    text: "nothing is told that the receiver refuses, but for what is known to be harmless",
    isEvenInFlight: true,
    holds: (occasion) => refusalsIn(occasion, occasion.setting).length === 0,
  },
  {
    id: "W10",
    text: "a task lands once at most, and never when it is cancelled",
    isEvenInFlight: false,
    holds: landsOnce,
  },
  {
    id: "W11",
    text: "a drain ends when every agent is free, or at its limit",
    isEvenInFlight: false,
    holds: drainIsTrue,
  },
  {
    id: "W12",
    text: "every run has its reservation from its claim to its end, and nothing else has one",
    isEvenInFlight: false,
    holds: moneyIsHeld,
  },
];
