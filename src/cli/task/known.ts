/** Finds the task a person named, or says which one was probably meant. */
import { FaultError } from "../../fault.ts";
import type { TaskRow } from "../../store/views/tables.ts";
import type { Views } from "../../store/views/views.ts";
import { suggest } from "../suggestion.ts";
import { allTasks } from "./list.ts";

/** Throws a fault of kind `notFound`. */
export function knownTask(views: Views, id: string): TaskRow {
  const row = views.task(id);
  if (row !== null) return row;
  throw unknownTask(
    id,
    allTasks(views).map((each) => each.id),
  );
}

const LISTED = "wvo task list shows them";

/** What to say of a task that is none of those that are known. */
export function unknownTask(id: string, ids: readonly string[]): FaultError {
  return new FaultError({
    code: "task.unknown",
    kind: "notFound",
    where: "wvo task",
    found: `no task ${id}`,
    expected: ids.length > 0 ? `one of ${ids.length} tasks` : "a task; there is none yet",
    next: suggest(id, ids, ids.length > 0 ? LISTED : "wvo roadmap import takes them in"),
  });
}
