/** All commands, in the order in which help shows them. */
import { Command } from "commander";
import { attachCommand } from "./agent/attach.ts";
import { explainCommand } from "./agent/explain.ts";
import { stopCommand } from "./agent/stop.ts";
import { tailCommand } from "./agent/tail.ts";
import { agentsCommand } from "./agents.ts";
import { recheckCommand } from "./auth/recheck.ts";
import { authStatusCommand } from "./auth/status.ts";
import { createCommand } from "./backup/create.ts";
import { listBackupsCommand } from "./backup/list.ts";
import { restoreCommand } from "./backup/restore.ts";
import { checkChartCommand } from "./charts/check.ts";
import { listChartsCommand } from "./charts/list.ts";
import { showChartCommand } from "./charts/show.ts";
import { showConfigCommand } from "./config/show.ts";
import { costCommand } from "./cost.ts";
import { demoCommand } from "./demo.ts";
import { doctorCommand } from "./doctor.ts";
import { frontCommands } from "./front.ts";
import { initCommand } from "./init.ts";
import { inspectCommand } from "./inspect.ts";
import { logCommand } from "./log.ts";
import { replayCommand } from "./replay.ts";
import { checkCommand } from "./roadmap/check.ts";
import { exportCommand } from "./roadmap/export.ts";
import { importCommand } from "./roadmap/import.ts";
import { runCommand } from "./run.ts";
import { statusCommand } from "./status.ts";
import { addCommand } from "./task/add.ts";
import { cancelCommand } from "./task/cancel.ts";
import { listCommand } from "./task/list.ts";
import { showCommand } from "./task/show.ts";
import { unblockCommand } from "./task/unblock.ts";
import { whyCommand } from "./task/why.ts";

const group = (name: string, summary: string, commands: readonly Command[]): Command => {
  const parent = new Command(name).description(summary);
  for (const each of commands) parent.addCommand(each);
  return parent;
};

export const commands = (): readonly Command[] => [
  initCommand(),
  demoCommand(),
  runCommand(),
  ...frontCommands(),
  statusCommand(),
  group("task", "look at tasks and steer them", [
    addCommand(),
    listCommand(),
    showCommand(),
    whyCommand(),
    cancelCommand(),
    unblockCommand(),
  ]),
  group("roadmap", "take a roadmap in and out", [importCommand(), exportCommand(), checkCommand()]),
  agentsCommand(),
  group("agent", "look into the runs of agents, and end them", [
    tailCommand(),
    attachCommand(),
    stopCommand(),
    explainCommand(),
  ]),
  group("auth", "see to the logins of agent programs", [authStatusCommand(), recheckCommand()]),
  costCommand(),
  group("backup", "copies of the database", [
    createCommand(),
    listBackupsCommand(),
    restoreCommand(),
  ]),
  logCommand(),
  replayCommand(),
  inspectCommand(),
  doctorCommand(),
  group("config", "look at the settings", [showConfigCommand()]),
  group("charts", "look at the charts, and check one of your own", [
    listChartsCommand(),
    showChartCommand(),
    checkChartCommand(),
  ]),
];
