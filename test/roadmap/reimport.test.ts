/** What an import makes of tasks that exist: it revises what it may and moves nothing. */
import { describe, expect, test } from "vitest";
import { planImport } from "../../src/roadmap/import.ts";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import type { StatusWord } from "../../src/roadmap/schema.ts";
import { byId, existing, faultOf, plan, specWith } from "./samples.ts";

describe("tasks that exist", () => {
  test.each<[StatusWord]>([["pending"], ["blocked"]])(
    "%s: text and dependencies are revised",
    (status) => {
      const { create, revise, report } = plan({
        tasks: ["id: A, title: New, depends_on: [B], acceptance: [x]", "id: B, title: A task"],
        has: [existing("A", status), existing("B", "pending")],
      });
      const spec = specWith({ title: "New", dependsOn: ["B"], acceptance: ["x"] });
      expect({ create, revise }).toStrictEqual({ create: [], revise: [{ id: "A", spec }] });
      expect(report).toMatchObject({ revised: ["A"], unchanged: 1, tooLate: [] });
    },
  );

  test.each<[StatusWord]>([["in_progress"], ["needs_review"], ["needs_improvement"]])(
    "%s: the text is revised; new dependencies come too late",
    (status) => {
      const has = [
        existing("A", status, specWith({ dependsOn: ["C"] })),
        existing("B", "pending"),
        existing("C", "done"),
      ];
      const { revise, report } = plan({ tasks: ["id: A, title: New, depends_on: [B]"], has });
      const spec = specWith({ title: "New", dependsOn: ["C"] });
      expect(revise).toStrictEqual([{ id: "A", spec }]);
      expect(report.tooLate).toStrictEqual([{ id: "A", dependsOn: ["B"] }]);
    },
  );

  test("a dependency that came too late is no revision by itself", () => {
    const has = [existing("A", "in_progress"), existing("B", "pending")];
    const { revise, report } = plan({ tasks: ["id: A, title: A task, depends_on: [B]"], has });
    expect(revise).toStrictEqual([]);
    expect(report).toMatchObject({ unchanged: 1, tooLate: [{ id: "A", dependsOn: ["B"] }] });
  });

  test("a dependency of a begun task stays one when the file calls it related", () => {
    const has = [
      existing("A", "needs_review", specWith({ dependsOn: ["B"] })),
      existing("B", "done"),
    ];
    const { revise } = plan({ tasks: ["id: A, title: A task, related: [B]"], has });
    expect(revise).toStrictEqual([]);
  });

  test.each<[StatusWord]>([["done"], ["cancelled"]])("%s: never revised, but told", (status) => {
    const { revise, report } = plan({
      tasks: ["id: A, title: New", "id: B, title: A task"],
      has: [existing("A", status), existing("B", status)],
    });
    expect(revise).toStrictEqual([]);
    expect(report).toMatchObject({ settled: ["A"], revised: [], unchanged: 1 });
  });

  test("another order of dependencies is no difference, another order of acceptance is", () => {
    const spec = specWith({ dependsOn: ["X", "Y"], acceptance: ["a", "b"] });
    const has = [existing("A", "pending", spec), existing("X", "done"), existing("Y", "done")];
    const same = "id: A, title: A task, depends_on: [Y, X], acceptance: [a, b]";
    const other = "id: A, title: A task, depends_on: [X, Y], acceptance: [b, a]";
    expect(plan({ tasks: [same], has }).revise).toStrictEqual([]);
    expect(plan({ tasks: [other], has }).revise).toHaveLength(1);
  });

  test.each<[keyof ReturnType<typeof specWith>, string]>([
    ["title", "title: New"],
    ["description", "title: A task, description: New"],
    ["type", "title: A task, type: bug"],
    ["priority", "title: A task, priority: high, value: 5"],
    ["value", "title: A task, value: 6"],
    ["timeCriticality", "title: A task, time_criticality: 1"],
    ["complexity", "title: A task, complexity: 6"],
    ["acceptance", "title: A task, acceptance: [x]"],
    ["dependsOn", "title: A task, depends_on: [B]"],
    ["related", "title: A task, related: [B]"],
    ["suggested", "title: A task, suggested: [B]"],
  ])("a change of %s alone is a revision", (field, fields) => {
    const has = [existing("A", "pending"), existing("B", "pending")];
    const [revision] = plan({ tasks: [`id: A, ${fields}`], has }).revise;
    const changed = Object.entries(revision?.spec ?? {}).flatMap(([name, value]) =>
      JSON.stringify(value) === JSON.stringify(Reflect.get(specWith(), name)) ? [] : [name],
    );
    expect(changed).toStrictEqual([field]);
  });

  test("a move to another epic is a revision", () => {
    const text = "epics: [{id: E1, tasks: [{id: A, title: A task}]}]";
    const has = byId([existing("A", "pending")]);
    const { revise } = planImport(parseRoadmap(text, "r"), has, { allowMissing: false });
    expect(revise).toStrictEqual([{ id: "A", spec: specWith({ epicId: "E1" }) }]);
  });

  test("those that the file does not name stay and are told", () => {
    const has = [existing("A", "pending"), existing("B", "in_progress")];
    const { revise, report } = plan({ tasks: ["id: A, title: A task"], has });
    expect({ revise, notInFile: report.notInFile }).toStrictEqual({ revise: [], notInFile: ["B"] });
  });
});

/** What is told of a status that an import ignores, as it must. */
const ignored = (word: string, status: StatusWord) => {
  const tasks = [`id: A, title: A task${word === "" ? "" : `, status: ${word}`}`];
  const { create, revise, report } = plan({ tasks, has: [existing("A", status)] });
  expect({ create, revise }).toStrictEqual({ create: [], revise: [] });
  return report.statusIgnored;
};

describe("the status of a task that exists", () => {
  test.each<[string, StatusWord]>([
    ["pending", "done"],
    ["in_progress", "done"],
    ["done", "pending"],
    ["done", "in_progress"],
    ["done", "needs_review"],
    ["blocked", "pending"],
    ["pending", "blocked"],
    ["cancelled", "done"],
  ])("%s in the file does not move what is %s, and is told", (file, database) => {
    expect(ignored(file, database)).toStrictEqual([{ id: "A", file, database }]);
  });

  test.each<[string, StatusWord]>([
    ["", "done"],
    ["done", "done"],
    ["pending", "in_progress"],
    ["pending", "needs_improvement"],
    ["in_progress", "pending"],
    ["needs_review", "in_progress"],
  ])("%s in the file says the same as %s, as far as a file can", (file, database) => {
    expect(ignored(file, database)).toStrictEqual([]);
  });
});

describe("cycles by way of the database", () => {
  test("are refused, and the tasks in the database are named as such", () => {
    const has = [
      existing("B", "pending", specWith({ dependsOn: ["C"] })),
      existing("C", "pending", specWith({ dependsOn: ["A"] })),
    ];
    const fault = faultOf(() =>
      plan({ tasks: ["id: Z, title: z", "id: A, title: a, depends_on: [B]"], has }),
    );
    expect(fault).toMatchObject({ code: "roadmap.cycle", kind: "invalid" });
    expect(fault.problems).toMatchObject([
      {
        where: "r.yaml:3:5",
        found: "the cycle B -> C -> A -> B (B in the database, C in the database, A in line 3)",
      },
    ]);
  });

  test("a dependency that the file drops closes none", () => {
    const has = [
      existing("A", "pending", specWith({ dependsOn: ["B"] })),
      existing("B", "pending"),
    ];
    const { revise } = plan({
      tasks: ["id: A, title: A task", "id: B, title: A task, depends_on: [A]"],
      has,
    });
    expect(revise.map(({ id }) => id)).toStrictEqual(["A", "B"]);
  });

  test("a dependency that a begun task keeps may close one", () => {
    const has = [
      existing("A", "in_progress", specWith({ dependsOn: ["B"] })),
      existing("B", "pending"),
    ];
    const tasks = ["id: A, title: A task", "id: B, title: A task, depends_on: [A]"];
    expect(faultOf(() => plan({ tasks, has })).code).toBe("roadmap.cycle");
  });
});
