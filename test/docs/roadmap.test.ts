/** The page on roadmaps: its examples run, and its tables are those of the schema. */
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import { fieldNamesAt, STATUS_WORDS } from "../../src/roadmap/schema.ts";
import { namesOf } from "../../src/roadmap/spellings.ts";
import { codeIn, readPage, rowsOf, sectionOf } from "./pages.ts";
import { brokenPromises, walk } from "./walkthrough.ts";

const page = readPage("docs/roadmap.md");
const WALK_TEST_MS = 6 * 60_000;

test(
  "what is printed on importing and exporting is what the page shows",
  async () => {
    const walked = await walk(page);
    expect(brokenPromises(walked)).toEqual([]);
    expect(walked.shown.filter(({ promised }) => promised !== null)).toHaveLength(4);
  },
  WALK_TEST_MS,
);

/** The tables under "Fields", one after the other: each begins with its first field. */
const fields = sectionOf(page, "Fields");
const tables = fields
  .split(/^Of .*:$/m)
  .slice(1)
  .map(rowsOf);
interface Level {
  readonly name: string;
  readonly path: readonly (string | number)[];
  /** The least that it may say. */
  readonly least: object;
  /** A file that holds such a thing. */
  readonly fileOf: (thing: object) => object;
}

const LEVELS: readonly Level[] = [
  { name: "the file", path: [], least: {}, fileOf: (thing) => thing },
  { name: "an epic", path: ["epics"], least: { id: "E" }, fileOf: (thing) => ({ epics: [thing] }) },
  {
    name: "a milestone",
    path: ["epics", 0, "milestones"],
    least: { id: "M" },
    fileOf: (thing) => ({ epics: [{ id: "E", milestones: [thing] }] }),
  },
  {
    name: "a task",
    path: ["tasks"],
    least: { id: "T", title: "t" },
    fileOf: (thing) => ({ tasks: [thing] }),
  },
];

/** What a file with one such thing in it comes to. */
function read({ fileOf, least }: Level, more: object): object {
  const text = JSON.stringify({ version: 1, ...fileOf({ ...least, ...more }) });
  const { constraints, epics, tasks } = parseRoadmap(text, "page");
  return { constraints, epics, specs: tasks.map(({ id, spec, status }) => [id, spec, status]) };
}

describe.each(LEVELS)("the fields of $name", (level) => {
  const cells = (tables[LEVELS.indexOf(level)] ?? []).filter((each) => each.length === 4);

  test("are all there, and no others", () => {
    expect(cells.flatMap(([field = ""]) => codeIn(field))).toEqual([...fieldNamesAt(level.path)]);
  });

  test("are called required where they are", () => {
    const required = cells.filter(([, , byDefault]) => byDefault === "required");
    expect(required.flatMap(([field = ""]) => codeIn(field))).toEqual(Object.keys(level.least));
  });

  test("have the defaults that the page names", () => {
    for (const [field = "", , byDefault = ""] of cells) {
      for (const text of codeIn(byDefault)) {
        const more = { [codeIn(field)[0] ?? ""]: parse(text) as unknown };
        expect(read(level, more), field).toEqual(read(level, {}));
      }
    }
  });
});

test("the status words are those of the schema", () => {
  const line = /\*\*Status words\*\* are (.*?)\./s.exec(page)?.[1] ?? "";
  expect(codeIn(line)).toEqual(STATUS_WORDS);
});

test("the older names are those that are read", () => {
  const rows = rowsOf(sectionOf(page, "The older format")).map((cells) => cells.map(codeIn));
  const renamed = rows.filter(([, [field = ""] = []]) => namesOf(field).length > 1);
  expect(renamed.map(([older = [], field = []]) => [...field, ...older])).toEqual(
    ["depends_on", "acceptance", "complexity"].map((field) => [...namesOf(field)]),
  );
});
