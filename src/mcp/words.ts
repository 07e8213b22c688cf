/** The words that tools have in common: their arguments and answers as schemas, and rows as answers. */
import { z } from "zod";
import { isoTime } from "../clock.ts";
import { TASK_STATUSES } from "../store/views/tables.ts";
import type { TaskRow } from "../store/views/tables.ts";

const ID_CHARS_MAX = 200;

export const id = z.string().min(1).max(ID_CHARS_MAX);
export const status = z.enum(TASK_STATUSES);

/** Who calls; sessions that were opened for an agent leave it out. */
export const agentId = id.optional();
/** Makes a repetition known as one. */
export const key = z.string().min(1).max(ID_CHARS_MAX).optional();
export const note = z.string().min(1).max(2_000);
/** The revision that the caller has seen; another one refuses the change. */
export const revision = z.int().min(0).optional();
export const leaseSeconds = z.int().min(30).max(86_400).default(600);
/** Seconds to wait for a result; clients give up after a minute. */
export const waitSeconds = z.int().min(0).max(50).default(20);

const PATH_CHARS_MAX = 1_000;
/** A path from the root of a worktree. */
export const worktreePlace = z.string().min(1).max(PATH_CHARS_MAX);

/** Where the actor of a change stands after it. */
export const standing = z.object({
  state: z.string(),
  rev: z.number(),
  next_events: z.array(z.string()),
});

/** Where a task stands after a change. */
export const outcome = z.object({
  task_id: id,
  status,
  state: z.string(),
  rev: z.number(),
  next_events: z.array(z.string()),
  reason: z.string().nullable(),
});

/** One page of a list. */
export const PAGE_MAX = 200;
const PAGE_DEFAULT = 20;
export const limit = z.int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT);

/** A task in a list: what one must know to choose. */
export const taskLine = z.object({
  id,
  title: z.string(),
  status,
  state: z.string(),
  type: z.string(),
  priority: z.string(),
  complexity: z.number(),
  assignee: z.string().nullable(),
});

export const taskLineOf = (row: TaskRow): z.output<typeof taskLine> => ({
  id: row.id,
  title: row.title,
  status: row.status,
  state: row.substate,
  type: row.type,
  priority: row.priority,
  complexity: row.complexity,
  assignee: row.assigned_to,
});

export const timeOrNull = (atMs: number | null): string | null =>
  atMs === null ? null : isoTime(atMs);
