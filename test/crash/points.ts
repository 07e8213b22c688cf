/**
 * Which crashes a chart is put through. The rule: every transition that the host writes down is
 * taken by one shortest path to it, and there the process dies before the commit and after it;
 * where the transition starts an effect it also dies when the effect has started, when it has
 * finished, and when its result is on disk; and where the effect cannot be repeated, in its midst.
 */
import type { AnyStateNode } from "xstate";
import { definitionsOf, definitionText } from "../../src/proof/definitions.ts";
import type { Definition } from "../../src/proof/definitions.ts";
import { explore, wayTo } from "../../src/proof/explore.ts";
import type { Edge, Exploration, Node } from "../../src/proof/explore.ts";
import { eventTypesOf } from "../../src/proof/moves.ts";
import type { Candidate } from "../../src/proof/plan.ts";
import { beforeStart, Player } from "../../src/proof/standing.ts";
import { stepBy } from "../../src/proof/tours.ts";
import type { Step } from "../../src/proof/tours.ts";
import type { Happening } from "../../src/host/record.ts";
import type { Ending } from "./cues.ts";
import { BOUNDARIES } from "./killing.ts";
import type { Kill } from "./killing.ts";
import type { Cued } from "./birth.ts";
import { ONCE } from "./world.ts";

/** A way to one transition, whose step is the last of the script. */
export interface CrashPath {
  /** The transition, as the proof names it. */
  readonly transition: string;
  readonly script: readonly Cued[];
  readonly plans: Readonly<Record<string, Ending>>;
  /** The version of the actor after the transition. */
  readonly version: number;
  /** Effects that the transition starts. */
  readonly effects: readonly { readonly id: string; readonly kind: string }[];
}

export interface CrashPoint {
  readonly path: CrashPath;
  readonly kill: Kill;
  /** The kind of effect that the transition starts, where it starts one. */
  readonly effect: string | null;
}

export interface CrashPlan {
  readonly paths: readonly CrashPath[];
  readonly points: readonly CrashPoint[];
  /** Declared transitions into a state with an effect that no path takes so; none is good. */
  readonly uncovered: readonly string[];
}

/** More states than any chart of ours has. */
const NODES_MAX = 5_000;
/** The beginning of an actor takes no transition. */
const START = {};

export function crashPlanOf(candidate: Candidate): CrashPlan {
  const { machine, cases, name } = candidate;
  const actor = cases.actor ?? name;
  const subject = { actor, eventTypes: eventTypesOf(machine), cases, waits: false };
  const player = new Player(machine);
  const exploration = { player, subject, invariants: [], nodesMax: NODES_MAX };
  const written = writtenIn(exploration);
  const definitions = definitionsOf(machine);
  const paths = [...new Set(written.values())].map((step) => {
    const taken = [...written].filter(([, each]) => each === step).map(([each]) => each);
    const named = definitions.filter(({ transition }) => taken.includes(transition));
    const transition = named.map(definitionText).join(" and ") || "the start";
    return pathTo(exploration, step, transition);
  });
  const effectful = new Set(
    [...written].filter(([, { step }]) => startsEffect(step)).map(([key]) => key),
  );
  const uncovered = definitions.filter(
    (each) => entersEffect(each) && !effectful.has(each.transition),
  );
  return { paths, points: paths.flatMap(pointsOn), uncovered: uncovered.map(definitionText) };
}

/** How many crashes prove a chart: the column of the proof's table. */
export const crashPointsOf = (candidate: Candidate): number => crashPlanOf(candidate).points.length;

interface Found {
  readonly from: Node;
  readonly label: string;
  readonly step: Step;
}

/** For each transition the first step that takes it; one that starts an effect comes first. */
function writtenIn(exploration: Exploration): ReadonlyMap<object, Found> {
  const written = new Map<object, Found>();
  const all = [...explore(exploration).nodes.values()].flatMap((from) =>
    from.edges.map((edge) => ({ from, edge })),
  );
  for (const { from, edge } of all) {
    const isOpen = transitionsOf(edge).some((each) => !isSettled(written.get(each)));
    const step = isOpen ? stepBy(exploration, from.standing, edge.label) : null;
    if (step === null || step.played.moments.length === 0) continue;
    const found = { from, label: edge.label, step };
    for (const each of transitionsOf(edge)) {
      const known = written.get(each);
      if (known === undefined || (!startsEffect(known.step) && startsEffect(step))) {
        written.set(each, found);
      }
    }
  }
  return written;
}

const transitionsOf = ({ taken }: Edge): readonly object[] => (taken.length > 0 ? taken : [START]);
const isSettled = (found?: Found): boolean => found !== undefined && startsEffect(found.step);
const startsEffect = ({ played: { moments } }: Step): boolean =>
  moments.some(({ requests }) => requests.effects.length > 0);

function pathTo(exploration: Exploration, { from, label }: Found, transition: string): CrashPath {
  const { actor } = exploration.subject;
  const script: Cued[] = [];
  const plans: Record<string, Ending> = {};
  let standing = beforeStart(actor);
  let last: Step | null = null;
  for (const each of [...wayTo(from), label]) {
    const step = stepBy(exploration, standing, each);
    if (step === null) throw new Error(`${actor}: ${each} cannot be played again`);
    for (const happening of step.move.happenings) {
      const key = keyOf(actor, happening, script.length);
      script.push({ actor, key, atMs: step.move.atMs, happening });
      Object.assign(plans, planOf(happening));
    }
    standing = step.played.after;
    last = step;
  }
  const moments = last?.played.moments ?? [];
  const effects = moments.flatMap(({ requests }) => requests.effects);
  return { transition, script, plans, version: standing.live.version, effects };
}

/** The key that the host or the caller gives it. */
function keyOf(actor: string, happening: Happening, place: number): string {
  switch (happening.kind) {
    case "done":
    case "failed":
      return `${happening.effect}!`;
    case "timer":
      return `${actor}@${happening.setBy}~${happening.timer}`;
    case "start":
    case "event":
    case "migrated":
      return `call:${place}`;
    default:
      return happening satisfies never;
  }
}

function planOf(happening: Happening): Readonly<Record<string, Ending>> {
  if (happening.kind === "done") return { [happening.effect]: { output: happening.output } };
  return happening.kind === "failed" ? { [happening.effect]: { error: happening.error } } : {};
}

function pointsOn(path: CrashPath): readonly CrashPoint[] {
  const [before, after, ...within] = BOUNDARIES;
  const which = path.script.at(-1)?.key ?? "";
  const effect = path.effects[0]?.kind ?? null;
  return [
    ...[before, after].map((at) => ({ path, kill: { at, which }, effect })),
    ...path.effects.flatMap(({ id, kind }) =>
      within
        .filter((at) => at !== "under way" || isOnce(kind))
        .map((at) => ({ path, kill: { at, which: id }, effect: kind })),
    ),
  ];
}

const isOnce = (kind: string): boolean => ONCE.some((each) => each === kind);

// ── what the chart itself declares ────────────────────────────────────────────────────────────

/** True where taking the transition enters a state that has an effect. */
const entersEffect = (definition: Definition): boolean =>
  enteredBy(definition).some((node) => node.invoke.length > 0);

function enteredBy({ source, targets, transition }: Definition): readonly AnyStateNode[] {
  const { reenter = false } = transition as { readonly reenter?: boolean };
  const stays = (node: AnyStateNode): boolean =>
    (node === source && !reenter) || lineOf(source).slice(1).includes(node);
  return targets.flatMap((target) => [
    ...lineOf(target).filter((node) => !stays(node)),
    ...initialsOf(target),
  ]);
}

/** A state and those around it, the innermost first. */
const lineOf = (node: AnyStateNode): readonly AnyStateNode[] =>
  node.parent === undefined ? [node] : [node, ...lineOf(node.parent)];

/** The states that are entered with a state, within it. */
function initialsOf(node: AnyStateNode): readonly AnyStateNode[] {
  const within =
    node.type === "parallel" ? Object.values(node.states) : (node.initial?.target ?? []);
  return within.flatMap((each: AnyStateNode) => [each, ...initialsOf(each)]);
}
