/** The old roadmap of 199 tasks, from the text to the plan and back. */
import { describe, expect, test } from "vitest";
import { planImport } from "../../src/roadmap/import.ts";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import { renderRoadmap } from "../../src/roadmap/render.ts";
import { byId, faultOf, fixture, imported } from "./samples.ts";

const FILE = "weathervane-roadmap-sim.yaml";
const text = fixture(FILE);
const parsed = parseRoadmap(text, FILE);
const HELD = ["T6003", "T6007", "T6008", "T6009", "T6018"];
const MISSING = [
  ...["T1083", "T1114", "T1172"].map((id) => ({ id, missing: ["PRODUCT_UNBLOCK"] })),
  ...["T6000", "T6001", "T6004", "T6005", "T6011", "T6013", "T6015", "T6019"].map((id) => ({
    id,
    missing: ["MCP_UNBLOCK"],
  })),
];
const first = planImport(parsed, new Map(), { allowMissing: true });

const counted = (words: readonly (string | null)[]) =>
  Object.fromEntries(
    [...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]),
  );

describe("reading", () => {
  test("ids and statuses are kept", () => {
    const written = [...text.matchAll(/- id: (T\d+)\n.+\n +status: (\w+)/g)];
    expect(written).toHaveLength(199);
    expect(parsed.tasks.map(({ id, statusWord }) => [id, statusWord])).toStrictEqual(
      written.map(([, id, status]) => [id, status]),
    );
    expect(counted(parsed.tasks.map(({ statusWord }) => statusWord))).toStrictEqual({
      done: 176,
      blocked: 11,
      in_progress: 5,
      pending: 7,
    });
  });

  test("epics, milestones and acceptance are kept, foreign fields are counted", () => {
    expect(parsed.format).toBe("legacy");
    expect(
      parsed.epics.map(({ id, title, milestones }) => [id, title, milestones[0]?.id]),
    ).toStrictEqual([
      ["E_SIM_PRODUCT", "Simulated Product Backlog", "M_SIM_PRODUCT"],
      ["E_SIM_MCP", "Simulated Mcp Backlog", "M_SIM_MCP"],
    ]);
    expect(parsed.tasks.find(({ id }) => id === "T1083")?.spec).toMatchObject({
      title: "Product task T1083",
      epicId: "E_SIM_PRODUCT",
      milestoneId: "M_SIM_PRODUCT",
      acceptance: ["critic:exec_review"],
      dependsOn: ["PRODUCT_UNBLOCK"],
    });
    expect(parsed.ignoredFields).toStrictEqual({ domain: 2, owner: 199 });
  });
});

describe("importing", () => {
  test("its unknown dependencies are refused with the whole list", () => {
    const fault = faultOf(() => planImport(parsed, new Map(), { allowMissing: false }));
    expect(fault).toMatchObject({ code: "roadmap.unknownDependency", kind: "invalid" });
    expect(fault.problems.map(({ where, found }) => `${where} ${found}`)).toStrictEqual(
      [512, 700, 1050, 1102, 1110, 1131, 1139, 1180, 1194, 1208, 1235].map((line, index) => {
        const { id, missing } = MISSING[index] ?? { id: "", missing: [] };
        return `${FILE}:${line}:9 the unknown dependency ${missing[0]} of ${id}`;
      }),
    );
  });

  test("the places are those of the dependencies", () => {
    const lines = text.split("\n");
    const fault = faultOf(() => planImport(parsed, new Map(), { allowMissing: false }));
    for (const { line, column, found } of fault.problems) {
      const written = lines[line - 1]?.slice(column - 1);
      expect(found).toContain(`dependency ${written} of`);
    }
  });

  test("allowed, every task comes in: held ones as pending, blocked ones with the reason", () => {
    expect(counted(first.create.map(({ status }) => status))).toStrictEqual({
      done: 176,
      blocked: 11,
      pending: 12,
    });
    expect(first.create.filter(({ status }) => status === "blocked")).toMatchObject(
      MISSING.map(({ id, missing: [each] }) => ({
        id,
        reason: `unknown dependency ${each}`,
        spec: { dependsOn: [] },
      })),
    );
    expect(first.report).toMatchObject({
      resetToPending: HELD.map((id) => ({ id, was: "in_progress" })),
      blockedByMissing: MISSING,
      revised: [],
      unchanged: 0,
      ignoredFields: { domain: 2, owner: 199 },
    });
    expect(first.report.created).toHaveLength(199);
  });

  test("a second time, nothing happens", () => {
    const again = planImport(parsed, byId(imported(text)), { allowMissing: true });
    expect({ create: again.create, revise: again.revise }).toStrictEqual({
      create: [],
      revise: [],
    });
    expect(again.report).toMatchObject({ unchanged: 199, statusIgnored: [], leftOut: MISSING });
  });
});

describe("exporting", () => {
  test("right after the import, the same file", () => {
    expect(renderRoadmap(text, imported(text))).toBe(text);
  });

  test("after work was done, only the lines of that work differ", () => {
    const tasks = imported(text).map((task) =>
      task.id === "T6018" ? { ...task, status: "done" as const } : task,
    );
    const before = text.split("\n");
    const after = renderRoadmap(text, tasks).split("\n");
    const changed = after.flatMap((line, index) =>
      line === before[index] ? [] : [[index + 1, line]],
    );
    expect(after).toHaveLength(before.length);
    expect(changed).toStrictEqual([[1226, "      status: done"]]);
  });
});
