/**
 * A roadmap text, read and checked as a whole: format, schema, ids that occur twice, cycles. All
 * problems are reported together. What an import or an export makes of it is left to them.
 */
import { problemsOf, valueAt } from "./complaints.ts";
import { cyclesIn } from "./cycles.ts";
import { isLegacy, OLD_STATUS_WORDS, translate } from "./legacy.ts";
import type { Ambiguity } from "./legacy.ts";
import { outlineOf } from "./outline.ts";
import type { Entry, Home } from "./outline.ts";
import { problemAt, RoadmapFault } from "./problems.ts";
import type { RoadmapProblem } from "./problems.ts";
import { roadmapFile, STATUS_WORDS } from "./schema.ts";
import type { FileTask, RoadmapFile } from "./schema.ts";
import { caseClash, foldedId } from "./task-ids.ts";
import { dataOf } from "./yaml-data.ts";
import { placeAt } from "./yaml-places.ts";
import type { Path } from "./yaml-places.ts";
import { openYaml } from "./yaml-text.ts";
import type { YamlText } from "./yaml-text.ts";

export type RoadmapFormat = "weathervane" | "legacy";

/** A task as it stands in the file. */
export interface ReadTask {
  readonly id: string;
  readonly path: Path;
  readonly home: Home;
  readonly fields: FileTask;
}

export interface Reading {
  readonly source: YamlText;
  readonly format: RoadmapFormat;
  readonly file: RoadmapFile;
  readonly tasks: readonly ReadTask[];
  readonly ignoredFields: Readonly<Record<string, number>>;
}

/** Reads either format; throws a `RoadmapFault` with all problems. */
export function readRoadmap(text: string, path: string): Reading {
  const source = openYaml(text, path);
  const format = isLegacy(source.data) ? "legacy" : "weathervane";
  const { data, ambiguities, ignoredFields } = wordsOf(source, format);
  const outline = outlineOf(data);
  const checked = roadmapFile.safeParse(data);
  const statusWords = format === "legacy" ? OLD_STATUS_WORDS : STATUS_WORDS;
  const issues = checked.error?.issues ?? [];
  const problems = [
    ...issues.flatMap((issue) => problemsOf(issue, { source, data, statusWords })),
    ...ambiguities.map((each) => ambiguous(source, each)),
    ...repeatedIds(source, outline),
    ...cyclesIn(graphOf(source, outline)),
  ];
  if (!checked.success || problems.length > 0) throw new RoadmapFault(path, problems);
  const tasks = outline.flatMap((entry) => taskOf(entry, checked.data));
  return { source, format, file: checked.data, tasks, ignoredFields };
}

function wordsOf(source: YamlText, format: RoadmapFormat) {
  if (format === "legacy") return translate(dataOf(source.root, "texts").data);
  return { data: source.data, ambiguities: [], ignoredFields: {} };
}

function taskOf({ kind, id, path, home }: Entry, file: RoadmapFile): readonly ReadTask[] {
  if (kind !== "task" || id === null) return [];
  return [{ id, path, home, fields: valueAt(file, path) as FileTask }];
}

function ambiguous(source: YamlText, { path, names }: Ambiguity): RoadmapProblem {
  return problemAt(source.path, placeAt(source, path), {
    code: "roadmap.ambiguousField",
    found: `both ${names.join(" and ")}`,
    expected: "one of the two, which mean the same",
    next: "move all of it to one field",
  });
}

/** Tasks are unique in the file, so are epics; milestones are so within their epic. */
function repeatedIds(source: YamlText, outline: readonly Entry[]): readonly RoadmapProblem[] {
  const firsts = new Map<string, { readonly id: string; readonly line: number }>();
  return outline.flatMap(({ kind, id, path, home }) => {
    if (id === null) return [];
    const place = placeAt(source, [...path, "id"]);
    const same = kind === "task" ? foldedId(id) : id;
    const key = [kind, kind === "milestone" ? home.epicId : null, same].join("\n");
    const first = firsts.get(key);
    if (first === undefined) {
      firsts.set(key, { id, line: place.line });
      return [];
    }
    const complaint =
      first.id === id
        ? secondTime(kind, id, first.line)
        : caseClash(id, `${first.id} (line ${first.line})`);
    return [problemAt(source.path, place, complaint)];
  });
}

const secondTime = (kind: Entry["kind"], id: string, firstLine: number) => ({
  code: "roadmap.duplicateId",
  found: `the ${kind} id ${id} a second time (first in line ${firstLine})`,
  expected: `each ${kind} id once`,
  next: "give one of the two another id",
});

function graphOf(source: YamlText, outline: readonly Entry[]) {
  const tasks = outline.flatMap(({ kind, id, path, fields }) =>
    kind === "task" && id !== null ? [{ id, path, dependsOn: textsIn(fields["depends_on"]) }] : [],
  );
  const edges = new Map(tasks.map(({ id, dependsOn }) => [id, dependsOn]));
  const places = new Map(tasks.map(({ id, path }) => [id, placeAt(source, path)]));
  return { path: source.path, edges, places };
}

const textsIn = (list: unknown): readonly string[] =>
  Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
