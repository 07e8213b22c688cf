/** `event_log`: the journal, oldest first, a page at a time: of one actor, or of all. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import { isoTime, parseIsoTime } from "../../clock.ts";
import { eventName } from "../../host/record.ts";
import type { JournalRow, StoreReader } from "../../store/port.ts";
import { defineTool, READS } from "../tool.ts";
import { id, limit } from "../words.ts";

const row = z.object({
  seq: z.number(),
  at: z.string(),
  actor: z.string(),
  event: z.string(),
  from: z.string(),
  to: z.string(),
  cause: z.string().nullable(),
});

export const eventLog = defineTool({
  name: "event_log",
  toolset: "ops",
  title: "Read the journal",
  description: "What happened, oldest first: of a task, of any actor such as agent:ID, or of all.",
  input: z.strictObject({
    task_id: id.optional(),
    actor: id.optional(),
    type: id.optional(),
    since: z.iso.datetime().optional(),
    cursor: z.int().min(0).default(0),
    limit,
  }),
  output: z.object({ events: z.array(row), next_cursor: z.number().nullable() }),
  annotations: READS,
  run: async ({ task_id, actor: named, type, since, cursor, limit: most }, { app }) => {
    const actor = task_id === undefined ? named : actorId.task(task_id);
    const sinceMs = since === undefined ? 0 : parseIsoTime(since);
    const isWanted = ({ atMs, happening }: JournalRow): boolean =>
      atMs >= sinceMs && (type === undefined || eventName(happening) === type);
    const isPicky = type !== undefined || since !== undefined;
    const atOnce = isPicky ? ROWS_AT_ONCE : most + 1;
    const { page, next } = await pageOf(app.store, { actor, cursor, most, atOnce, isWanted });
    return {
      events: page.map(({ seq, atMs, actor: who, happening, fromState, toState, cause }) => {
        const event = eventName(happening);
        return { seq, at: isoTime(atMs), actor: who, event, from: fromState, to: toState, cause };
      }),
      next_cursor: next,
    };
  },
});

interface Wanted {
  readonly actor: string | undefined;
  readonly cursor: number;
  readonly most: number;
  readonly atOnce: number;
  readonly isWanted: (row: JournalRow) => boolean;
}

/** Rows read for one answer: where few of many are wanted, the cursor goes on from there. */
const ROWS_READ_MAX = 5_000;
const ROWS_AT_ONCE = 500;

/** The rows that are wanted, and where to go on reading; null at the end of the journal. */
async function pageOf(store: StoreReader, { actor, cursor, most, atOnce, isWanted }: Wanted) {
  const of = actor === undefined ? {} : { actor };
  const page: JournalRow[] = [];
  let after = cursor;
  for (let read = 0; read < ROWS_READ_MAX; read += atOnce) {
    const rows = await store.journal({ ...of, after, limit: atOnce });
    for (const row of rows) {
      if (page.length === most) return { page, next: after };
      if (isWanted(row)) page.push(row);
      after = row.seq;
    }
    if (rows.length < atOnce) return { page, next: null };
  }
  return { page, next: after };
}
