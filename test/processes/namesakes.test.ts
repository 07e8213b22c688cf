/** Two workspaces on one machine may have runs of the same id: neither ends anything of the other's. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAlive } from "../../src/processes/identity.ts";
import { readProgram } from "../../src/processes/run-folder.ts";
import { endRun, startRun } from "../../src/processes/supervise.ts";
import { eventually, finish, openLab } from "./lab.ts";
import type { Lab } from "./lab.ts";

let ours: Lab;
let others: Lab;
beforeEach(() => {
  ours = openLab();
  others = openLab();
});
afterEach(async () => {
  await ours.close();
  await others.close();
});

test.each([
  ["ends by itself", ["true"], finish],
  ["is stopped", ["sleep", "300"], endRun],
])("a run that %s leaves its namesake alone", async (_title, argv, end) => {
  const [run, namesake] = [ours.runDir("T1.1"), others.runDir("T1.1")];
  await startRun(namesake, { ...others.spec(["sleep", "300"]), runId: "T1.1" });
  const program = await eventually(() => readProgram(namesake));
  await startRun(run, { ...ours.spec(argv), runId: "T1.1" });
  await end(run);
  expect(isAlive(program)).toBe(true);
});
