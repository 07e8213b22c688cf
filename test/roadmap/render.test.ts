/** What an export changes in the fields of tasks, line by line; all else stays as it was. */
import { describe, expect, test } from "vitest";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import { renderRoadmap } from "../../src/roadmap/render.ts";
import type { StatusWord } from "../../src/roadmap/schema.ts";
import { difference } from "./line-difference.ts";
import { changed, exported, fixture, specWith } from "./samples.ts";

const commented = fixture("commented.yaml");

describe("nothing differs", () => {
  test("the text stays the same, byte for byte", () => {
    expect(exported(commented)).toBe(commented);
  });

  test.each([
    ["flow", '{"tasks": [{"id": "A", "title": "a", "depends_on": ["B"]}, {"id":"B","title":"b"}]}'],
    ["Windows line ends", "tasks:\r\n- id: A\r\n  title: a # why\r\n"],
    ["no line end", "tasks:\n- id: A\n  title: a"],
    ["unknown dependencies", "tasks: [{id: A, title: a, depends_on: [X, Y]}]"],
    ["ids named twice", "tasks: [{id: A, title: a, depends_on: [X, X], related: [X]}]"],
    ["a held task that nobody holds", "tasks: [{id: A, title: a, status: needs_review}]"],
    ["an empty list of tasks", "tasks: []\n"],
    [
      "old names and words",
      "tasks: [{id: 007, title: 1, status: ToDo, dependencies: [], owner: O}]",
    ],
  ])("%s", (_title, text) => {
    expect(exported(text)).toBe(text);
  });

  test("a milestone without an epic, which has no place in a file, moves nothing", () => {
    const text = "tasks:\n- {id: A, title: a}\n- {id: B, title: b}\n";
    expect(exported(text, { A: { milestoneId: "M1" } })).toBe(text);
  });

  test("tasks that were not exported stay", () => {
    expect(renderRoadmap(commented, [])).toBe(commented);
  });
});

describe("texts and numbers", () => {
  test("keep their quotes and the comment behind them", () => {
    expect(changed(commented, { T1: { title: 'Say "yes"' } })).toStrictEqual([
      '-            title: "Pay by card"   # agreed with the bank',
      '+            title: "Say \\"yes\\""   # agreed with the bank',
    ]);
    expect(changed(commented, { T3: { title: "Tom's page" } })).toStrictEqual([
      "-      - {id: T3, title: 'Summary page', related: [T1]}",
      "+      - {id: T3, title: 'Tom''s page', related: [T1]}",
    ]);
  });

  test("get quotes where they need them", () => {
    expect(changed(commented, { T2: { title: "Pay: by #1" } })).toStrictEqual([
      "-            title: Pay by invoice",
      '+            title: "Pay: by #1"',
    ]);
  });

  test("of several lines become a block", () => {
    expect(changed(commented, { T4: { description: "One\n  two\n" } })).toStrictEqual([
      "-    description: >",
      "-      Folded text",
      "-      of two lines.",
      "+    description: |",
      "+      One",
      "+        two",
    ]);
  });

  test("of several lines keep Windows line ends, and a byte order mark its column", () => {
    const text = "\uFEFFversion: 1\r\nepics:\r\n- {id: E}\r\n";
    const spec = specWith({ description: "b\nc" });
    expect(exported(text, {}, [{ id: "A", status: "pending", spec }])).toBe(
      `${text}tasks:\r\n- id: A\r\n  title: A task\r\n  description: |-\r\n    b\r\n    c\r\n`,
    );
  });

  test("of several lines are escaped where a comment follows", () => {
    const text = "tasks:\n  - id: A\n    title: a\n    description: b # why\n";
    expect(changed(text, { A: { description: "b\nc" } })).toStrictEqual([
      "-    description: b # why",
      '+    description: "b\\nc" # why',
    ]);
  });

  test("that were not there come last in their task", () => {
    expect(changed(commented, { T2: { description: "By mail", complexity: 7 } })).toStrictEqual([
      "+            description: By mail",
      "+            complexity: 7",
    ]);
    expect(changed(commented, { T3: { type: "bug", timeCriticality: 3 } })).toStrictEqual([
      "-      - {id: T3, title: 'Summary page', related: [T1]}",
      "+      - {id: T3, title: 'Summary page', related: [T1], type: bug, time_criticality: 3}",
    ]);
  });

  test("behind a block whose empty lines count", () => {
    const text =
      "tasks:\n  - id: A\n    title: a\n    description: |+\n      b\n\n  - id: B\n    title: b\n";
    const after = exported(text, { A: { type: "bug" } });
    expect(difference(text, after)).toStrictEqual(["+    type: bug"]);
    expect(parseRoadmap(after, "r").tasks[0]?.spec.description).toBe("b\n\n");
  });

  test("a value that only follows the priority is not written", () => {
    expect(changed(commented, { T1: { priority: "low", value: 1 } })).toStrictEqual([
      "-            priority: high",
      "+            priority: low",
    ]);
    expect(changed(commented, { T1: { priority: "low" } })).toStrictEqual([
      "-            priority: high",
      "+            priority: low",
      "+            value: 10",
    ]);
  });

  test("of a value that is shared by alias change for one task only", () => {
    const text = "tasks:\n- {id: A, title: &t a}\n- {id: B, title: *t}\n";
    expect(changed(text, { A: { title: "new" } })).toStrictEqual([
      "-- {id: A, title: &t a}",
      "-- {id: B, title: *t}",
      "+- {id: A, title: &t new}",
      "+- {id: B, title: a}",
    ]);
  });

  test("of a file with aliases are not moved, which is told", () => {
    const text = "tasks:\n- {id: A, title: &t a}\n- {id: B, title: *t}\n";
    expect(() => exported(text, { A: { epicId: "E" } })).toThrow(
      /found aliases in a file .* Next: /,
    );
  });

  test("stand behind the colon where there was nothing", () => {
    const text = "tasks:\n- id: A\n  title: a\n  owner: O\n  description: # later\n  type:\n";
    expect(changed(text, { A: { description: "b", type: "bug" } })).toStrictEqual([
      "-  description: # later",
      "-  type:",
      "+  description: b # later",
      "+  type: bug",
    ]);
  });
});

describe("lists", () => {
  test("grow and shrink by lines; comments stay", () => {
    expect(changed(commented, { T4: { dependsOn: ["T3", "T2"] } })).toStrictEqual([
      "-      - T1",
      "+      - T2",
    ]);
    expect(
      changed(commented, { T1: { acceptance: ["npm test passes", "x: y", "z"] } }),
    ).toStrictEqual([
      "-              - 3-D Secure works",
      '+              - "x: y"',
      "+              - z",
    ]);
  });

  test("grow within their brackets", () => {
    expect(changed(commented, { T2: { dependsOn: ["T3", "T1"] } })).toStrictEqual([
      "-            depends_on: [ T1 ]  # same form",
      "+            depends_on: [ T1, T3 ]  # same form",
    ]);
  });

  test("grow within brackets on several lines, comments stay", () => {
    const text = "tasks:\n- id: A\n  title: a\n  acceptance: [\n    x, # why\n    y\n  ]\n";
    expect(changed(text, { A: { acceptance: ["x", "y", "z"] } })).toStrictEqual([
      "-    y",
      "+    y, z",
    ]);
  });

  test("shrink within their brackets, quotes stay", () => {
    const text = "tasks: [{id: A, title: a, acceptance: ['x', y, \"z\"]}]";
    expect(exported(text, { A: { acceptance: ["z", "x", "new, too"] } })).toBe(
      'tasks: [{id: A, title: a, acceptance: ["z", \'x\', "new, too"]}]',
    );
  });

  test("are written anew where their order differs", () => {
    const acceptance = ["3-D Secure works", "npm test passes"];
    expect(changed(commented, { T1: { acceptance } })).toStrictEqual([
      "-              - npm test passes   # all of it",
      "-              # the bank insists",
      "+              - npm test passes",
    ]);
  });

  test("become empty", () => {
    expect(changed(commented, { T4: { dependsOn: [] }, T2: { dependsOn: [] } })).toStrictEqual([
      "-            depends_on: [ T1 ]  # same form",
      "+            depends_on: []  # same form",
      "-    depends_on:",
      "-      - T1",
      "+    depends_on: []",
      "-      - T3",
    ]);
  });

  test("come into being: ids on one line, texts below each other", () => {
    const spec = { dependsOn: ["T1"], acceptance: ["it works"] };
    expect(
      changed("tasks:\n- id: A\n  title: a\n- id: T1\n  title: b\n", { A: spec }),
    ).toStrictEqual(["+  depends_on: [T1]", "+  acceptance:", "+  - it works"]);
  });

  test("keep dependencies that nobody knows", () => {
    const text = "tasks:\n- id: A\n  title: a\n  depends_on: [X, B]\n- id: B\n  title: b\n";
    expect(changed(text, { A: { dependsOn: [] } })).toStrictEqual([
      "-  depends_on: [X, B]",
      "+  depends_on: [X]",
    ]);
  });
});

describe("a status", () => {
  test.each<[StatusWord, StatusWord, boolean]>([
    ["pending", "done", true],
    ["pending", "in_progress", true],
    ["in_progress", "needs_review", true],
    ["needs_review", "done", true],
    ["done", "pending", true],
    ["blocked", "pending", true],
    ["in_progress", "pending", false],
    ["needs_improvement", "pending", false],
    ["done", "done", false],
  ])("%s that is %s by now: written %s", (word, status, isWritten) => {
    const text = `version: 1\ntasks: [{id: A, title: a, status: ${word}}]`;
    const after = exported(text, { A: { status } });
    expect(after).toBe(isWritten ? text.replace(`status: ${word}`, `status: ${status}`) : text);
  });

  test("that the file does not name is not added", () => {
    expect(changed(commented, { T1: { status: "done" } })).toStrictEqual([]);
  });
});
