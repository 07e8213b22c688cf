/**
 * Small worlds of production charts, explored breadth first. The bound of each is its size and its
 * luck: how many adversities may happen in one life, be it a failed, interrupted or fruitless
 * effect, a limit that rings, a task cancelled, unblocked or made to wait, or a stop. Within that
 * bound every order of events is tried where `isWhole` says so. Left out are delays (a timer rings
 * at any time after it was set), texts, and what only an older run of a task was about; `key.ts`
 * says how worlds are told apart. From every world the hoped-for future is followed to its end
 * (L1).
 */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog/catalog.ts";
import { chartNameOf } from "../../src/host/charts.ts";
import { Anatomy } from "../../src/proof/checker/anatomy.ts";
import { violationText } from "../../src/proof/checker/explore.ts";
import { ACCOUNT_ENDS, CUT_ENDS } from "./deeds.ts";
import { explore } from "./life.ts";
import { stateOf } from "./moves.ts";
import { begin, settingOf } from "./setting.ts";
import type { Size } from "./setting.ts";
import type { World } from "./world.ts";

interface Scope {
  readonly title: string;
  readonly size: Size;
  /** Tasks that every task but the first waits for. */
  readonly dependsOn?: readonly string[];
  readonly worldsMax: number;
  /** True where the bound is the world's own luck, and the search comes to its end. */
  readonly isWhole: boolean;
}

/** More than the estimate of a medium run, and less than two. */
const ONE_RUN = { day: { tokens: 1_000_000 } };

const scopes: readonly Scope[] = [
  {
    title: "one task, one agent, two adversities",
    size: { tasks: 1, agents: 1, luck: 2 },
    worldsMax: 10_000,
    isWhole: true,
  },
  {
    title: "two tasks, two agents, one adversity",
    size: { tasks: 2, agents: 2, luck: 1 },
    worldsMax: 30_000,
    isWhole: true,
  },
  {
    title: "two tasks, two agents, two adversities, as far as 12,000 worlds",
    size: { tasks: 2, agents: 2, luck: 2 },
    worldsMax: 12_000,
    isWhole: false,
  },
  {
    title: "two tasks, two agents, one run at a time, one adversity",
    size: { tasks: 2, agents: 2, wipLimit: 1, luck: 1 },
    worldsMax: 30_000,
    isWhole: true,
  },
  {
    title: "a task that waits for another, two agents, two adversities, as far as 6,000 worlds",
    size: { tasks: 2, agents: 2, luck: 2 },
    dependsOn: ["T-1"],
    worldsMax: 6_000,
    isWhole: false,
  },
  {
    title: "three tasks, two agents, nothing goes wrong",
    size: { tasks: 3, agents: 2, luck: 0 },
    worldsMax: 20_000,
    isWhole: true,
  },
  {
    title: "two tasks, two agents, money for one run at a time, one adversity",
    size: { tasks: 2, agents: 2, luck: 1, budget: ONE_RUN },
    worldsMax: 30_000,
    isWhole: true,
  },
  {
    title: "one task, one agent, an account that fills up, falters or is refused, three times",
    size: { tasks: 1, agents: 1, luck: 3, runEnds: ACCOUNT_ENDS, adversities: /^runAgent / },
    worldsMax: 20_000,
    isWhole: true,
  },
  {
    title: "one task, one agent, runs that are cut off and gone on with, four times",
    size: {
      tasks: 1,
      agents: 1,
      luck: 4,
      runEnds: CUT_ENDS,
      adversities: /^(runAgent|collectWork) /,
    },
    worldsMax: 20_000,
    isWhole: true,
  },
  {
    title: "under load: one task, one agent, one adversity",
    size: { tasks: 1, agents: 1, luck: 1, delivery: "inbox" },
    worldsMax: 20_000,
    isWhole: true,
  },
  {
    title: "under load: two tasks, one agent, nothing goes wrong",
    size: { tasks: 2, agents: 1, luck: 0, delivery: "inbox" },
    worldsMax: 20_000,
    isWhole: true,
  },
];

/** Seconds on an idle machine; another that is busy may take many times as long. */
const TIME_LIMIT_MS = 10 * 60_000;

/** Every state that some actor was in, by chart. */
const seen = new Set<string>();

function note(worlds: readonly World[]): void {
  for (const { actors } of worlds) {
    for (const live of actors.values()) seen.add(`${chartNameOf(live.actor)} ${stateOf(live)}`);
  }
}

describe("in every world, after every order of events, all laws hold", () => {
  test.each(scopes)(
    "$title",
    ({ size, dependsOn = [], worldsMax, isWhole }) => {
      const setting = settingOf(size);
      const { violations, isComplete, places } = explore(setting, begin(setting, dependsOn), {
        worldsMax,
      });
      expect(violations.map(violationText)).toEqual([]);
      expect(isComplete).toBe(isWhole);
      expect(places.length).toBeGreaterThan(300);
      note(places);
    },
    TIME_LIMIT_MS,
  );
});

/**
 * In no world yet: what is only written down, and the agents that come by themselves. They have their
 * tables, tours and invariants, and test/mcp/ brings them together with tasks for real.
 */
const OUTSIDE = [
  "roadmap",
  "artifacts",
  "backup",
  "context",
  "errand",
  "convoy",
  "message",
  "receipt",
  "visitor",
];

/** An actor is gone from these within one step; `imported` is known before there is a world. */
const PASSING = [
  "gate scoring",
  "refinery choosing",
  "task active.returning",
  "task created",
  "task imported",
];

test("the worlds came through every state in which an actor can rest", () => {
  const rests = catalog
    .filter(({ name }) => !OUTSIDE.includes(name))
    .flatMap(({ name, machine }) => {
      const { leaves } = new Anatomy(machine);
      const resting = leaves.filter(({ type }) => type !== "final");
      return resting.map(({ path }) => `${name} ${path.join(".")}`);
    });
  const texts = [...seen];
  const unseen = rests.filter((rest) => {
    const [chart = "", path = ""] = rest.split(" ");
    const last = path.split(".").slice(-2).join(".");
    return !texts.some((text) => text.startsWith(`${chart} `) && text.includes(last));
  });
  expect(unseen.toSorted()).toEqual(PASSING);
});
