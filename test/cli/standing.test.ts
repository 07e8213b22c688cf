/** What people are told where nothing goes on: before a run, at its end, and after it. */
import { expect, test } from "vitest";
import { makeWorkspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 3 * 60_000;
const tasks = [{ id: "T1", title: "A task" }];
const agent = ["/bin/sh", "-c", 'mkdir -p work && echo "$WVO_TASK_ID" > "work/$WVO_TASK_ID"'];

const route = (name: string, ...providers: readonly string[]) => {
  return { name, when: {}, use: { providers, tier: "low" } };
};

test(
  "a route that leads to nobody is found by the doctor, and a run that ends at it says so",
  { timeout: TEST_LIMIT_MS },
  async () => {
    const roadmap = { version: 1, tasks };
    const yard = makeWorkspace({ roadmap, agent, config: { routes: [route("all", "comand")] } });
    const doctor = await yard.wvo("doctor");
    expect(doctor.code).toBe(7);
    expect(doctor.stdout).toContain(
      'row "all" leads to comand, which is not configured; name one of command in it',
    );
    const run = await yard.wvo("run", "--until", "done");
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      'stuck: T1 waits: row "all" has no usable provider: comand is not configured; wvo task why ID',
    );
    const status = await yard.wvo("status");
    expect(status.stdout).toContain('the coordinator is stopped (before: T1 waits: row "all"');
  },
);

test("a run that ends with blocked tasks says that", { timeout: TEST_LIMIT_MS }, async () => {
  const blocked = [{ id: "T1", title: "A task", status: "blocked" }];
  const yard = makeWorkspace({ roadmap: { version: 1, tasks: blocked }, agent });
  const run = await yard.wvo("run", "--until", "done");
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("stuck: every open task is blocked, or waits for one that is");
  expect((await yard.wvo("doctor")).stdout).toMatch(/routes +\d+ rows/);
});
