/** Refusals of tools: each says where, what was found, what was expected and what to do next. */
import { FaultError } from "../fault.ts";

export const unknownTask = (id: string): FaultError =>
  new FaultError({
    code: "task.unknown",
    kind: "notFound",
    where: `task ${id}`,
    found: "no such task",
    expected: "a task that exists",
    next: "task_list shows the tasks that exist",
  });
