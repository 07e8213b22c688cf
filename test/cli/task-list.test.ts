/** `wvo task list` through the real command line: what is ready is told in the order of dispatch. */
import { expect, test } from "vitest";
import { makeWorkspace } from "../support/workspace.ts";

const task = (id: string, value: number) => ({ id, title: `Task ${id}`, value, complexity: 2 });
const roadmap = {
  version: 1,
  tasks: [task("T-1", 2), task("T-2", 8), { ...task("T-3", 9), depends_on: ["T-1"] }],
};

test("--explain shows the sum of every ready task, and what comes next", async () => {
  const yard = makeWorkspace({ roadmap, agent: "worker.mjs" });
  expect((await yard.wvo("roadmap", "import")).code).toBe(0);
  const told = await yard.wvo("task", "list", "--explain");
  const lines = told.stdout.trim().split("\n");
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["ID", "T-2", "T-1"]);
  expect(lines[1]).toMatch(/WSJF \(8 \+ \d+\) \/ 2 = \d/);
  const order = JSON.parse((await yard.wvo("task", "list", "--explain", "--json")).stdout);
  expect(order).toMatchObject([
    { id: "T-2", sum: expect.stringContaining("WSJF (8") },
    { id: "T-1", now: expect.any(String) },
  ]);
  const all = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
  expect(all.map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual([
    ["T-1", "pending"],
    ["T-2", "pending"],
    ["T-3", "pending"],
  ]);
});
