/**
 * Every chart of the product with what the host must know of it: its version, the door for events
 * from outside, and the rows people query.
 */
import { machine as agent } from "../../machines/agent.ts";
import { machine as artifacts } from "../../machines/artifacts.ts";
import { machine as backup } from "../../machines/backup.ts";
import { machine as budget } from "../../machines/budget.ts";
import { machine as context } from "../../machines/context.ts";
import { machine as convoy } from "../../machines/convoy.ts";
import { machine as coordinator } from "../../machines/coordinator.ts";
import { machine as errand } from "../../machines/errand.ts";
import { machine as gate } from "../../machines/gate.ts";
import { machine as mergeRequest } from "../../machines/merge-request.ts";
import { machine as message } from "../../machines/message.ts";
import { machine as provider } from "../../machines/provider.ts";
import { machine as receipt } from "../../machines/receipt.ts";
import { machine as refinery } from "../../machines/refinery.ts";
import { machine as roadmap } from "../../machines/roadmap.ts";
import { machine as task } from "../../machines/task.ts";
import { machine as visitor } from "../../machines/visitor.ts";
import type { Chart } from "../host/charts.ts";
import { eventsFromOutside, throughDoor } from "./doors.ts";
import { ofAgents, ofCoordinators, ofProviders, ofTasks, ofVisitors } from "./migrations.ts";
import { projectBudget, projectReceipt } from "./money-projections.ts";
import {
  projectAgent,
  projectCoordinator,
  projectGate,
  projectMergeRequest,
} from "./projections.ts";
import { projectProvider, projectTask } from "./projections.ts";
import { projectEntry, projectMessage, projectVisitor } from "./visit-projections.ts";

const entry = (chart: Omit<Chart, "parseEvent" | "outside">): Chart => ({
  ...chart,
  parseEvent: throughDoor(chart.name),
  outside: eventsFromOutside(chart.name),
});

/** The charts of this version of WeatherVane. */
export const catalog: readonly Chart[] = [
  entry({ name: "task", version: 3, machine: task, project: projectTask, migrations: ofTasks }),
  entry({ name: "agent", version: 2, machine: agent, project: projectAgent, migrations: ofAgents }),
  entry({
    name: "provider",
    version: 2,
    machine: provider,
    project: projectProvider,
    migrations: ofProviders,
  }),
  entry({
    name: "coordinator",
    version: 2,
    machine: coordinator,
    project: projectCoordinator,
    migrations: ofCoordinators,
  }),
  entry({ name: "budget", version: 1, machine: budget, project: projectBudget }),
  entry({ name: "receipt", version: 1, machine: receipt, project: projectReceipt }),
  entry({ name: "gate", version: 1, machine: gate, project: projectGate }),
  entry({ name: "merge-request", version: 1, machine: mergeRequest, project: projectMergeRequest }),
  entry({ name: "refinery", version: 1, machine: refinery }),
  entry({ name: "roadmap", version: 1, machine: roadmap }),
  entry({
    name: "visitor",
    version: 2,
    machine: visitor,
    project: projectVisitor,
    migrations: ofVisitors,
  }),
  entry({ name: "message", version: 1, machine: message, project: projectMessage }),
  entry({ name: "context", version: 1, machine: context, project: projectEntry }),
  entry({ name: "artifacts", version: 1, machine: artifacts }),
  entry({ name: "backup", version: 1, machine: backup }),
  entry({ name: "errand", version: 1, machine: errand }),
  entry({ name: "convoy", version: 1, machine: convoy }),
];
