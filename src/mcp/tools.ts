/** Every tool, and who gets which: the role decides, once, so that the list never changes. */
import type { Role, SessionScope, Tool, Toolset } from "./tool.ts";
import { agentList } from "./tools/agent-list.ts";
import { agentStop } from "./tools/agent-stop.ts";
import { artifactStore } from "./tools/artifact-store.ts";
import { authStatus } from "./tools/auth-status.ts";
import { autopilotControl } from "./tools/autopilot-control.ts";
import { autopilotStatus } from "./tools/autopilot-status.ts";
import { backupCreate } from "./tools/backup-create.ts";
import { backupList } from "./tools/backup-list.ts";
import { backupRestore } from "./tools/backup-restore.ts";
import { contextSearch } from "./tools/context-search.ts";
import { contextWrite } from "./tools/context-write.ts";
import { convoyCreate } from "./tools/convoy-create.ts";
import { convoyList } from "./tools/convoy-list.ts";
import { criticsRun } from "./tools/critics-run.ts";
import { dispatch } from "./tools/dispatch.ts";
import { eventAck } from "./tools/event-ack.ts";
import { eventClaim } from "./tools/event-claim.ts";
import { eventLog } from "./tools/event-log.ts";
import { eventSend } from "./tools/event-send.ts";
import { execCommand } from "./tools/exec-command.ts";
import { fileRead } from "./tools/file-read.ts";
import { fileWrite } from "./tools/file-write.ts";
import { gitCommit } from "./tools/git-commit.ts";
import { gitStatus } from "./tools/git-status.ts";
import { health } from "./tools/health.ts";
import { healthRemediate } from "./tools/health-remediate.ts";
import { orchestratorStatus } from "./tools/orchestrator-status.ts";
import { planNext } from "./tools/plan-next.ts";
import { taskClaim } from "./tools/task-claim.ts";
import { taskComplete } from "./tools/task-complete.ts";
import { taskCreate } from "./tools/task-create.ts";
import { taskEdit } from "./tools/task-edit.ts";
import { taskGet } from "./tools/task-get.ts";
import { taskList } from "./tools/task-list.ts";
import { taskRelease } from "./tools/task-release.ts";
import { taskUpdate } from "./tools/task-update.ts";

/** In the order in which clients are shown them. */
export const tools: readonly Tool[] = [
  planNext,
  taskGet,
  taskList,
  taskClaim,
  taskUpdate,
  taskComplete,
  taskRelease,
  contextWrite,
  contextSearch,
  artifactStore,
  criticsRun,
  eventSend,
  eventClaim,
  eventAck,
  taskCreate,
  taskEdit,
  convoyCreate,
  convoyList,
  dispatch,
  orchestratorStatus,
  autopilotStatus,
  autopilotControl,
  authStatus,
  agentList,
  agentStop,
  eventLog,
  backupCreate,
  backupList,
  backupRestore,
  fileRead,
  fileWrite,
  execCommand,
  gitStatus,
  gitCommit,
  health,
  healthRemediate,
];

const TOOLSETS: Readonly<Record<Role, readonly Toolset[]>> = {
  worker: ["work"],
  coordinator: ["work", "plan"],
  operator: ["work", "plan", "ops"],
};

/** The sandbox comes with no role: it is asked for, and only where the workspace has one. */
export const toolsFor = ({
  role,
  sandbox,
}: Pick<SessionScope, "role" | "sandbox">): readonly Tool[] =>
  tools.filter(({ toolset }) =>
    toolset === "sandbox" ? sandbox : TOOLSETS[role].includes(toolset),
  );
