/**
 * What holds for any tasks: an export can be read again and says what it was given, says it a
 * second time in the same words, and an import that is repeated does nothing.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TaskSpec } from "../../machines/protocol.ts";
import type { ExportTask } from "../../src/roadmap/drafts.ts";
import { isSameSpec } from "../../src/roadmap/fields.ts";
import { planImport } from "../../src/roadmap/import.ts";
import { parseRoadmap, statusFor } from "../../src/roadmap/parse.ts";
import { renderRoadmap } from "../../src/roadmap/render.ts";
import { RoadmapFault } from "../../src/roadmap/problems.ts";
import { tasksNamed } from "./arbitrary-tasks.ts";
import { byId, fixture, imported, specWith } from "./samples.ts";

const SEED = 20_261_121;
const runs = (numRuns: number) => ({ seed: SEED, numRuns });

/** What the reading of a text says otherwise than the tasks that were written to it. */
function discrepancies(
  text: string,
  tasks: readonly ExportTask[],
  hasStatus: (id: string) => boolean,
) {
  const read = new Map(parseRoadmap(text, "r").tasks.map((task) => [task.id, task]));
  return tasks.flatMap(({ id, spec, status }) => {
    const task = read.get(id);
    if (task === undefined) return [`${id} is missing`];
    const known = task.spec.dependsOn.filter((each) => !task.missing.includes(each));
    const isSame = isSameSpec({ ...task.spec, dependsOn: known }, spec);
    const isMoved = hasStatus(id) && task.status !== statusFor(status);
    return [...(isSame ? [] : [`${id} differs`]), ...(isMoved ? [`${id} is ${task.status}`] : [])];
  });
}

/** A file with aliases cannot have its tasks moved. */
const atHome = (task: ExportTask): ExportTask => ({
  ...task,
  spec: { ...task.spec, epicId: null, milestoneId: null },
});

const IDS = ["T1", "T3", "T2", "T4", "N1", "N2", "N3"];

test("a new file says what it was given", () => {
  fc.assert(
    fc.property(tasksNamed(IDS), (tasks) => {
      const text = renderRoadmap(null, tasks);
      expect(discrepancies(text, tasks, () => true)).toStrictEqual([]);
      expect(renderRoadmap(text, tasks)).toBe(text);
    }),
    runs(120),
  );
});

const JSON_FILE = JSON.stringify({
  epics: [{ id: "E1", milestones: [{ id: "M1", tasks: [] }], tasks: [{ id: "T1", title: "a" }] }],
  tasks: ["T2", "T3", "T4"].map((id) => ({ id, title: id, acceptance: ["b"], status: "done" })),
});
const OLD_FILE = `epics:
- id: E1
  domain: product
  milestones:
  - id: M1
    tasks:
    - id: T1   # one
      title: 'a'
      status: ToDo
      dependencies: X
      exit_criteria:
      - critic: tests
      owner: Ada
    - title: b
      id: T2
      dependencies:
      - T1   # first
      - X
      exit_criteria: []
      status: in_progress
  - id: M9
    tasks:
tasks:
-
  id: T3
  title: >-
    folded
    title
  dependencies:
  description: # later
  estimated_complexity: 3
- {id: T4, title: "d", status: blocked, dependencies: [T1, X,], exit_criteria: [critic:lint]}
`;
const SHARED_FILE = `tasks:
  - &first
    id: T1
    title: &title Shared
    acceptance: &usual
      - npm test passes
    description: |+
      kept

  - id: T2
    title: *title
    acceptance: *usual
    depends_on: &none []
  - id: T3
    title: *title
    related: *none
  - { id: T4, title: *title, }
`;

describe("an export to a file that is there", () => {
  test.each([
    ["with comments", fixture("commented.yaml"), 5],
    ["with Windows line ends", fixture("commented.yaml").replaceAll("\n", "\r\n"), 5],
    ["all in brackets", JSON_FILE, 0],
    ["of the older format", OLD_FILE, 0],
    ["with aliases", SHARED_FILE, 0],
    ["without tasks", "# nothing yet\nversion: 1\nepics: []", 1],
  ])("%s: the text says what it was given, and keeps its comments", (_title, text, ...[notes]) => {
    const hadStatus = new Map(
      parseRoadmap(text, "r").tasks.map(({ id, statusWord }) => [id, statusWord !== null]),
    );
    fc.assert(
      fc.property(tasksNamed(IDS), (any) => {
        const tasks = text === SHARED_FILE ? any.map(atHome) : any;
        const after = renderRoadmap(text, tasks);
        expect(discrepancies(after, tasks, (id) => hadStatus.get(id) ?? true)).toStrictEqual([]);
        expect(renderRoadmap(after, tasks)).toBe(after);
        const comments = ["# The backlog", "# the first", "# Cards", "# agreed", "# Nothing"];
        const kept = [...comments, "# nothing yet"].filter((each) => after.includes(each));
        expect(kept).toHaveLength(notes);
      }),
      runs(120),
    );
  });

  test("changes of one field leave every other line alone", () => {
    const text = fixture("commented.yaml");
    const tasks = imported(text);
    const change = fc.constantFrom<Partial<TaskSpec>>(
      { title: "New" },
      { type: "bug" },
      { priority: "low" },
      { value: 3 },
      { complexity: 9 },
      { timeCriticality: 4 },
      { related: ["T4"] },
      { suggested: ["T4"] },
    );
    fc.assert(
      fc.property(fc.constantFrom("T1", "T2", "T3"), change, (id, fields) => {
        const changed = tasks.map((task) =>
          task.id === id ? { ...task, spec: { ...task.spec, ...fields } } : task,
        );
        const after = renderRoadmap(text, changed).split("\n");
        const lost = text.split("\n").filter((each) => !after.includes(each));
        expect(lost.length).toBeLessThanOrEqual(1);
        expect(after.length).toBeLessThanOrEqual(text.split("\n").length + 2);
      }),
      runs(100),
    );
  });
});

test("an import creates what is new, and repeated does nothing", () => {
  fc.assert(
    fc.property(tasksNamed(IDS), fc.subarray(IDS), (tasks, known) => {
      const parsed = parseRoadmap(renderRoadmap(null, tasks), "r");
      const before = tasks
        .filter(({ id }) => known.includes(id))
        .map((task) => ({
          ...task,
          spec: specWith({ dependsOn: [] }),
        }));
      const first = planImport(parsed, byId(before), { allowMissing: false });
      expect(new Set(first.report.created)).toStrictEqual(
        new Set(IDS.filter((id) => !known.includes(id))),
      );
      const revised = new Map(first.revise.map(({ id, spec }) => [id, spec]));
      const after = [
        ...before.map((task) => ({ ...task, spec: revised.get(task.id) ?? task.spec })),
        ...first.create,
      ];
      const again = planImport(parsed, byId(after), { allowMissing: false });
      expect({ create: again.create, revise: again.revise }).toStrictEqual({
        create: [],
        revise: [],
      });
      const present = new Set(known);
      for (const { id, spec } of first.create) {
        expect(spec.dependsOn.every((each) => present.has(each))).toBe(true);
        present.add(id);
      }
    }),
    runs(200),
  );
});

/** How reading a text and writing it back ends. */
function outcomeOf(text: string): string {
  try {
    return renderRoadmap(text, []) === text ? "same text" : "another text";
  } catch (thrown) {
    return thrown instanceof RoadmapFault ? "refused" : String(thrown);
  }
}

test("any text is read or refused with a fault, never with another error", () => {
  const piece = fc.constantFrom(
    "tasks:",
    "epics:",
    "- ",
    "  ",
    "\n",
    "id: ",
    "T1",
    "title: ",
    "depends_on: ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "#",
    "'",
    '"',
    "|",
    ">",
    "\t",
    "---",
    "? ",
    ": ",
    "!x ",
    "status: done",
    "<<: ",
    "%YAML 1.1\n",
    "\r\n",
    "owner: x",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      expect(outcomeOf(pieces.join(""))).toMatch(/^(?:same text|refused)$/);
    }),
    runs(2_000),
  );
});
