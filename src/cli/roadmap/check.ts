/** `wvo roadmap check`: says what is wrong with a roadmap file, and changes nothing. */
import { planImport } from "../../roadmap/import.ts";
import { existingTasks, readRoadmapFile } from "../../app/roadmap-import.ts";
import { existsSync } from "node:fs";
import { command } from "../command.ts";
import { reading } from "../reading.ts";
import { databasePath } from "../speaker.ts";
import { longBriefsText } from "./import.ts";
import { fromHere, loadHere } from "../workspace.ts";

export const checkCommand = () =>
  command<{ allowMissing?: boolean }>(
    { name: "check", summary: "say what is wrong with a roadmap file" },
    async ({ out, args, options }) => {
      const config = loadHere();
      const [file] = args;
      const parsed = readRoadmapFile(file === undefined ? config.roadmap : fromHere(file));
      const existing = existsSync(databasePath(config))
        ? await reading(config, existingTasks)
        : new Map();
      const { report } = planImport(parsed, existing, {
        allowMissing: options.allowMissing === true,
      });
      const result = { path: parsed.path, valid: true, tasks: parsed.tasks.length, import: report };
      out.result(result, () => {
        const long = longBriefsText(report);
        const warning = long === "" ? [] : [`  longer than a brief should be: ${long}`];
        return [`${parsed.path} is valid: ${parsed.tasks.length} tasks`, ...warning].join("\n");
      });
    },
  )
    .argument("[file]", "the roadmap; by default the one of the workspace")
    .option("--allow-missing", "let unknown dependencies pass");
