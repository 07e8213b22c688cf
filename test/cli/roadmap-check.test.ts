/** What `wvo roadmap check` and its kin say of roadmaps that parse and still are not right. */
import { describe, expect, test } from "vitest";
import { makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const yardWith = (...tasks: readonly object[]): Workspace =>
  makeWorkspace({ roadmap: { version: 1, tasks }, agent: ["/bin/true"] });

describe("ids that differ only in upper and lower case", () => {
  test("are refused by check and import, each with its line", async () => {
    const yard = yardWith({ id: "T1", title: "One" }, { id: "t1", title: "Two" });
    for (const word of ["check", "import"]) {
      const ran = await yard.wvo("roadmap", word);
      expect(ran.code).toBe(5);
      for (const text of ["roadmap.yaml:5:", "t1", "T1 (line 3)", "give one of the two another id"])
        expect(ran.stderr).toContain(text);
    }
    expect((await yard.wvo("task", "list")).code).toBe(3);
  });

  test("are refused by task add, and the free number is not one of them", async () => {
    const yard = yardWith({ id: "t2", title: "Two" });
    await yard.wvo("roadmap", "import");
    const ran = await yard.wvo("task", "add", "Another", "--id", "T2");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("T2, which differs from t2 only in upper and lower case");
    expect((await yard.wvo("task", "add", "Third", "--json")).stdout).toContain('"id": "T3"');
  });
});

test("an id that WeatherVane gives itself is refused everywhere", async () => {
  const yard = yardWith({ id: "merge-request-T1.1", title: "One" });
  const check = await yard.wvo("roadmap", "check");
  expect(check.code).toBe(5);
  expect(check.stderr).toContain('does not begin with "merge-request-"');
  const add = await yard.wvo("task", "add", "Another", "--id", "Merge-Request-1");
  expect(add.code).toBe(2);
  expect(add.stderr).toContain('does not begin with "merge-request-"');
});

describe("a task whose text alone is more than a brief should have", () => {
  const tasks = [
    { id: "T1", title: "Long", description: "rain ".repeat(700) },
    { id: "T2", title: "Short" },
  ];
  const warning = /longer than a brief should be: T1 \(7\d\d tokens of 600 with constraints\)/;

  test("is told by check and import, which take it all the same", async () => {
    const yard = yardWith(...tasks);
    for (const word of ["check", "import", "check", "import"]) {
      const ran = await yard.wvo("roadmap", word);
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stdout).toMatch(warning);
      expect(ran.stdout).not.toContain("T2 (");
    }
  });

  test("is in the JSON of both", async () => {
    const yard = yardWith(...tasks);
    const longBriefs = [{ id: "T1", tokens: expect.any(Number) }];
    const check = JSON.parse((await yard.wvo("roadmap", "check", "--json")).stdout);
    expect(check).toMatchObject({ valid: true, import: { longBriefs } });
    const imported = JSON.parse((await yard.wvo("roadmap", "import", "--json")).stdout);
    expect(imported).toMatchObject({ longBriefs });
  });

  test("is not told of tasks that fit", async () => {
    const ran = await yardWith({ id: "T1", title: "Short" }).wvo("roadmap", "check");
    expect(ran.stdout).toMatch(/^\S+ is valid: 1 tasks\n$/);
  });
});
