/** `event_log`: the journal, oldest first, a page at a time: of one actor, or of all. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import { isoTime } from "../../clock.ts";
import { eventName } from "../../host/record.ts";
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
    cursor: z.int().min(0).default(0),
    limit,
  }),
  output: z.object({ events: z.array(row), next_cursor: z.number().nullable() }),
  annotations: READS,
  run: async ({ task_id, actor: named, cursor, limit: most }, { app }) => {
    const actor = task_id === undefined ? named : actorId.task(task_id);
    const of = actor === undefined ? {} : { actor };
    const found = await app.store.journal({ ...of, after: cursor, limit: most + 1 });
    const page = found.slice(0, most);
    return {
      events: page.map(({ seq, atMs, actor: who, happening, fromState, toState, cause }) => {
        const event = eventName(happening);
        return { seq, at: isoTime(atMs), actor: who, event, from: fromState, to: toState, cause };
      }),
      next_cursor: found.length > most ? (page.at(-1)?.seq ?? null) : null,
    };
  },
});
