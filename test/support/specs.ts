/** Task specs for tests: the least that a spec must say. */
import type { TaskSpec } from "../../machines/protocol.ts";

export const BARE_SPEC: TaskSpec = {
  title: "a task",
  description: "",
  type: "task",
  priority: "medium",
  value: 5,
  timeCriticality: 0,
  complexity: 5,
  epicId: null,
  milestoneId: null,
  acceptance: [],
  dependsOn: [],
  related: [],
  suggested: [],
};
