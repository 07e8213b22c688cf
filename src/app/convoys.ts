/** Convoys as people see them: how far one is follows from its tasks at the moment of asking. */
import { actorId } from "../../machines/protocol.ts";
import type { ConvoyContext } from "../../machines/convoy.ts";
import type { SnapshotRecord } from "../host/record.ts";
import type { Stored, StoreReader } from "../store/port.ts";
import type { TaskStatus } from "../store/views/tables.ts";
import type { Views } from "../store/views/views.ts";

export const CONVOY_STATES = ["open", "done", "abandoned"] as const;

export interface Convoy extends ConvoyContext {
  /** `done` when its tasks are, but for cancelled ones; `abandoned` when nothing of it is wanted. */
  readonly state: (typeof CONVOY_STATES)[number];
  readonly counts: Partial<Readonly<Record<TaskStatus, number>>>;
}

/** One convoy, or null. */
export async function convoyOf(store: StoreReader, name: string): Promise<Convoy | null> {
  const stored = await store.read(actorId.convoy(name));
  return stored === null ? null : standing(store.views, stored);
}

/** Convoys in the order of their names, after the given one. */
export async function convoysAfter(
  store: StoreReader,
  after: string,
  limit: number,
): Promise<readonly Convoy[]> {
  const rows = await store.actors(actorId.convoy(after), limit);
  const convoys = rows.filter(({ actor }) => actor.startsWith(actorId.convoy("")));
  return convoys.map((row) => standing(store.views, row));
}

function standing(views: Pick<Views, "task">, { snapshot }: Stored): Convoy {
  const context = (JSON.parse(snapshot) as SnapshotRecord).context as ConvoyContext;
  const counts: Partial<Record<TaskStatus, number>> = {};
  for (const id of context.taskIds) {
    const { status = "cancelled" as const } = views.task(id) ?? {};
    counts[status] = (counts[status] ?? 0) + 1;
  }
  const { done = 0, cancelled = 0 } = counts;
  const isOver = done + cancelled === context.taskIds.length;
  // A convoy of which nothing was done is no success (Gas Town #1266: 0 of 0 done).
  const state = isOver ? (done > 0 ? "done" : "abandoned") : "open";
  return { ...context, state, counts };
}
