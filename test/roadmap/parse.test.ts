/** What a roadmap says of its tasks, in either format. */
import { describe, expect, test } from "vitest";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import type { ParsedTask } from "../../src/roadmap/parse.ts";
import { fixture, specWith } from "./samples.ts";

const parse = (text: string) => parseRoadmap(text, "roadmap.yaml");

/** The only task of a text. */
function taskIn(text: string): ParsedTask {
  const [task, ...more] = parse(text).tasks;
  if (task === undefined || more.length > 0) throw new Error("expected one task");
  return task;
}

describe("the present format", () => {
  test("a task that says only its id and title gets the defaults", () => {
    const task = taskIn("tasks:\n  - id: T1\n    title: A task\n");
    expect(task).toStrictEqual({
      id: "T1",
      spec: specWith(),
      status: "pending",
      statusWord: null,
      line: 2,
      column: 5,
      missing: [],
      dependencyPlaces: new Map(),
    });
  });

  test("every field of a task is read", () => {
    const text = `
version: 1
tasks:
  - id: T1
    title: Search
    description: Find goods
    type: feature
    priority: low
    value: 8.5
    time_criticality: 2
    complexity: 3
    depends_on: [T0, T9]
    related: [T5]
    suggested: [T6]
    acceptance: [it finds, it is fast]
    status: blocked
  - { id: T0, title: First }
`;
    const [task] = parse(text).tasks;
    expect(task?.spec).toStrictEqual(
      specWith({
        title: "Search",
        description: "Find goods",
        type: "feature",
        priority: "low",
        value: 8.5,
        timeCriticality: 2,
        complexity: 3,
        dependsOn: ["T0", "T9"],
        related: ["T5"],
        suggested: ["T6"],
        acceptance: ["it finds", "it is fast"],
      }),
    );
    expect(task).toMatchObject({ status: "blocked", missing: ["T9"], line: 4 });
    expect(task?.dependencyPlaces.get("T9")).toStrictEqual({ line: 12, column: 22 });
  });

  test.each([
    ["high", 10],
    ["medium", 5],
    ["low", 1],
  ])("priority %s is worth %d where no value is written", (priority, value) => {
    const { spec } = taskIn(`tasks: [{id: T1, title: x, priority: ${priority}}]`);
    expect(spec).toMatchObject({ priority, value });
  });

  test("a task belongs to what it stands under", () => {
    const { tasks, epics, constraints, format } = parse(fixture("commented.yaml"));
    const homes = tasks.map(({ id, spec }) => [id, spec.epicId, spec.milestoneId]);
    expect(homes).toStrictEqual([
      ["T1", "E1", "M1"],
      ["T2", "E1", "M1"],
      ["T3", "E1", null],
      ["T4", null, null],
    ]);
    expect(epics).toStrictEqual([
      {
        id: "E1",
        title: "Checkout",
        description: "What a customer sees\nafter the basket.\n",
        milestones: [{ id: "M1", title: "Payment", description: "" }],
      },
    ]);
    expect(constraints).toStrictEqual(["Never touch the payment table"]);
    expect(format).toBe("weathervane");
  });

  test("an id that several lists name counts once, in the one that binds most", () => {
    const { spec } = taskIn(
      "tasks: [{id: T1, title: x, depends_on: [A, A], related: [A, B], suggested: [B, C, A]}]",
    );
    expect(spec).toMatchObject({ dependsOn: ["A"], related: ["B"], suggested: ["C"] });
  });

  test.each([
    ["pending", "pending"],
    ["in_progress", "pending"],
    ["needs_review", "pending"],
    ["needs_improvement", "pending"],
    ["blocked", "blocked"],
    ["done", "done"],
    ["cancelled", "cancelled"],
  ])("%s comes in as %s", (word, status) => {
    const task = taskIn(`version: 1\ntasks: [{id: T1, title: x, status: ${word}}]`);
    expect(task).toMatchObject({ status, statusWord: word });
  });

  test("values may be shared by alias", () => {
    const { tasks } = parse(`
tasks:
  - { id: A, title: a, acceptance: &usual [npm test passes, lint passes] }
  - { id: B, title: b, acceptance: *usual, depends_on: [A] }
`);
    expect(tasks[1]?.spec.acceptance).toStrictEqual(["npm test passes", "lint passes"]);
  });

  test("a file without tasks is a roadmap", () => {
    expect(parse("version: 1\n").tasks).toStrictEqual([]);
  });

  test("a byte order mark and Windows line ends do no harm", () => {
    expect(taskIn("\uFEFFtasks:\r\n  - id: T1\r\n    title: x\r\n")).toMatchObject({
      id: "T1",
      line: 2,
    });
  });
});

describe("the older format", () => {
  test.each([
    ["dependencies", "tasks: [{id: T1, title: x, dependencies: []}]", "legacy"],
    ["exit_criteria", "tasks: [{id: T1, title: x, exit_criteria: []}]", "legacy"],
    ["an owner", "tasks: [{id: T1, title: x, owner: Ada}]", "legacy"],
    ["a domain", "epics: [{id: E1, domain: product, milestones: []}]", "legacy"],
    ["a held task", "tasks: [{id: T1, title: x, status: in_progress}]", "weathervane"],
    ["a status and a number as id", "tasks: [{id: 7, title: x, status: done}]", "legacy"],
    ["an old status word", "tasks: [{id: T1, title: x, status: ToDo}]", "legacy"],
    ["a status and a foreign field", "tasks: [{id: T1, title: x, status: done, a: 1}]", "legacy"],
    ["a status alone", "tasks: [{id: T1, title: x, status: done}]", "weathervane"],
    [
      "depends_on",
      "tasks: [{id: T1, title: x, status: in_progress, depends_on: []}]",
      "weathervane",
    ],
    ["a version", "version: 1\ntasks: [{id: T1, title: x, status: in_progress}]", "weathervane"],
  ])("is told by its shape: %s", (_title, text, format) => {
    expect(parse(text).format).toBe(format);
  });

  test("its fields are read by their old names, everything as text", () => {
    const task = taskIn(`
tasks:
- id: 007
  title: 2024
  status: done
  dependencies: 008
  exit_criteria:
  - critic: tests
  - critic:lint
  estimated_complexity: 7
  description:
  owner: Ada
`);
    expect(task).toMatchObject({ id: "007", status: "done", missing: ["008"] });
    expect(task.spec).toStrictEqual(
      specWith({
        title: "2024",
        dependsOn: ["008"],
        acceptance: ["critic: tests", "critic:lint"],
        complexity: 7,
      }),
    );
    expect(task.dependencyPlaces.get("008")).toStrictEqual({ line: 6, column: 17 });
  });

  test.each([
    ["todo", "pending", "pending"],
    ["ToDo", "pending", "pending"],
    ["In Progress", "in_progress", "pending"],
    ["in-review", "needs_review", "pending"],
    ["InTests", "needs_review", "pending"],
    ["InDocs", "needs_review", "pending"],
    ["Done", "done", "done"],
    ["cancelled", "cancelled", "cancelled"],
  ])("its word %s means %s and comes in as %s", (word, statusWord, status) => {
    const task = taskIn(`tasks: [{id: T1, title: x, owner: Ada, status: ${word}}]`);
    expect(task).toMatchObject({ statusWord, status });
  });

  test("fields that nobody reads are counted", () => {
    const { ignoredFields } = parse(`
meta: { made: by hand }
epics:
- id: E1
  domain: product
  tasks:
  - { id: T1, title: x, owner: Ada, meta: 1 }
  - { id: T2, title: x, owner: Bob }
`);
    expect(ignoredFields).toStrictEqual({ meta: 2, domain: 1, owner: 2 });
  });
});
