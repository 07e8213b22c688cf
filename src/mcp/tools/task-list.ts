/** `task_list`: tasks in the order of their ids, a page at a time. */
import { z } from "zod";
import type { TaskRow } from "../../store/views/tables.ts";
import type { Views } from "../../store/views/views.ts";
import { tellConvoy } from "./convoy-list.ts";
import { defineTool, READS } from "../tool.ts";
import { id, limit, PAGE_MAX, status, taskLine, taskLineOf } from "../words.ts";

export const taskList = defineTool({
  name: "task_list",
  toolset: "work",
  title: "List tasks",
  description: "Tasks by id. Pass next_cursor as cursor for the next page.",
  input: z.strictObject({
    state: status.optional(),
    assignee: id.optional(),
    convoy_id: id.optional(),
    cursor: z.string().max(200).optional(),
    limit,
  }),
  output: z.object({ tasks: z.array(taskLine), next_cursor: z.string().nullable() }),
  annotations: READS,
  run: async ({ state, assignee, convoy_id, cursor = "", limit: most }, { app }) => {
    const convoy = convoy_id === undefined ? null : await tellConvoy(app.store, convoy_id);
    const isWanted = (row: TaskRow): boolean =>
      (state === undefined || row.status === state) &&
      (convoy?.tasks.includes(row.id) ?? true) &&
      (assignee === undefined || row.assigned_to === assignee);
    const found = pageOf(app.store.views, { after: cursor, most, isWanted });
    const page = found.slice(0, most);
    const next_cursor = found.length > most ? (page.at(-1)?.id ?? null) : null;
    return { tasks: page.map(taskLineOf), next_cursor };
  },
});

interface Wanted {
  readonly after: string;
  readonly most: number;
  readonly isWanted: (row: TaskRow) => boolean;
}

/** One more than wanted, where there are more. */
function pageOf(views: Views, { after, most, isWanted }: Wanted): readonly TaskRow[] {
  const found: TaskRow[] = [];
  for (let last = after; ;) {
    const rows = views.tasks(last, PAGE_MAX);
    found.push(...rows.filter(isWanted));
    last = rows.at(-1)?.id ?? last;
    if (rows.length < PAGE_MAX || found.length > most) return found.slice(0, most + 1);
  }
}
