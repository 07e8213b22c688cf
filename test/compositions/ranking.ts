/** The ranking of production, over tables that are made from the actors of the moment. */
import type { Ranking } from "../../machines/protocol.ts";
import { planViewOf } from "../../src/app/dispatch.ts";
import {
  projectAgent,
  projectCoordinator,
  projectProvider,
  projectTask,
} from "../../src/catalog/projections.ts";
import { projectBudget } from "../../src/catalog/money-projections.ts";
import type { Config } from "../../src/config/load.ts";
import { configSchema } from "../../src/config/schema.ts";
import type { Projected } from "../../src/host/charts.ts";
import { recordOf } from "../../src/host/kernel.ts";
import type { LiveActor } from "../../src/host/kernel.ts";
import type { PlanView } from "../../src/planning/plan.ts";
import type { BudgetRow } from "../../src/store/views/money-tables.ts";
import type {
  AgentRow,
  CoordinatorRow,
  ProviderRow,
  TaskRow,
  ViewSlice,
} from "../../src/store/views/tables.ts";
import type { Views } from "../../src/store/views/views.ts";
import { NOW_MS } from "./world.ts";
import type { Setting } from "./setting.ts";
import type { World } from "./world.ts";

/** What the planner would do now. */
export const rankingIn = (setting: Setting, world: World): Ranking =>
  setting.rank(viewIn(setting, world));

/**
 * A ranking that begins reads the tables at once: as early as can be, so that what it finds is as
 * stale as can be when its result arrives.
 */
export function looked(setting: Setting, world: World): World {
  const ranks = [...world.deeds.values()].filter(({ kind }) => kind === "rank");
  if (ranks.every(({ id }) => world.looks.has(id)) && ranks.length === world.looks.size)
    return world;
  const looks = ranks.map(
    ({ id }) => [id, world.looks.get(id) ?? rankingIn(setting, world)] as const,
  );
  return { ...world, looks: new Map(looks) };
}

export function viewIn({ agents, wipLimit, budget }: Setting, world: World): PlanView {
  const config = {
    ...configSchema.parse({ budget }),
    agents: agents.length,
    wip_limit: wipLimit,
    providers: { local: {} },
  };
  return planViewOf(viewsOf(world) as Views, config as unknown as Config, NOW_MS);
}

/** The part of the tables that a plan is made from. */
function viewsOf({ actors }: World): Pick<Views, Asked> {
  const lives = [...actors.values()];
  const tasks = rowsOf(lives, "task:", projectTask) as readonly TaskRow[];
  return {
    ready: () => tasks.filter(({ lane }) => lane !== null),
    agents: () => rowsOf(lives, "agent:", projectAgent) as readonly AgentRow[],
    providers: () => rowsOf(lives, "provider:", projectProvider) as readonly ProviderRow[],
    budget: () => (rowsOf(lives, "budget", projectBudget)[0] ?? null) as BudgetRow | null,
    coordinator: () =>
      (rowsOf(lives, "coordinator", projectCoordinator)[0] ?? null) as CoordinatorRow | null,
    countRunning: () => tasks.filter(({ status }) => status === "in_progress").length,
  };
}

type Asked = "ready" | "agents" | "providers" | "countRunning" | "budget" | "coordinator";

const known = new WeakMap<LiveActor, object>();

function rowsOf(
  lives: readonly LiveActor[],
  prefix: string,
  project: (actor: Projected) => readonly ViewSlice[],
): readonly object[] {
  return lives
    .filter(({ actor }) => actor.startsWith(prefix))
    .map((live) => {
      const row =
        known.get(live) ??
        firstRow(project({ actor: live.actor, record: recordOf(live), atMs: NOW_MS }));
      known.set(live, row);
      return row;
    });
}

const firstRow = ([slice]: readonly ViewSlice[]): object => slice?.rows[0] ?? {};
