/**
 * Compares a life with crashes in it with the same life without one. What a crash may change is
 * said here, and nothing else may differ: states, contexts, what was told, what was done.
 *
 * J1 Of the contexts only what a detour counts and names anew is left out, and the sentence for
 *    people that tells of an interruption. Times are compared: no time is lost or gained.
 */
import type { EffectName } from "../../machines/effects.ts";
import type { Death, Interrupted, Rest } from "./death.ts";
import { IRREVOCABLE, ONCE } from "./world.ts";
import type { Act } from "./world.ts";

/** What is left of a life. */
export interface Remains {
  readonly death: Death;
  readonly acts: readonly Act[];
  /** A line for every time a handler was entered: the effect's id and its kind. */
  readonly starts: readonly string[];
}

/**
 * An effect that is never started twice was interrupted before it had done anything in the world:
 * then the chart begins anew, by another effect, and more is told. Exactly this.
 */
interface Detour {
  readonly told: readonly string[];
  /** Fields of the context that count or name what was begun anew. */
  readonly leavesOut: readonly string[];
}
const DETOURS: { readonly [Name in EffectName]?: Detour } = {
  // The run never began: it is void, the task is released and dispatched again.
  runAgent: {
    told: ["budget settle", "task runReleased", "coordinator agentFree", "task runStarted"],
    leavesOut: [],
  },
  // Nothing landed: the request looks at the target and goes round once more.
  land: { told: ["gate start"], leavesOut: ["rounds", "holds", "rebased"] },
};
/** Where an effect was interrupted, this field tells people so. */
const EXPLANATION = "reason";

/** What went wrong; nothing is good. */
export function judge(found: Remains, whole: Remains): readonly string[] {
  const detours = detoursIn(found);
  const hasInterruption = found.death.interrupted.length > 0;
  const leftOut = [
    ...detours.flatMap(({ leavesOut }) => leavesOut),
    ...(hasInterruption ? [EXPLANATION] : []),
  ];
  const deeds = detours.length === 0 ? deedsOf : countsOf;
  return [
    ...wrongIn(found),
    ...found.death.actors.flatMap((rest) => hungAt(rest, whole.death)),
    ...differ("the end", ends(found.death, leftOut), ends(whole.death, leftOut)),
    ...differ("what was told", kinds(found.death), expectedKinds(whole.death, detours)),
    ...differ("what was done", deeds(found.acts), deeds(whole.acts)),
  ];
}

/** What is wrong whatever the other life was: an event is lost, or something was done twice. */
export const wrongIn = ({ death, starts, acts }: Remains): readonly string[] => [
  ...death.wrong,
  ...death.dropped.filter((each) => !each.startsWith("stale")).map((each) => `dropped: ${each}`),
  ...twice(starts.filter(isOnce)).map((line) => `${line} was started twice`),
  ...twice(acts.filter(isIrrevocable).map(deedOf)).map((deed) => `${deed} was done twice`),
];

const isOnce = (line: string): boolean => ONCE.some((kind) => line.endsWith(` ${kind}`));
const isIrrevocable = ({ act }: Act): boolean => IRREVOCABLE.includes(act);
const deedOf = ({ act, about }: Act): string => `${act} ${about}`;
const twice = (lines: readonly string[]): readonly string[] => [
  ...new Set(lines.filter((line, place) => lines.indexOf(line) !== place)),
];

/** A crash must leave nobody waiting: this says it in words, where the states differ. */
export function hungAt(
  { actor, state, status, underWay, timers }: Rest,
  whole: Death,
): readonly string[] {
  const wanted = whole.actors.find((each) => each.actor === actor)?.state;
  if (state === wanted || status !== "active" || timers.length > 0) return [];
  const hope = underWay.length === 0 ? "nothing" : `${underWay.join(" and ")}, which nobody does`;
  return [
    `${actor} waits for ever in ${state} for ${hope}; without the crash it comes to ${wanted}`,
  ];
}

interface Taken extends Detour {
  /** The version of the step that asked for the effect. */
  readonly version: number;
}

function detoursIn({ death, acts }: Remains): readonly Taken[] {
  return death.interrupted.flatMap(({ effect, kind }: Interrupted) => {
    const detour = DETOURS[kind as EffectName];
    const hasActed = acts.some(({ by }) => by === effect);
    const version = Number(/@(\d+)\//.exec(effect)?.[1]);
    return detour === undefined || hasActed ? [] : [{ ...detour, version }];
  });
}

const ends = ({ actors }: Death, leftOut: readonly string[]) =>
  actors.map((rest) => ({ ...rest, context: without(rest.context, leftOut) }));

const without = (context: unknown, leftOut: readonly string[]) =>
  Object.fromEntries(Object.entries(context as object).filter(([key]) => !leftOut.includes(key)));

const kinds = ({ told }: Death): readonly string[] => told.map(({ kind }) => kind);

/** A detour comes after what the step tells that asked for its effect. */
function expectedKinds({ told }: Death, detours: readonly Taken[]): readonly string[] {
  const more = detours.flatMap(({ version, told: kinds }) =>
    kinds.map((kind) => ({ version, kind })),
  );
  return [...told, ...more].toSorted((a, b) => a.version - b.version).map(({ kind }) => kind);
}

/** All that was done, and on a detour, where other names are used, how often each. */
const deedsOf = (acts: readonly Act[]): readonly string[] => acts.map(deedOf).toSorted();
const countsOf = (acts: readonly Act[]): readonly string[] =>
  acts.filter(isIrrevocable).map(({ act }) => act);

function differ(what: string, found: unknown, expected: unknown): readonly string[] {
  const [seen, wanted] = [found, expected].map((each) => JSON.stringify(each));
  return seen === wanted ? [] : [`${what}: found ${seen}, without the crash ${wanted}`];
}
