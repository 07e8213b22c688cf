/** Variables that stand above the file: each sets its key, and one that cannot be is named. */
import { describe, expect, test } from "vitest";
import { fromEnvironment, VARIABLES } from "../../src/config/environment.ts";
import { FaultError } from "../../src/fault.ts";

function refusal(environment: Readonly<Record<string, string>>): FaultError {
  try {
    fromEnvironment(environment);
  } catch (thrown) {
    if (thrown instanceof FaultError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was refused");
}

test.each([
  ["WVO_TARGET", "trunk", "target", "trunk"],
  ["WVO_ROADMAP", "plan.yaml", "roadmap", "plan.yaml"],
  ["WVO_STATE_ROOT", "/var/wvo", "state_root", "/var/wvo"],
  ["WVO_WORKTREE_ROOT", "trees", "worktree_root", "trees"],
  ["WVO_AUTOPILOT_AGENTS", "7", "agents", 7],
  ["WVO_AUTOPILOT_WIP_LIMIT", "2", "wip_limit", 2],
  ["WVO_GATES", "64", "gates", 64],
])("%s=%s sets %s", (name, text, ...[key, value]) => {
  expect(fromEnvironment({ PATH: "/bin", [name]: text })).toEqual([{ name, key, value }]);
});

test("several set several, in the order of the list", () => {
  const environment = { WVO_GATES: "1", WVO_TARGET: "x", WVO_ROADMAP: "y" };
  expect(fromEnvironment(environment).map(({ key }) => key)).toEqual([
    "target",
    "roadmap",
    "gates",
  ]);
});

test("what is not set, or set to nothing, sets nothing", () => {
  expect(fromEnvironment({})).toEqual([]);
  expect(fromEnvironment(Object.fromEntries(VARIABLES.map(({ name }) => [name, ""])))).toEqual([]);
  expect(fromEnvironment({ WVO_AGENTS: "7", WVO_TARGET: undefined })).toEqual([]);
});

describe("a value that cannot be", () => {
  test.each([
    ["WVO_AUTOPILOT_AGENTS", "many"],
    ["WVO_AUTOPILOT_AGENTS", "0"],
    ["WVO_AUTOPILOT_AGENTS", "65"],
    ["WVO_AUTOPILOT_WIP_LIMIT", "2.5"],
    ["WVO_AUTOPILOT_WIP_LIMIT", "-1"],
    ["WVO_GATES", "1 and a half"],
    ["WVO_TARGET", "x".repeat(201)],
  ])("%s=%s is refused by its name", (name, text) => {
    expect(refusal({ [name]: text })).toMatchObject({
      code: "config.environment",
      kind: "invalid",
      details: {
        where: `environment variable ${name}`,
        found: JSON.stringify(text),
        next: `correct it, or unset ${name}`,
      },
    });
  });
});
