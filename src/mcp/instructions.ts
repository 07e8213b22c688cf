/** What a client is told on connecting: how to work here, for the role it has. */
import type { Role, SessionScope } from "./tool.ts";

const WORK =
  "WeatherVane hands out the tasks of a roadmap. The work loop: plan_next shows what is ready; " +
  "task_claim takes one task for you and says where to start; send task_update with event progress " +
  "before lease_until passes, or the task goes back; commit your work in this repository and name " +
  "the commit or branch in task_complete. Checks and the merge then decide; done is seen in git, " +
  "not said. Cannot go on: task_update with event block, or task_release. Look up what others " +
  "decided with context_search and write down decisions and learnings with context_write; event_send asks " +
  "another agent, event_claim gives you what was asked. A refused " +
  "call names the events that are accepted; the same idempotency_key never acts twice.";

const PLAN =
  " You also plan: task_create adds tasks, task_edit changes or cancels them, dispatch makes one come next.";

const OPERATE = " You also run the place: orchestrator_status, agent_list and event_log show it.";

const OWN_TASK =
  " Your run is about one task only, and it is claimed already: do not claim, complete or release. " +
  "Work in your worktree, end when done, and your changes are collected.";

const SANDBOX =
  " You need no files of your own: file_read, file_write, exec_command and git_status work in a " +
  "worktree for your task, and git_commit gives the sha for task_complete.";

const BY_ROLE: Readonly<Record<Role, string>> = {
  worker: WORK,
  coordinator: WORK + PLAN,
  operator: WORK + PLAN + OPERATE,
};

export const instructionsFor = ({ role, taskId, sandbox }: SessionScope): string =>
  BY_ROLE[role] + (sandbox ? SANDBOX : "") + (taskId === null ? "" : OWN_TASK);
