/** Ids that cannot live beside each other, or that are ours: refused before they do any harm. */
import { describe, expect, test } from "vitest";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import { existing, faultOf, plan } from "./samples.ts";

const fileWith = (...ids: readonly string[]): string =>
  `tasks:\n${ids.map((id) => `  - {id: ${id}, title: x}\n`).join("")}`;
const problemsIn = (text: string) =>
  faultOf(() => parseRoadmap(text, "r.yaml")).problems.map(({ code, where, found }) => {
    return { code, where, found };
  });

describe("ids that differ only in upper and lower case", () => {
  test("are refused in one file, each at its place, naming the first", () => {
    expect(problemsIn(fileWith("Ab", "aB", "c", "AB"))).toStrictEqual([
      {
        code: "roadmap.caseClash",
        where: "r.yaml:3:10",
        found: "the task id aB, which differs from Ab (line 2) only in upper and lower case",
      },
      {
        code: "roadmap.caseClash",
        where: "r.yaml:5:10",
        found: "the task id AB, which differs from Ab (line 2) only in upper and lower case",
      },
    ]);
  });

  test("are refused across epics, where the same id twice is still called that", () => {
    const text = `version: 1
epics:
  - id: E
    tasks:
      - {id: T1, title: x}
  - id: e
    tasks:
      - {id: t1, title: x}
      - {id: T1, title: x}
`;
    expect(problemsIn(text).map(({ code, where }) => `${where} ${code}`)).toStrictEqual([
      "r.yaml:8:14 roadmap.caseClash",
      "r.yaml:9:14 roadmap.duplicateId",
    ]);
  });

  test("are refused beside a task of the database, which the file need not name", () => {
    const fault = faultOf(() =>
      plan({ tasks: ["id: t1, title: x"], has: [existing("T1", "done")] }),
    );
    expect(fault).toMatchObject({
      code: "roadmap.caseClash",
      kind: "invalid",
      details: {
        where: "r.yaml:2:5",
        found: "the task id t1, which differs from T1 in the database only in upper and lower case",
        next: "give one of the two another id",
      },
    });
  });

  test("the very same id is the task itself", () => {
    const { create, report } = plan({
      tasks: ["id: T1, title: A task", "id: T11, title: x"],
      has: [existing("T1", "pending")],
    });
    expect(create.map(({ id }) => id)).toStrictEqual(["T11"]);
    expect(report.unchanged).toBe(1);
  });
});

describe("ids that WeatherVane gives itself", () => {
  test.each(["merge-request-T1.1", "Merge-Request-1"])("%s is refused", (id) => {
    const fault = faultOf(() => parseRoadmap(fileWith(id), "r.yaml"));
    expect(fault).toMatchObject({ code: "roadmap.reservedId", details: { where: "r.yaml:2:10" } });
    expect(fault.details.expected).toContain('does not begin with "merge-request-"');
  });

  test.each(["gate-T1", "checks", "refinery", "merge-requests", "a-merge-request-1"])(
    "%s is as good as any",
    (id) => {
      expect(parseRoadmap(fileWith(id), "r.yaml").tasks.map((task) => task.id)).toEqual([id]);
    },
  );

  test("epics may be called so: nothing is named after them", () => {
    const text = "version: 1\nepics:\n  - id: merge-request-1\n    title: x\n";
    expect(parseRoadmap(text, "r.yaml").epics).toHaveLength(1);
  });
});
