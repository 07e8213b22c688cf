/** Every kind of bad file is refused with its place, what was found and what to do. */
import { describe, expect, test } from "vitest";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import { faultOf } from "./samples.ts";

const refusal = (text: string) => faultOf(() => parseRoadmap(text, "r.yaml"));
const problemsIn = (text: string) =>
  refusal(text).problems.map(({ code, where }) => `${where} ${code}`);

const task = (fields: string): string => `tasks:\n  - id: T1\n    title: x\n    ${fields}\n`;
const withId = (id: string): string => `tasks:\n  - title: x\n    id: ${JSON.stringify(id)}\n`;

const ten = (item: string): string => `[${Array.from({ length: 10 }, () => item).join(", ")}]`;

describe("what is no roadmap at all", () => {
  test.each([
    ["an empty file", "", "roadmap.empty", "r.yaml:1:1"],
    ["only comments", "# later\n", "roadmap.empty", "r.yaml:1:1"],
    ["null", "~\n", "roadmap.empty", "r.yaml:1:1"],
    ["a list", "\n- id: T1\n", "roadmap.notMapping", "r.yaml:2:1"],
    ["a text", "roadmap\n", "roadmap.notMapping", "r.yaml:1:1"],
    ["two documents", "tasks: []\n---\ntasks: []\n", "roadmap.severalDocuments", "r.yaml:2:1"],
    ["an open bracket", "tasks: [\n", "roadmap.yaml", "r.yaml:2:1"],
    ["an open quote", 'tasks:\n  - id: "T1\n', "roadmap.yaml", "r.yaml:3:1"],
    ["a reserved sign", "tasks:\n  - id: @T1\n", "roadmap.yaml", "r.yaml:2:9"],
    ["an unquoted colon", task("description: Fix: it"), "roadmap.yaml", "r.yaml:4:18"],
    ["a tab before a list", "tasks:\n\t- id: T1\n", "roadmap.tab", "r.yaml:2:1"],
    ["a tab before a field", "tasks:\n  - id: T1\n\ttitle: x\n", "roadmap.tab", "r.yaml:3:1"],
    ["a key twice", task("title: y"), "roadmap.duplicateKey", "r.yaml:4:5"],
    ["a list as a key", "? [a]\n: 1\n", "roadmap.wrongType", "r.yaml:1:3"],
    ["an alias of nothing", task("type: *bold"), "roadmap.badAlias", "r.yaml:4:11"],
    ["an alias of itself", "tasks: &all [*all]\n", "roadmap.badAlias", "r.yaml:1:14"],
    ["an alias of its own list", "x: &a []\ntasks: &a [*a]\n", "roadmap.badAlias", "r.yaml:2:12"],
    ["another version", "version: 2\ntasks: []\n", "roadmap.unknownWord", "r.yaml:1:10"],
  ])("%s", (_title, text, ...[code, where]) => {
    const fault = refusal(text);
    expect(fault).toMatchObject({ code, kind: "invalid", details: { where } });
    expect(fault.message).toMatch(/: found .+; expected .+\. Next: .+/);
  });

  test("a file above the limit, which is named", () => {
    const fault = refusal(`# ${"x".repeat(10 * 1024 * 1024)}\n`);
    expect(fault).toMatchObject({ code: "roadmap.tooLarge", details: { where: "r.yaml:1:1" } });
    expect(fault.message).toContain("found a file of 10485763 bytes");
    expect(fault.message).toContain("at most 1048576 bytes (1 MiB)");
  });

  test("aliases that blow up, at the one that goes too far", () => {
    const levels = "abcdefghi".split("").map((name, index, all) => {
      return `${name}: &${name} ${ten(index === 0 ? "lol" : `*${all[index - 1]}`)}`;
    });
    const fault = refusal(`${levels.join("\n")}\n`);
    expect(fault.problems.map(({ code, where }) => [code, where])).toStrictEqual([
      ["roadmap.aliasBomb", "r.yaml:5:36"],
    ]);
    expect(fault.message).toContain("more than 100000 values");
  });

  test("brackets nested beyond reason", () => {
    const fault = refusal(`tasks: ${"[".repeat(100_000)}`);
    expect(fault.problems[0]).toMatchObject({ code: "roadmap.tooDeep", line: 1 });
  });

  test("the key that occurs twice is named even among many", () => {
    const keys = Array.from({ length: 50_000 }, (_, index) => `k${index}: 1`);
    const text = `${keys.join("\n")}\nk7: 2\n`;
    expect(problemsIn(text)).toStrictEqual(["r.yaml:50001:1 roadmap.duplicateKey"]);
  });
});

describe("what a field may not hold", () => {
  test.each([
    ["a number as title", "tasks:\n  - id: T1\n    title: 5\n", "r.yaml:3:12", 'in quotes: "5"'],
    ["a number as id", "tasks:\n  - title: x\n    id: 5\n", "r.yaml:3:9", 'in quotes: "5"'],
    ["nothing as title", "tasks:\n  - id: T1\n    title:\n", "r.yaml:3:11", 'correct "title"'],
    ["a text as list", task("depends_on: T0"), "r.yaml:4:17", 'correct "depends_on"'],
    ["nothing as list", task("acceptance:"), "r.yaml:4:16", "write []"],
    ["a list in a list", task("related: [[T0]]"), "r.yaml:4:15", 'correct "related"'],
    ["a text as number", task("value: much"), "r.yaml:4:12", 'correct "value"'],
    ["a text as task", "tasks:\n  - T1\n", "r.yaml:2:5", 'correct "tasks"'],
    ["nothing as task", "tasks:\n  -\n", "r.yaml:2:4", 'correct "tasks"'],
    ["a mapping as tasks", "tasks:\n  T1: x\n", "r.yaml:2:3", 'correct "tasks"'],
    ["a list as epic", "epics:\n  - [E1]\n", "r.yaml:2:5", 'correct "epics"'],
  ])("%s", (_title, text, ...[where, next]) => {
    const fault = refusal(text);
    expect(fault).toMatchObject({ code: "roadmap.wrongType", details: { where } });
    expect(fault.details.next).toContain(next);
  });

  test.each([
    ["value: 11", "r.yaml:4:12", "at most 10"],
    ["value: -1", "r.yaml:4:12", "at least 0"],
    ["complexity: 0", "r.yaml:4:17", "at least 1"],
    ["time_criticality: 10.5", "r.yaml:4:23", "at most 10"],
  ])("a number out of its range: %s", (field, where, expected) => {
    const details = { where, expected };
    expect(refusal(task(field))).toMatchObject({ code: "roadmap.outOfRange", details });
  });

  test.each([
    ["priority: hihg", "roadmap.unknownWord", "one of high, medium, low", 'did you mean "high"?'],
    [
      "status: pendnig",
      "roadmap.unknownStatus",
      "one of pending, in_progress, needs_review, needs_improvement, blocked, done, cancelled",
      'did you mean "pending"?',
    ],
  ])("a word that is none: %s", (field, code, ...[expected, next]) => {
    expect(refusal(`version: 1\n${task(field)}`)).toMatchObject({
      code,
      details: { expected, next },
    });
  });

  test("an older file's status that nobody knows, with the words known", () => {
    const fault = refusal(task("owner: Ada\n    status: almost"));
    expect(fault).toMatchObject({
      code: "roadmap.unknownStatus",
      details: {
        where: "r.yaml:5:13",
        found: 'the text "almost" as "status"',
        expected:
          "one of pending, in_progress, needs_review, needs_improvement, blocked, done, " +
          "cancelled, todo, in_review, in_tests, in_docs",
      },
    });
  });

  test("a wrong item of a list that an alias shares, where it is written", () => {
    const text = `tasks:
  - {id: A, title: a, acceptance: &usual [x, 5]}
  - {id: B, title: b, acceptance: *usual}
`;
    expect(problemsIn(text)).toStrictEqual([
      "r.yaml:2:46 roadmap.wrongType",
      "r.yaml:2:46 roadmap.wrongType",
    ]);
  });

  test("a blank title", () => {
    expect(problemsIn('tasks:\n  - id: T1\n    title: " "\n')).toStrictEqual([
      "r.yaml:3:12 roadmap.blank",
    ]);
  });

  test.each([
    ["T1/part"],
    ["../T1"],
    ["T1..T2"],
    ["-T1"],
    [".T1"],
    ["T1."],
    ["T1.lock"],
    ["T 1"],
    ["T~1"],
    ["T^1"],
    ["T:1"],
    ["T?1"],
    ["T*1"],
    ["T[1"],
    ["T\\1"],
    ["@"],
    ["T@{1"],
    ["T\n1"],
    ["T1\n"],
    ["T\u007F"],
    ["Tä"],
    [""],
    ["T".repeat(65)],
  ])("an id that no branch can have: %j", (id) => {
    expect(problemsIn(withId(id))).toStrictEqual(["r.yaml:3:9 roadmap.badId"]);
  });

  test.each([["T1"], ["T-1_a.b"], ["1"], ["T.lock2"], ["T".repeat(64)]])(
    "an id that a branch can have: %s",
    (id) => {
      expect(parseRoadmap(withId(id), "r.yaml").tasks[0]?.id).toBe(id);
    },
  );
});

describe("fields", () => {
  test.each([
    ["titel", "title"],
    ["Priority", "priority"],
    ["depends-on", "depends_on"],
    ["acceptence", "acceptance"],
    ["blocked_by", "depends_on"],
  ])("unknown: %s, did you mean %s", (name, meant) => {
    const fault = refusal(`version: 1\n${task(`${name}: x`)}`);
    expect(fault).toMatchObject({
      code: "roadmap.unknownField",
      details: { where: "r.yaml:5:5", next: `did you mean "${meant}"?` },
    });
  });

  test("unknown and like no other", () => {
    expect(refusal(task("k0: x")).details.next).toBe("remove it or correct its name");
  });

  test("an old name in a file of the present format", () => {
    const fault = refusal(`version: 1\n${task("dependencies: [T0]")}`);
    expect(fault).toMatchObject({
      code: "roadmap.unknownField",
      details: { next: 'did you mean "depends_on"?' },
    });
  });

  test("unknown at the top, in an epic and in a milestone", () => {
    const text = "version: 1\nepic: []\nepics:\n  - id: E1\n    milestone: []\n    milestones:\n";
    expect(problemsIn(`${text}      - id: M1\n        task: []\n`)).toStrictEqual([
      "r.yaml:2:1 roadmap.unknownField",
      "r.yaml:5:5 roadmap.unknownField",
      "r.yaml:8:9 roadmap.unknownField",
    ]);
  });

  test("a name that JavaScript gives a meaning is as unknown as any", () => {
    expect(problemsIn(task("__proto__: {value: 3}"))).toStrictEqual([
      "r.yaml:4:5 roadmap.unknownField",
    ]);
    expect(problemsIn(task("constructor: x"))).toStrictEqual(["r.yaml:4:5 roadmap.unknownField"]);
  });

  test("unknown in a file that has new fields, though its tasks have a status", () => {
    const fault = refusal(task("status: done\n    depends_on: []\n    descripton: x"));
    expect(fault).toMatchObject({
      code: "roadmap.unknownField",
      details: { where: "r.yaml:6:5", next: 'did you mean "description"?' },
    });
  });

  test("missing: id and title", () => {
    const fault = refusal("tasks:\n  - type: feature\n");
    expect(fault.problems.map(({ where, found }) => [where, found])).toStrictEqual([
      ["r.yaml:2:5", 'nothing as "id"'],
      ["r.yaml:2:5", 'nothing as "title"'],
    ]);
  });

  test("both spellings of one field in an older file", () => {
    const fault = refusal(task("dependencies: [A]\n    depends_on: [B]"));
    expect(fault.code).toBe("roadmap.ambiguousField");
    expect(fault.details.found).toBe("both depends_on and dependencies");
  });
});
