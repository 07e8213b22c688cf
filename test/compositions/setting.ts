/** What a world is made of: tasks, agents and runs at once, and the charts they live by. */
import type { PlainEvent } from "../../machines/chart.ts";
import { actorId } from "../../machines/protocol.ts";
import type { Ranking, RunExit } from "../../machines/protocol.ts";
import { planNext } from "../../src/planning/plan.ts";
import type { PlanView } from "../../src/planning/plan.ts";
import { catalog } from "../../src/catalog/catalog.ts";
import { rosterOf } from "../../src/app/dispatch.ts";
import type { Config } from "../../src/config/load.ts";
import type { CheckedChart } from "../../src/proof/checker/facts.ts";
import { BARE_SPEC } from "../support/specs.ts";
import { RUN_ENDS } from "./deeds.ts";
import { looked } from "./ranking.ts";
import { Cast, Turn } from "./world.ts";
import type { Letter, World } from "./world.ts";

/**
 * How messages are delivered. `commit`: all that follow from one event within its turn, as the
 * host does it. `inbox`: as it must do it under load, where any turn may leave its messages to the
 * inbox, which is taken in order. Two that are too weak, as tests show: in `hasty` the messages of
 * a turn overtake what waits in the inbox; in `scattered` only those of one sender to one receiver
 * are in order.
 */
export type Delivery = "commit" | "inbox" | "hasty" | "scattered";

export interface Setting {
  readonly cast: Cast;
  readonly tasks: readonly string[];
  readonly agents: readonly string[];
  readonly wipLimit: number;
  readonly delivery: Delivery;
  /** Adversities that may happen in one life of this world. */
  readonly luck: number;
  /** The ways in which a program may end. */
  readonly runEnds: readonly RunExit[];
  /** The adversities that there are, by the beginning of their label. */
  readonly adversities: RegExp;
  /** Caps as the configuration says them. */
  readonly budget: Budget;
  /** What to dispatch next. */
  readonly rank: (view: PlanView) => Ranking;
}

type Budget = { readonly day?: { readonly tokens: number } };

export interface Size {
  readonly tasks: number;
  readonly agents: number;
  readonly wipLimit?: number;
  readonly delivery?: Setting["delivery"];
  readonly budget?: Budget;
  readonly luck?: number;
  /** Those of production, where none are given. */
  readonly charts?: readonly Pick<CheckedChart, "name" | "machine">[];
  readonly rank?: Setting["rank"];
  readonly runEnds?: Setting["runEnds"];
  readonly adversities?: RegExp;
}

export function settingOf({ tasks, agents, charts = catalog, ...more }: Size): Setting {
  return {
    cast: new Cast(charts),
    tasks: Array.from({ length: tasks }, (_, index) => `T-${index + 1}`),
    agents: rosterOf({ agents } as Config),
    wipLimit: more.wipLimit ?? agents,
    delivery: more.delivery ?? "commit",
    luck: more.luck ?? 0,
    runEnds: more.runEnds ?? RUN_ENDS,
    adversities: more.adversities ?? /./,
    budget: more.budget ?? {},
    rank: more.rank ?? planNext,
  };
}

const NOTHING = {
  programs: new Map(),
  begun: new Map(),
  made: new Set<string>(),
  passed: new Set<string>(),
  origin: new Map(),
  onTarget: new Set<string>(),
  landings: new Map(),
};

/** A world in which `wvo run` has just begun, over tasks that nobody has worked on yet. */
export function begin(setting: Setting, dependsOn: readonly string[] = []): World {
  const { cast, tasks, agents, luck } = setting;
  const start = (to: string, input: object): Letter => {
    return { from: "a person", to, happening: { kind: "start", input } };
  };
  const say = (to: string, event: PlainEvent): Letter => {
    return { from: "a person", to, happening: { kind: "event", event } };
  };
  const pending = { status: "pending", reason: null } as const;
  const letters = [
    start(actorId.budget, {}),
    start(actorId.coordinator, {}),
    start(actorId.refinery, {}),
    ...tasks.map((id, index) => {
      const spec = { ...BARE_SPEC, dependsOn: index === 0 ? [] : dependsOn };
      return start(actorId.task(id), { id, spec, ...pending });
    }),
    start(actorId.provider("local"), { name: "local" }),
    ...agents.map((id) => start(actorId.agent(id), { id })),
    say(actorId.coordinator, { type: "start" }),
  ];
  const empty: World = {
    actors: new Map(),
    ended: new Set(),
    deeds: new Map(),
    looks: new Map(),
    truth: NOTHING,
    letters: [],
    luck,
  };
  const take = (world: World, letter: Letter): World =>
    looked(setting, new Turn(cast, world).take(letter).world);
  return letters.reduce(take, empty);
}
