/** Where an export puts new tasks and tasks that move, and how it writes a file anew. */
import { describe, expect, test } from "vitest";
import type { TaskSpec } from "../../machines/protocol.ts";
import { renderRoadmap } from "../../src/roadmap/render.ts";
import type { StatusWord } from "../../src/roadmap/schema.ts";
import { changed, exported, fixture, specWith } from "./samples.ts";

const commented = fixture("commented.yaml");

const task = (id: string, spec: Partial<TaskSpec> = {}, status: StatusWord = "pending") => ({
  id,
  status,
  spec: specWith(spec),
});

describe("new tasks", () => {
  test("go under their milestone, their epic, or to the top", () => {
    const added = [
      task("N1", { epicId: "E1", milestoneId: "M1", dependsOn: ["T1"] }),
      task("N2", { epicId: "E1", type: "bug" }, "in_progress"),
      task("N3"),
    ];
    expect(changed(commented, {}, added)).toStrictEqual([
      "+          - id: N1",
      "+            title: A task",
      "+            depends_on: [T1]",
      "+      - id: N2",
      "+        title: A task",
      "+        type: bug",
      "+        status: in_progress",
      "+  - id: N3",
      "+    title: A task",
    ]);
  });

  test("bring the epics and milestones that are missing", () => {
    const added = [
      task("N1", { epicId: "E1", milestoneId: "M2" }),
      task("N2", { epicId: "E2", milestoneId: "M1" }),
      task("N3", { epicId: "E2" }),
    ];
    expect(changed(commented, {}, added)).toStrictEqual([
      "+      - id: M2",
      "+        tasks:",
      "+          - id: N1",
      "+            title: A task",
      "+  - id: E2",
      "+    milestones:",
      "+      - id: M1",
      "+        tasks:",
      "+          - id: N2",
      "+            title: A task",
      "+    tasks:",
      "+      - id: N3",
      "+        title: A task",
    ]);
  });

  test("come behind a new field of the last task", () => {
    const text = "tasks:\n  - id: A\n    title: a\n";
    expect(changed(text, { A: { type: "bug" } }, [task("N1")])).toStrictEqual([
      "+    type: bug",
      "+  - id: N1",
      "+    title: A task",
    ]);
  });

  test("make the lists that are missing, behind all that grows", () => {
    const text = "epics:\n- id: E1\n  tasks:\n  - {id: A, title: a}\n";
    const added = [
      task("N1", { epicId: "E1", milestoneId: "M1" }),
      task("N2", { epicId: "E1" }),
      task("N3", { epicId: "E2" }),
      task("N4"),
    ];
    expect(changed(text, {}, added).join("\n")).toBe(`+  - id: N2
+    title: A task
+  milestones:
+  - id: M1
+    tasks:
+    - id: N1
+      title: A task
+- id: E2
+  tasks:
+  - id: N3
+    title: A task
+tasks:
+- id: N4
+  title: A task`);
  });

  test("take the place of an empty list", () => {
    expect(exported("tasks: [] # none yet\n", {}, [task("N1")])).toBe(
      "tasks: # none yet\n  - id: N1\n    title: A task\n",
    );
  });

  test("make a new file of an empty mapping", () => {
    expect(exported("{}", {}, [task("N1")])).toBe(
      "version: 1\ntasks:\n  - id: N1\n    title: A task\n",
    );
  });

  test("stand in brackets where the file has brackets", () => {
    expect(
      exported("{tasks: [{id: A, title: a}]}", {}, [task("N1"), task("N2", { epicId: "E" })]),
    ).toBe(
      "{tasks: [{id: A, title: a}, {id: N1, title: A task}], " +
        "epics: [{id: E, tasks: [{id: N2, title: A task}]}]}",
    );
  });

  test("have old names and always a status in an older file", () => {
    const text = "tasks:\n- id: A\n  title: a\n  dependencies: []\n";
    const added = [task("N1", { dependsOn: ["A"], acceptance: ["x"], complexity: 2 })];
    expect(changed(text, {}, added)).toStrictEqual([
      "+- id: N1",
      "+  title: A task",
      "+  estimated_complexity: 2",
      "+  dependencies: [A]",
      "+  exit_criteria:",
      "+  - x",
      "+  status: pending",
    ]);
  });
});

describe("tasks that belong elsewhere by now", () => {
  test("move with all that is written in them", () => {
    expect(
      changed(commented, { T2: { epicId: null, milestoneId: null, title: "Mail" } }),
    ).toStrictEqual([
      "-          - id: T2",
      "-            title: Pay by invoice",
      "-            depends_on: [ T1 ]  # same form",
      "-            status: pending",
      "+  - id: T2",
      "+    title: Mail",
      "+    depends_on: [ T1 ]  # same form",
      "+    status: pending",
    ]);
  });

  test("leave an empty list behind, or the others in their brackets", () => {
    expect(changed(commented, { T3: { milestoneId: "M1" } })).toStrictEqual([
      "-    tasks:",
      "-      - {id: T3, title: 'Summary page', related: [T1]}",
      "+          - {id: T3, title: 'Summary page', related: [T1]}",
      "+    tasks: []",
    ]);
    const text = "tasks: [{id: A, title: a}, {id: B, title: b}, {id: C, title: c}]";
    expect(exported(text, { A: { epicId: "E" }, C: { epicId: "E" } })).toBe(
      "tasks: [{id: B, title: b}]\nepics:\n  - id: E\n    tasks:\n" +
        "      - {id: A, title: a}\n      - {id: C, title: c}",
    );
  });

  test("are written anew where their lines cannot stand in brackets", () => {
    const text = "epics: [{id: E}]\ntasks:\n  - id: A\n    title: a\n";
    expect(exported(text, { A: { epicId: "E" } })).toBe(
      "epics: [{id: E, tasks: [{id: A, title: a}]}]\ntasks: []\n",
    );
  });
});

describe("a new file", () => {
  test("has the tasks under their epics and milestones", () => {
    const text = renderRoadmap(null, [
      { id: "A", status: "pending", spec: specWith({ priority: "high", value: 10 }) },
      { id: "B", status: "done", spec: specWith({ epicId: "E1", milestoneId: "M1" }) },
      { id: "C", status: "blocked", spec: specWith({ epicId: "E1", description: "a\nb" }) },
    ]);
    expect(text).toBe(`version: 1
epics:
  - id: E1
    milestones:
      - id: M1
        tasks:
          - id: B
            title: A task
            status: done
    tasks:
      - id: C
        title: A task
        description: |-
          a
          b
        status: blocked
tasks:
  - id: A
    title: A task
    priority: high
`);
  });

  test("without tasks can be filled by hand", () => {
    expect(renderRoadmap(null, [])).toBe("version: 1\ntasks: []\n");
  });

  test("is refused where it could not be read again", () => {
    const tasks = [{ id: "no branch", status: "pending" as const, spec: specWith() }];
    expect(() => renderRoadmap(null, tasks)).toThrow(/the exported roadmap:3:9: found/);
  });
});
