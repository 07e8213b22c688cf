/** Explores a world: every move of every world within its luck, each held against all laws. */
import { chartNameOf } from "../../src/host/charts.ts";
import { Exploration } from "../../src/proof/checker/explore.ts";
import type { Move } from "../../src/proof/checker/explore.ts";
import { brokenIn } from "../../src/proof/invariant.ts";
import type { Invariant } from "../../src/proof/invariant.ts";
import { invariants as agent } from "../invariants/agent.ts";
import { invariants as budget } from "../invariants/budget.ts";
import { invariants as coordinator } from "../invariants/coordinator.ts";
import { invariants as gate } from "../invariants/gate.ts";
import { invariants as mergeRequest } from "../invariants/merge-request.ts";
import { invariants as provider } from "../invariants/provider.ts";
import { invariants as receipt } from "../invariants/receipt.ts";
import { invariants as refinery } from "../invariants/refinery.ts";
import { invariants as task } from "../invariants/task.ts";
import { refusalsIn } from "./benign.ts";
import { Futures } from "./future.ts";
import { keyOf } from "./key.ts";
import { laws } from "./laws.ts";
import { Chances, stateOf } from "./moves.ts";
import type { Chance } from "./moves.ts";
import type { Setting } from "./setting.ts";
import { NOW_MS } from "./world.ts";
import type { Step, Turned, World } from "./world.ts";

const OF_CHARTS: Readonly<Record<string, readonly Invariant[]>> = {
  agent,
  budget,
  coordinator,
  gate,
  "merge-request": mergeRequest,
  provider,
  receipt,
  refinery,
  task,
};

/** All that a turn breaks: laws of the world, and invariants of the charts that took a step. */
export function brokenBy(turned: Turned, before: World, setting: Setting): readonly string[] {
  const isInFlight = turned.world.letters.length > 0;
  const occasion = { ...turned, before, setting };
  const broken = laws
    .filter(({ isEvenInFlight, holds }) => (isEvenInFlight || !isInFlight) && !holds(occasion))
    .map(({ id, text }) => `${id}: ${text}`);
  return [...broken, ...refusalsIn(turned, setting), ...turned.steps.flatMap(brokenOfChart)];
}

function brokenOfChart({ letter, before, after, requests }: Step): readonly string[] {
  const invariants = OF_CHARTS[chartNameOf(after.actor)] ?? [];
  const moment = { before, happening: letter.happening, after, requests, atMs: NOW_MS };
  return brokenIn(invariants, moment).map((each) => `${each} (${after.actor})`);
}

/** What happened, and where it has brought whom. */
export function lineOf(label: string, { steps }: Turned): string {
  const moved = steps
    .filter(({ before, after }) => before.version === 0 || stateOf(before) !== stateOf(after))
    .map(({ before, after }) =>
      before.version === 0
        ? `${after.actor} begins`
        : `${after.actor} ${stateOf(before)} -> ${stateOf(after)}`,
    );
  return moved.length === 0 ? label : `${label}: ${moved.join(", ")}`;
}

/** A chance taken: the world it leads to, with one adversity less where it was one. */
export function taken({ happen, isAdverse }: Chance): Turned {
  const turned = happen();
  const luck = turned.world.luck - (isAdverse ? 1 : 0);
  return { ...turned, world: { ...turned.world, luck } };
}

export interface Bounds {
  readonly worldsMax: number;
  /** Ends at the first violation of this law, and looks at no other. */
  readonly only?: string;
}

const VIOLATIONS_MAX = 3;

/** Breadth first, so that the way to a violation is a shortest one. */
export function explore(
  setting: Setting,
  start: World,
  { worldsMax, only }: Bounds,
): Exploration<World> {
  const futures = new Futures(setting);
  const violationsMax = only === undefined ? VIOLATIONS_MAX : 1;
  const mayHappen = ({ label }: Chance, { luck }: World): boolean =>
    luck > 0 && setting.adversities.test(label);
  /** Worlds alike have the same future, and each is looked at once. */
  const hangs = (world: World): readonly string[] => {
    const lines = futures.trouble(world);
    return lines === null ? [] : [`L1: the task hangs, whatever is hoped for: ${lines.join("; ")}`];
  };
  const counted = (broken: readonly string[]): readonly string[] =>
    only === undefined ? broken : broken.filter((each) => each.startsWith(`${only}:`));
  function* movesFrom(world: World): Generator<Move<World>> {
    for (const chance of new Chances(setting, world).all()) {
      if (chance.isAdverse && !mayHappen(chance, world)) continue;
      const turned = taken(chance);
      const broken = counted([...brokenBy(turned, world, setting), ...hangs(turned.world)]);
      yield { label: lineOf(chance.label, turned), to: turned.world, broken };
    }
  }
  const starts = [{ label: "wvo run begins", to: start, broken: counted(hangs(start)) }];
  return new Exploration({ starts, keyOf, movesFrom }, { placesMax: worldsMax, violationsMax });
}
