/** What only the file as a whole shows: ids that occur twice, cycles, and many problems at once. */
import { describe, expect, test } from "vitest";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import { faultOf } from "./samples.ts";

const refusal = (text: string) => faultOf(() => parseRoadmap(text, "r.yaml"));
const found = (text: string) => refusal(text).problems.map((each) => `${each.where} ${each.found}`);

const tasksIn = (...tasks: readonly string[]): string =>
  `tasks:\n${tasks.map((each) => `  - {${each}}\n`).join("")}`;

describe("ids that occur twice", () => {
  test("a task's, wherever the two stand", () => {
    const text = `epics:
  - id: E1
    milestones:
      - id: M1
        tasks: [{id: T1, title: a}]
tasks:
  - title: b
    id: T1
`;
    expect(found(text)).toStrictEqual([
      "r.yaml:8:9 the task id T1 a second time (first in line 5)",
    ]);
  });

  test("an epic's, and a milestone's within one epic", () => {
    const text = "epics:\n  - {id: E, milestones: [{id: M}, {id: M}]}\n  - {id: E}\n";
    expect(found(text)).toStrictEqual([
      "r.yaml:2:40 the milestone id M a second time (first in line 2)",
      "r.yaml:3:10 the epic id E a second time (first in line 2)",
    ]);
  });

  test("two epics may have a milestone of the same name, and a task too", () => {
    const text = "epics:\n  - {id: M, milestones: [{id: M, tasks: [{id: M, title: x}]}]}\n";
    expect(parseRoadmap(`${text}  - {id: F, milestones: [{id: M}]}\n`, "r").tasks).toHaveLength(1);
  });
});

describe("cycles", () => {
  test("a task that depends on itself", () => {
    expect(found(tasksIn("id: A, title: a, depends_on: [A]"))).toStrictEqual([
      "r.yaml:2:5 the cycle A -> A (A in line 2)",
    ]);
  });

  test("several tasks, with the line of each", () => {
    const text = tasksIn(
      "id: A, title: a, depends_on: [C]",
      "id: X, title: x, depends_on: [A]",
      "id: B, title: b, depends_on: [A]",
      "id: C, title: c, depends_on: [X, B]",
    );
    expect(refusal(text).code).toBe("roadmap.cycle");
    expect(found(text)).toStrictEqual([
      "r.yaml:2:5 the cycle A -> C -> X -> A (A in line 2, C in line 5, X in line 3)",
      "r.yaml:2:5 the cycle A -> C -> B -> A (A in line 2, C in line 5, B in line 4)",
    ]);
  });

  test("related and suggested tasks may go round in circles", () => {
    const text = tasksIn("id: A, title: a, related: [B]", "id: B, title: b, suggested: [A]");
    expect(parseRoadmap(text, "r").tasks).toHaveLength(2);
  });

  test("a huge one is not named in full", () => {
    const ids = Array.from({ length: 500 }, (_, index) => `T${index}`);
    const text = tasksIn(
      ...ids.map((id, index) => `id: ${id}, title: x, depends_on: [${ids.at(index - 1)}]`),
    );
    expect(found(text)[0]).toMatch(/the cycle 500 tasks \(T0 in line 2, T499 in line 501, /);
    expect(found(text)[0]?.length).toBeLessThan(600);
  });
});

describe("many problems at once", () => {
  const text = `version: 1
tasks:
  - id: T1
    titel: a
  - id: T 2
    title: b
    priority: urgent
  - id: T1
    title: c
    depends_on: [T1]
`;

  test("all are told, in the order of the file, each with its place", () => {
    expect(refusal(text).problems.map(({ code, where }) => `${where} ${code}`)).toStrictEqual([
      "r.yaml:3:5 roadmap.missingField",
      "r.yaml:4:5 roadmap.unknownField",
      "r.yaml:5:9 roadmap.badId",
      "r.yaml:7:15 roadmap.unknownWord",
      "r.yaml:8:5 roadmap.cycle",
      "r.yaml:8:9 roadmap.duplicateId",
    ]);
  });

  test("the message has a line for each", () => {
    const { message, code, more } = refusal(text);
    expect(message.split("\n")[0]).toBe("r.yaml: found 6 problems:");
    expect(message.split("\n")[2]).toMatch(
      /^ {2}r\.yaml:4:5: the unknown field "titel"; expected one of id, .*; did you mean "title"/,
    );
    expect({ code, more }).toStrictEqual({ code: "roadmap.invalid", more: 0 });
  });

  test("the first twenty are named and the others counted", () => {
    const lines = Array.from({ length: 23 }, (_, index) => `id: T ${index}, title: x`);
    const fault = refusal(tasksIn(...lines));
    expect(fault.problems).toHaveLength(20);
    expect(fault.problems.at(-1)?.line).toBe(21);
    expect(fault).toMatchObject({ more: 3, code: "roadmap.badId" });
    expect(fault.message).toContain("found 23 problems:");
    expect(fault.message).toContain("\n  and 3 more;");
  });

  test("what all have in common is said once", () => {
    const lines = ["id: T1, title: x, value: 11", "id: T2, title: x, value: 12"];
    expect(refusal(tasksIn(...lines)).message).toBe(
      'r.yaml: found 2 problems:\n  r.yaml:2:31: the number 11 as "value"\n' +
        '  r.yaml:3:31: the number 12 as "value"; expected at most 10. Next: correct "value"',
    );
  });
});
