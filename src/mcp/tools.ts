/** Every tool, and who gets which: the role decides, once, so that the list never changes. */
import type { Role, SessionScope, Tool, Toolset } from "./tool.ts";
import { orchestratorStatus } from "./tools/orchestrator-status.ts";
import { planNext } from "./tools/plan-next.ts";
import { taskGet } from "./tools/task-get.ts";
import { taskList } from "./tools/task-list.ts";

/** In the order in which clients are shown them. */
export const tools: readonly Tool[] = [planNext, taskGet, taskList, orchestratorStatus];

const TOOLSETS: Readonly<Record<Role, readonly Toolset[]>> = {
  worker: ["work"],
  coordinator: ["work", "plan"],
  operator: ["work", "plan", "ops"],
};

export const toolsFor = ({ role }: Pick<SessionScope, "role">): readonly Tool[] =>
  tools.filter(({ toolset }) => TOOLSETS[role].includes(toolset));
