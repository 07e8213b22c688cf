/** What an import makes of new tasks and of dependencies that nobody knows. */
import { describe, expect, test } from "vitest";
import { planImport } from "../../src/roadmap/import.ts";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import { existing, faultOf, plan, specWith } from "./samples.ts";

describe("new tasks", () => {
  test("come with dependencies first, otherwise in the order of the file", () => {
    const { create, revise, report } = plan({
      tasks: [
        "id: A, title: A task, depends_on: [C]",
        "id: B, title: A task",
        "id: C, title: A task, depends_on: [D]",
        "id: D, title: A task",
      ],
    });
    expect(create.map(({ id }) => id)).toStrictEqual(["D", "C", "A", "B"]);
    expect(create[0]).toStrictEqual({ id: "D", spec: specWith(), status: "pending", reason: null });
    expect(revise).toStrictEqual([]);
    expect(report).toStrictEqual({
      created: ["D", "C", "A", "B"],
      revised: [],
      unchanged: 0,
      resetToPending: [],
      blockedByMissing: [],
      leftOut: [],
      tooLate: [],
      settled: [],
      statusIgnored: [],
      notInFile: [],
      longBriefs: [],
      ignoredFields: {},
    });
  });

  test.each([
    ["done", "done", null],
    ["cancelled", "cancelled", "cancelled in r.yaml"],
    ["blocked", "blocked", "blocked in r.yaml"],
    ["pending", "pending", null],
    ["needs_review", "pending", null],
  ])("%s in the file comes in as %s", (word, status, reason) => {
    const { create } = plan({ tasks: [`id: A, title: A task, status: ${word}`] });
    expect(create).toMatchObject([{ id: "A", status, reason }]);
  });

  test("held ones are reported as pending, since nobody holds them", () => {
    const { report } = plan({
      tasks: [
        "id: A, title: a, status: in_progress",
        "id: B, title: b, status: pending",
        "id: C, title: c, status: needs_improvement",
        "id: D, title: d, status: done",
        "id: E, title: e",
      ],
    });
    expect(report.resetToPending).toStrictEqual([
      { id: "A", was: "in_progress" },
      { id: "C", was: "needs_improvement" },
    ]);
  });
});

describe("unknown dependencies", () => {
  const tasks = [
    "id: A, title: a, depends_on: [X, B]",
    "id: B, title: b, depends_on: [Y, X]",
    "id: C, title: c, status: done, depends_on: [Z]",
  ];

  test("are refused, every one with its line", () => {
    const fault = faultOf(() => plan({ tasks }));
    expect(fault).toMatchObject({ code: "roadmap.unknownDependency", kind: "invalid", more: 0 });
    expect(fault.problems.map(({ where, found }) => [where, found])).toStrictEqual([
      ["r.yaml:2:36", "the unknown dependency X of A"],
      ["r.yaml:3:36", "the unknown dependency Y of B"],
      ["r.yaml:3:39", "the unknown dependency X of B"],
      ["r.yaml:4:50", "the unknown dependency Z of C"],
    ]);
    expect(fault.details.next).toContain("--allow-missing");
  });

  test("are all listed, however many they are", () => {
    const many = Array.from(
      { length: 60 },
      (_, index) => `id: T${index}, title: x, depends_on: [X${index}]`,
    );
    const fault = faultOf(() => plan({ tasks: many }));
    expect(fault.problems).toHaveLength(60);
    expect(fault.message).toContain("r.yaml:61:38: the unknown dependency X59 of T59");
  });

  test("block a new task where they are allowed, but not a settled one", () => {
    const { create, report } = plan({ tasks, allowMissing: true });
    expect(create).toMatchObject([
      { id: "B", status: "blocked", reason: "unknown dependency Y, X", spec: { dependsOn: [] } },
      { id: "A", status: "blocked", reason: "unknown dependency X", spec: { dependsOn: ["B"] } },
      { id: "C", status: "done", reason: null, spec: { dependsOn: [] } },
    ]);
    expect(report.blockedByMissing).toStrictEqual([
      { id: "A", missing: ["X"] },
      { id: "B", missing: ["Y", "X"] },
    ]);
    expect(report.leftOut).toStrictEqual([{ id: "C", missing: ["Z"] }]);
  });

  test("a held task with one is blocked, and not called pending", () => {
    const { create, report } = plan({
      tasks: ["id: A, title: a, status: in_progress, dependencies: [X]"],
      allowMissing: true,
    });
    expect(create).toMatchObject([{ status: "blocked" }]);
    expect(report).toMatchObject({ resetToPending: [], blockedByMissing: [{ id: "A" }] });
  });

  test("a task that is blocked for them is not told to differ from the file", () => {
    const { report } = plan({
      tasks: ["id: A, title: A task, status: pending, dependencies: [X]"],
      has: [existing("A", "blocked")],
      allowMissing: true,
    });
    expect(report).toMatchObject({ statusIgnored: [], leftOut: [{ id: "A" }] });
  });

  test("a task of the database is not unknown", () => {
    const { create } = plan({
      tasks: ["id: A, title: a, depends_on: [X]"],
      has: [existing("X", "pending")],
    });
    expect(create).toMatchObject([{ id: "A", status: "pending", spec: { dependsOn: ["X"] } }]);
  });

  test("are left out of a task that exists, which stays where it is", () => {
    const { create, revise, report } = plan({
      tasks: ["id: A, title: New, depends_on: [X]"],
      has: [existing("A", "pending")],
      allowMissing: true,
    });
    expect({ create, revise }).toStrictEqual({
      create: [],
      revise: [{ id: "A", spec: specWith({ title: "New" }) }],
    });
    expect(report).toMatchObject({ blockedByMissing: [], leftOut: [{ id: "A", missing: ["X"] }] });
  });

  test("become dependencies once the task is there", () => {
    const { revise, report } = plan({
      tasks: ["id: A, title: A task, status: pending, depends_on: [X]", "id: X, title: x"],
      has: [existing("A", "blocked")],
    });
    expect(revise).toStrictEqual([{ id: "A", spec: specWith({ dependsOn: ["X"] }) }]);
    expect(report.statusIgnored).toStrictEqual([{ id: "A", file: "pending", database: "blocked" }]);
  });
});

describe("texts that are longer than a brief should be", () => {
  const long = (id: string, more = "") =>
    `id: ${id}, title: x, description: "${"rain ".repeat(700)}"${more}`;

  test("are told by task and size, also where nothing else is new", () => {
    const { create, report } = plan({ tasks: [long("A"), "id: B, title: b"] });
    expect(report.longBriefs).toStrictEqual([{ id: "A", tokens: expect.any(Number) }]);
    expect(report.longBriefs[0]?.tokens).toBeGreaterThan(700);
    const has = create.map(({ id, spec }) => existing(id, "in_progress", spec));
    const again = plan({ tasks: [long("A"), "id: B, title: b"], has });
    expect(again.report.longBriefs).toStrictEqual(report.longBriefs);
  });

  test("count with the constraints of the file, which are in every brief", () => {
    const text = `constraints: ["${"rain ".repeat(700)}"]\ntasks:\n  - {id: A, title: a}\n`;
    const { report } = planImport(parseRoadmap(text, "r.yaml"), new Map(), { allowMissing: false });
    expect(report.longBriefs.map(({ id }) => id)).toStrictEqual(["A"]);
  });

  test.each(["done", "cancelled"] as const)("concern nobody once the task is %s", (status) => {
    expect(plan({ tasks: [long("A", `, status: ${status}`)] }).report.longBriefs).toEqual([]);
    const has = [existing("A", status, specWith({ description: "rain ".repeat(700) }))];
    expect(plan({ tasks: [long("A")], has }).report.longBriefs).toEqual([]);
  });
});
