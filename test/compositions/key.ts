/**
 * When two worlds are the same for all that can follow. Left out are versions, points in time and
 * texts; ids of runs count back from the task's present run, and what no actor names is forgotten.
 */
import { BREAKER_AT } from "../../machines/provider-setup.ts";
import type { TaskSpec } from "../../machines/protocol.ts";
import type { LiveActor } from "../../src/host/kernel.ts";
import { stateOf } from "./moves.ts";
import type { World } from "./world.ts";

/** Fields of a context that say nothing of what can follow. */
const LEFT_OUT = new Set([
  "reason",
  "findings",
  "rationale",
  "detail",
  "usage",
  "excerpt",
  "createdAtMs",
  "freeSinceMs",
  "leaseUntilMs",
  "untilMs",
  "runs",
  "onto",
  "score",
]);
/** Counters that only lengthen a wait, as far as they are told apart. */
const COUNTERS: Readonly<Record<string, number>> = { setbacks: 1, holds: 1, errors: BREAKER_AT };
/** The faults of an agent lengthen its rest, those of a merge request end it. */
const AGENT_FAULTS_TOLD_APART = 1;

const texts = new WeakMap<LiveActor, string>();

function textOf(live: LiveActor): string {
  const { actor, snapshot, children, timers } = live;
  const isAgent = actor.startsWith("agent:");
  const context = JSON.stringify(snapshot?.context, (field, value: unknown) => {
    if (LEFT_OUT.has(field)) return undefined;
    if (field === "spec") return (value as TaskSpec).dependsOn;
    if (field === "faults" && isAgent) return Math.min(Number(value), AGENT_FAULTS_TOLD_APART);
    const most = COUNTERS[field];
    return most === undefined ? value : Math.min(Number(value), most);
  });
  const under = [...children.keys(), ...timers.keys()].join();
  return `${actor} ${stateOf(live)} ${context} ${under}`;
}

const keys = new WeakMap<World, string>();

/** The text that tells worlds apart. */
export function keyOf(world: World): string {
  const known = keys.get(world) ?? textOfWorld(world);
  keys.set(world, known);
  return known;
}

function textOfWorld(world: World): string {
  const { actors, ended, looks, truth, letters, luck } = world;
  const lines = [...actors.values()].map((live) => {
    const known = texts.get(live) ?? textOf(live);
    texts.set(live, known);
    return known;
  });
  const alive = lines.toSorted().join("\n");
  const { programs, begun, made, passed, onTarget, landings } = truth;
  const named = [...made, ...passed, ...onTarget].filter((commit) => alive.includes(commit));
  const runs = runsOf(world);
  const kept = [...ended].filter((id) => runs.has(/T-\d+\.\d+/.exec(id)?.[0] ?? ""));
  const marks = named.map(
    (commit) => `${commit}${made.has(commit)}${passed.has(commit)}${onTarget.has(commit)}`,
  );
  const facts = [
    [...programs].join(),
    [...begun].join(),
    [...new Set(marks)].toSorted().join(),
    [...landings].map(String).toSorted().join(),
    kept.toSorted().join(),
    JSON.stringify([...looks.values()]),
    JSON.stringify(letters),
    luck,
  ].join("|");
  return relative(`${alive}\n${facts}`, world);
}

/** The present run of each task, as its ids name it. */
function runsOf({ actors }: World): ReadonlySet<string> {
  return new Set([...presentRuns(actors)].map(([task, run]) => `${task}.${run}`));
}

function presentRuns(actors: World["actors"]): ReadonlyMap<string, number> {
  const runs = new Map<string, number>();
  for (const { actor, snapshot } of actors.values()) {
    if (!actor.startsWith("task:") || snapshot === null) continue;
    const context = snapshot.context as { readonly id: string; readonly runs: number };
    runs.set(context.id, context.runs);
  }
  return runs;
}

/** A run that is over is as old as any other; effects' ids go with their versions. */
function relative(text: string, { actors }: World): string {
  const runs = presentRuns(actors);
  const back = (whole: string, task: string, run: string): string => {
    const ago = (runs.get(task) ?? 0) - Number(run);
    return ago === 0 ? `${task}.now` : ago === 1 ? `${task}.last` : `${task}.past`;
  };
  return text
    .replaceAll(/(T-\d+)\.(\d+)/g, back)
    .replaceAll(/\+\d+\/\d+/g, "+")
    .replaceAll(/"rounds":\d+/g, "")
    .replaceAll(/(now|last|past)\.\d+/g, "$1.round");
}
