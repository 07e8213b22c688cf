/**
 * Lives far longer than can be explored breadth first: whatever the numbers pick happens, however
 * often things go wrong. The same seed gives the same lives.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Futures } from "./future.ts";
import { brokenBy, lineOf, taken } from "./life.ts";
import { Chances } from "./moves.ts";
import type { Chance } from "./moves.ts";
import { begin, settingOf } from "./setting.ts";
import type { Setting, Size } from "./setting.ts";

const ALWAYS = Number.MAX_SAFE_INTEGER;
const SEED = 1;
/** Seconds on an idle machine; another that is busy may take many times as long. */
const TIME_LIMIT_MS = 10 * 60_000;

/** One pick: what happens, and how likely it is that it goes wrong. */
function choose(chances: readonly Chance[], pick: number, adversePercent: number): Chance | null {
  const good = chances.filter(({ isAdverse }) => !isAdverse);
  const bad = chances.filter(({ isAdverse }) => isAdverse);
  const isBad = bad.length > 0 && (good.length === 0 || pick % 100 < adversePercent);
  const pool = isBad ? bad : good;
  return pool[Math.floor(pick / 100) % pool.length] ?? null;
}

interface Life {
  readonly setting: Setting;
  readonly dependsOn: readonly string[];
  readonly adversePercent: number;
}

/** What the life broke, with its last happenings. */
function live({ setting, dependsOn, adversePercent }: Life, picks: readonly number[]) {
  const futures = new Futures(setting);
  const lines: string[] = [];
  let world = begin(setting, dependsOn);
  for (const pick of picks) {
    const chance = choose([...new Chances(setting, world).all()], pick, adversePercent);
    if (chance === null) break;
    const turned = taken(chance);
    lines.push(lineOf(chance.label, turned));
    const broken = brokenBy(turned, world, setting);
    if (broken.length > 0) return { broken, last: lines.slice(-LAST) };
    world = turned.world;
  }
  const trouble = futures.trouble(world);
  return { broken: trouble ?? [], last: trouble === null ? [] : lines.slice(-LAST) };
}
const LAST = 20;

interface Lives {
  readonly title: string;
  readonly size: Size;
  readonly dependsOn: readonly string[];
  /** Of a hundred happenings so many go wrong, where they can. */
  readonly adversePercent: number;
  readonly lives: number;
  readonly moves: number;
}

const all: readonly Lives[] = [
  {
    title: "two tasks and two agents, in which a quarter of all goes wrong",
    size: { tasks: 2, agents: 2 },
    dependsOn: [],
    adversePercent: 25,
    lives: 30,
    moves: 400,
  },
  {
    title: "two tasks that wait for another, one run at a time",
    size: { tasks: 3, agents: 2, wipLimit: 1 },
    dependsOn: ["T-1"],
    adversePercent: 10,
    lives: 20,
    moves: 400,
  },
  {
    title: "under load",
    size: { tasks: 2, agents: 2, delivery: "inbox" },
    dependsOn: [],
    adversePercent: 10,
    lives: 20,
    moves: 600,
  },
];

test.each(all)(
  "$title",
  ({ size, lives, moves, dependsOn, adversePercent }) => {
    const setting = settingOf({ ...size, luck: ALWAYS });
    const walk = fc.array(fc.nat(1e9), { minLength: moves, maxLength: moves, size: "max" });
    const property = fc.property(walk, (picks) => {
      expect(live({ setting, dependsOn, adversePercent }, picks)).toEqual({ broken: [], last: [] });
    });
    fc.assert(property, { seed: SEED, numRuns: lives });
  },
  TIME_LIMIT_MS,
);
