/**
 * Is there anything left to do without a person? Read from the tables and the timers, so that the
 * answer is the same after a restart.
 */
import type { CoordinatorContext } from "../../machines/coordinator.ts";
import { actorId } from "../../machines/protocol.ts";
import type { SnapshotRecord } from "../host/record.ts";
import { stateText } from "../host/record.ts";
import type { StoreReader } from "../store/port.ts";

export type Standing =
  /** Every task is done or cancelled. */
  | { readonly kind: "done" }
  /** Something is under way, or will be within moments. */
  | { readonly kind: "busy" }
  /** Nothing is under way, and nothing can be before `dueMs`, a limit's end or a next try. */
  | { readonly kind: "waiting"; readonly dueMs: number }
  /** Only a person can change anything: tasks are blocked, or wait for blocked ones. */
  | { readonly kind: "stuck"; readonly because: string };

/** A wait shorter than this, such as an agent's rest, is not worth ending a run for. */
const SHORT_WAIT_MS = 20_000;

export async function standingOf(store: StoreReader, nowMs: number): Promise<Standing> {
  const { views } = store;
  const count = views.countByStatus();
  const open = count.pending + count.blocked + count.needs_improvement;
  if (open + count.in_progress + count.needs_review === 0) return { kind: "done" };
  if (count.in_progress > 0 || (await isMerging(store))) return { kind: "busy" };
  if (views.ready(1).length === 0) return count.needs_review > 0 ? HELD : stuck(BLOCKED);
  const { state, reason } = await coordinatorOf(store);
  if (state !== "running.idle" && !state.startsWith("running.short")) return { kind: "busy" };
  const dueMs = await nextChange(store);
  if (dueMs === null) return stuck(reason ?? UNTAKEN);
  return dueMs - nowMs < SHORT_WAIT_MS ? { kind: "busy" } : { kind: "waiting", dueMs };
}

const stuck = (because: string): Standing => ({ kind: "stuck", because });
const BLOCKED = "every open task is blocked, or waits for one that is";
const UNTAKEN = "tasks are ready, and nobody takes them";

/** Where the coordinator is, and why it dispatches nothing. */
export async function coordinatorOf(store: StoreReader) {
  const stored = await store.read(actorId.coordinator);
  if (stored === null) return { state: "never started", reason: null };
  const { value, context } = JSON.parse(stored.snapshot) as SnapshotRecord;
  return { state: stateText(value), reason: (context as CoordinatorContext).reason };
}

/** A merge that a person's uncommitted files hold up is looked at again by itself. */
const HELD: Standing = { kind: "waiting", dueMs: 0 };

/** True where a task is checked or merged; a merge that is held up does not count. */
async function isMerging({ views }: StoreReader): Promise<boolean> {
  const merges = new Map(views.mergeRequests().map((each) => [each.task_id, each.status]));
  const isHeld = [...merges.values()].includes("held");
  return views.tasksIn("needs_review", REVIEWS_LOOKED_AT).some(({ id }) => {
    const status = merges.get(id);
    return status === undefined || !(status === "held" || (status === "queued" && isHeld));
  });
}
const REVIEWS_LOOKED_AT = 1_000;

/** When a provider is tried again, an agent has rested or a day begins; null where nothing will change. */
async function nextChange(store: StoreReader): Promise<number | null> {
  const { views } = store;
  if (views.providers().some(({ status }) => status === "probing")) return 0;
  // Those that take runs wait for nothing that would free a task: only their level may change.
  const out = views.providers().filter(({ status }) => status !== "usable");
  const actors = [
    actorId.coordinator,
    ...out.map(({ name }) => actorId.provider(name)),
    ...views.agents().map(({ agent_id }) => actorId.agent(agent_id)),
  ];
  const timers = await Promise.all(actors.map((actor) => store.timersOf(actor)));
  const due = timers.flat().map(({ dueMs }) => dueMs);
  return due.length === 0 ? null : Math.min(...due);
}
