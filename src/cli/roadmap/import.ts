/** `wvo roadmap import`: takes a roadmap file into the database, and says what that did. */
import { importRoadmap, readRoadmapFile } from "../../app/roadmap-import.ts";
import type { ImportResult } from "../../app/roadmap-import.ts";
import { BRIEF_TOKENS_MAX } from "../../planning/brief.ts";
import type { ImportReport } from "../../roadmap/import-report.ts";
import { command } from "../command.ts";
import { speaking } from "../speaker.ts";
import { fromHere, loadHere } from "../workspace.ts";

export const importCommand = () =>
  command<{ allowMissing?: boolean }>(
    { name: "import", summary: "take a roadmap file into the database" },
    async ({ out, args, options }) => {
      const config = loadHere();
      const [file] = args;
      const parsed = readRoadmapFile(file === undefined ? config.roadmap : fromHere(file));
      const allowMissing = options.allowMissing === true;
      const result = await speaking(config, (speaker, store) =>
        importRoadmap(parsed, { speaker, store }, { allowMissing }),
      );
      out.result(result, () => renderImport(result));
    },
  )
    .argument("[file]", "the roadmap; by default the one of the workspace")
    .option("--allow-missing", "take tasks with unknown dependencies as blocked");

/** What an import did, a line for each kind of thing; what did not happen is left out. */
export function renderImport(result: ImportResult): string {
  const list = (ids: readonly string[]): string => ids.join(", ");
  const lines: readonly (readonly [string, string])[] = [
    ["created", list(result.created)],
    ["revised", list(result.revised)],
    ["unchanged", result.unchanged > 0 ? String(result.unchanged) : ""],
    ["came in as pending", list(result.resetToPending.map(({ id, was }) => `${id} (was ${was})`))],
    [
      "blocked, since a dependency is unknown",
      list(result.blockedByMissing.map(({ id, missing }) => `${id} (${missing.join(", ")})`)),
    ],
    [
      "unknown dependencies left out",
      list(result.leftOut.map(({ id, missing }) => `${id} (${missing.join(", ")})`)),
    ],
    [
      "new dependencies too late",
      list(result.tooLate.map(({ id, dependsOn }) => `${id} (${dependsOn.join(", ")})`)),
    ],
    ["settled, so left as they are", list(result.settled)],
    [
      "status of the file ignored",
      list(result.statusIgnored.map(({ id, file, database }) => `${id} (${file}; is ${database})`)),
    ],
    ["not in the file, so left as they are", list(result.notInFile)],
    ["refused", list(result.refused.map(({ id, why }) => `${id} (${why})`))],
    ["longer than a brief should be", longBriefsText(result)],
    ["fields nobody reads", list(Object.keys(result.ignoredFields))],
  ];
  const said = lines.filter(([, text]) => text !== "").map(([word, text]) => `  ${word}: ${text}`);
  return [result.path, ...(said.length > 0 ? said : ["  nothing to do"])].join("\n");
}

/** Such briefs are given whole, and have no room for what earlier attempts found. */
export const longBriefsText = ({ longBriefs }: Pick<ImportReport, "longBriefs">): string =>
  longBriefs
    .map(({ id, tokens }) => `${id} (${tokens} tokens of ${BRIEF_TOKENS_MAX} with constraints)`)
    .join(", ");
