/** `wvo roadmap export`: writes the roadmap as it stands now, with the text it was imported from. */
import { closest } from "fastest-levenshtein";
import type { RoadmapSource } from "../../../machines/roadmap.ts";
import { FaultError } from "../../fault.ts";
import { parseRoadmap } from "../../roadmap/parse.ts";
import { renderRoadmap } from "../../roadmap/render.ts";
import { existingTasks, roadmapSources } from "../../app/roadmap-import.ts";
import { command } from "../command.ts";
import { writeText } from "../files.ts";
import { reading } from "../reading.ts";
import { fromHere, loadHere } from "../workspace.ts";

export const exportCommand = () =>
  command<{ from?: string }>(
    { name: "export", summary: "write the roadmap as it stands now" },
    async ({ out, args, options }) => {
      const [file] = args;
      const { text, tasks } = await reading(loadHere(), async (store) => {
        const sources = (await roadmapSources(store)) ?? [];
        const wanted = options.from === undefined ? null : fromHere(options.from);
        const source = sources.findLast(({ path }) => wanted === null || path === wanted);
        if (wanted !== null && source === undefined) throw notImported(wanted, sources);
        const others = new Set(sources.filter((each) => each !== source).flatMap(idsOf));
        const own = new Set(source === undefined ? [] : idsOf(source));
        const all = [...(await existingTasks(store)).values()];
        const existing = all.filter(({ id }) => own.has(id) || !others.has(id));
        return { text: renderRoadmap(source?.text ?? null, existing), tasks: existing.length };
      });
      if (file === undefined) {
        out.raw({ tasks, text }, text);
        return;
      }
      const path = fromHere(file);
      writeText(path, text);
      out.result({ tasks, path }, () => `${tasks} tasks written to ${path}`);
    },
  )
    .argument("[file]", "where to; by default standard output")
    .option("--from <file>", "the imported file whose text is kept; by default the newest");

function notImported(path: string, sources: readonly RoadmapSource[]): FaultError {
  const paths = sources.map((each) => each.path);
  return new FaultError({
    code: "roadmap.not-imported",
    kind: "notFound",
    where: "wvo roadmap export --from",
    found: `${path}, which was never imported`,
    expected: paths.length > 0 ? `one of ${paths.join(", ")}` : "a file that was imported",
    next:
      paths.length > 0
        ? `did you mean ${closest(path, paths)}?`
        : "wvo roadmap import takes one in",
  });
}

/** A task that another file names is not exported into this one. */
const idsOf = ({ text, path }: RoadmapSource): readonly string[] =>
  parseRoadmap(text, path).tasks.map(({ id }) => id);
