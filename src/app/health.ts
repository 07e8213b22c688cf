/**
 * How the place is: one finding for each part, and for what is wrong the remedies that can be applied
 * from here. Each remedy is an event that a chart takes; what only a person can mend has none.
 */
import type { CoordinatorContext } from "../../machines/coordinator.ts";
import { actorId } from "../../machines/protocol.ts";
import { catalog } from "../catalog/catalog.ts";
import { Charts } from "../host/charts.ts";
import { findDrift } from "../host/parity.ts";
import { stateText } from "../host/record.ts";
import type { SnapshotRecord } from "../host/record.ts";
import type { StoreReader } from "../store/port.ts";
import type { Views } from "../store/views/views.ts";
import { unansweredLetters } from "./unanswered.ts";

export const REMEDIES = [
  "start_autopilot",
  "recheck_provider",
  "unblock_task",
  "stop_run",
] as const;

export interface Remedy {
  readonly remedy: (typeof REMEDIES)[number];
  /** The provider, task or agent that it is for; null for the autopilot. */
  readonly target: string | null;
}

export const HEALTH = ["ok", "degraded", "failing"] as const;

export interface HealthCheck {
  readonly name: string;
  readonly status: (typeof HEALTH)[number];
  readonly detail: string;
  readonly remedies: readonly Remedy[];
}

/** Named in one detail, and offered as remedies of one check. */
const NAMED_MAX = 20;

/** All checks. `isDeep` reads the whole database as well, which takes as long as it is large. */
export async function healthOf(
  store: StoreReader,
  isDeep: boolean,
): Promise<readonly HealthCheck[]> {
  const { views } = store;
  return [
    await databaseHealth(store, isDeep),
    providerHealth(views),
    await queueHealth(store),
    agentHealth(views),
    taskHealth(views),
    await letterHealth(store),
  ];
}

/** The worst of them. */
export const worstOf = (checks: readonly HealthCheck[]): HealthCheck["status"] =>
  HEALTH.findLast((status) => checks.some((check) => check.status === status)) ?? "ok";

const fine = (name: string, detail: string): HealthCheck => {
  return { name, status: "ok", detail, remedies: [] };
};

async function databaseHealth(store: StoreReader, isDeep: boolean): Promise<HealthCheck> {
  const name = "database";
  if (!isDeep) return fine(name, "it answers; deep reads all of it");
  const problems = await store.check();
  const drift = problems.length > 0 ? [] : await findDrift(store, new Charts(catalog));
  const found = [...problems, ...drift.map((row) => `${row} does not follow from its snapshot`)];
  if (found.length === 0) return fine(name, "intact, and all rows follow from the snapshots");
  return { name, status: "failing", detail: firstOf(found), remedies: [] };
}

function providerHealth(views: Pick<Views, "providers">): HealthCheck {
  const name = "providers";
  const rows = views.providers();
  const out = rows.filter(({ status }) => status !== "usable" && status !== "probing");
  if (out.length === 0) return fine(name, `${rows.length} known, none out`);
  const status = out.length === rows.length ? "failing" : "degraded";
  const detail = firstOf(out.map((row) => `${row.name} is ${row.status}: ${row.reason ?? "?"}`));
  const targets = out.map((row) => row.name);
  return { name, status, detail, remedies: remedies("recheck_provider", targets) };
}

/** A queue is ill where tasks are ready and nothing will be handed out. */
async function queueHealth(store: StoreReader): Promise<HealthCheck> {
  const name = "task_queue";
  const stored = await store.read(actorId.coordinator);
  const ready = store.views.ready(1).length > 0;
  if (!ready) return fine(name, "no task is ready");
  if (stored === null) return { name, status: "failing", detail: "no autopilot", remedies: [] };
  const { value, context } = JSON.parse(stored.snapshot) as SnapshotRecord;
  const state = stateText(value);
  if (state === "stopped") {
    const detail = "tasks are ready, and the autopilot is stopped";
    return { name, status: "degraded", detail, remedies: remedies("start_autopilot", [null]) };
  }
  const { reason } = context as CoordinatorContext;
  if (!ILL_AUTOPILOT.test(state)) return fine(name, reason ?? `the autopilot is ${state}`);
  return { name, status: "degraded", detail: reason ?? state, remedies: [] };
}

/** Out of money, or unable to read what is to be ranked. */
const ILL_AUTOPILOT = /^running\.(short|faltering)/;
const ILL_AGENT = /(\.suspect|^stuck|^stopping)/;

function agentHealth(views: Pick<Views, "agents">): HealthCheck {
  const name = "agents";
  const rows = views.agents();
  const ill = rows.filter(({ substate }) => ILL_AGENT.test(substate));
  if (ill.length === 0) return fine(name, `${rows.length} known, none out of touch`);
  const detail = firstOf(ill.map((row) => `${row.agent_id} is ${row.substate}`));
  // What is being stopped already needs nobody to stop it.
  const silent = ill.filter(({ substate }) => substate.includes(".suspect"));
  const targets = silent.map((row) => row.agent_id);
  return { name, status: "degraded", detail, remedies: remedies("stop_run", targets) };
}

function taskHealth(views: Pick<Views, "tasksIn">): HealthCheck {
  const name = "tasks";
  const rows = views.tasksIn("blocked", NAMED_MAX + 1);
  if (rows.length === 0) return fine(name, "none is blocked");
  const detail = firstOf(rows.map(({ id, reason }) => `${id} is blocked: ${reason ?? "?"}`));
  const targets = rows.map(({ id }) => id);
  return { name, status: "degraded", detail, remedies: remedies("unblock_task", targets) };
}

async function letterHealth(store: StoreReader): Promise<HealthCheck> {
  const name = "dead_letters";
  const letters = await unansweredLetters(store, NAMED_MAX + 1);
  const { dead } = store.views.countMessages();
  const given = dead === 0 ? [] : [`${dead} messages between agents were given up`];
  const texts = letters.map(({ envelope, detail: why }) => `${envelope.actor}: ${why}`);
  if (letters.length === 0 && dead === 0) return fine(name, "none");
  const detail = firstOf([...given, ...texts]);
  return { name, status: "degraded", detail, remedies: [] };
}

const DETAILS_MAX = 3;

function firstOf(texts: readonly string[]): string {
  const more = texts.length > DETAILS_MAX ? ["and more"] : [];
  return [...texts.slice(0, DETAILS_MAX), ...more].join("; ");
}

const remedies = (
  remedy: Remedy["remedy"],
  targets: readonly (string | null)[],
): readonly Remedy[] => targets.slice(0, NAMED_MAX).map((target) => ({ remedy, target }));
